"""`python -m sandbox --port 8900`: the pretended world alone, until interrupted."""

import argparse
import asyncio
import sys

from sandbox.app import Sandbox, serve
from sandbox.backends import automatic1111, comfyui, huggingface
from sandbox.discord.gateway import TOKEN as DISCORD_TOKEN
from sandbox.razorpay.keys import KEY_ID, KEY_SECRET, WEBHOOK_SECRET
from sandbox.telegram.bot import TOKEN
from sandbox.telegram.pace import PROFILES

WELCOME = """\
{url}
  chat window   {url}/
  Bot API       {url}/bot   token {token}
  Discord       {url}/api/v10, {gateway_url}   token {discord_token}
  Back ends     {url}/backends/automatic1111, sdnext: {web_ui}; comfyui: {comfyui};
                huggingface/models/{model}: {huggingface}
  Razorpay      {url}   key {key_id}, secret {key_secret}, webhook secret {webhook_secret}
"""


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8900, help="0 takes a free one")
    parser.add_argument("--limits", choices=PROFILES, default="real", help="Telegram's rate limits")
    parser.add_argument("--razorpay-webhook", default="", metavar="URL", help="tell payments here")
    try:
        asyncio.run(_run(parser.parse_args()))
    except KeyboardInterrupt:
        return


async def _run(options: argparse.Namespace) -> None:
    running = serve(
        options.port,
        host=options.host,
        limits=options.limits,
        razorpay_webhook=options.razorpay_webhook,
    )
    async with running as sandbox:
        sys.stdout.write(_welcome(sandbox))
        sys.stdout.flush()
        await asyncio.Event().wait()


def _welcome(sandbox: Sandbox) -> str:
    return WELCOME.format(
        url=sandbox.url,
        token=TOKEN,
        gateway_url=f"{sandbox.url.replace('http', 'ws', 1)}/gateway",
        discord_token=DISCORD_TOKEN,
        key_id=KEY_ID,
        key_secret=KEY_SECRET,
        webhook_secret=WEBHOOK_SECRET,
        web_ui=f"{automatic1111.USER}:{automatic1111.PASSWORD}",
        comfyui=comfyui.TOKEN,
        model=huggingface.MODEL,
        huggingface=huggingface.TOKEN,
    )


if __name__ == "__main__":
    main()
