"""`python -m sandbox --port 8900`: the pretended world alone, until interrupted."""

import argparse
import asyncio
import sys

from sandbox.app import serve
from sandbox.telegram.bot import TOKEN
from sandbox.telegram.pace import PROFILES


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8900, help="0 takes a free one")
    parser.add_argument("--limits", choices=PROFILES, default="real", help="rate limits")
    options = parser.parse_args()
    try:
        asyncio.run(_run(options.host, options.port, options.limits))
    except KeyboardInterrupt:
        return


async def _run(host: str, port: int, limits: str) -> None:
    profile = next(p for p in PROFILES if p == limits)
    async with serve(port, host=host, limits=profile) as sandbox:
        sys.stdout.write(
            f"{sandbox.url}\n"
            f"  chat window    {sandbox.url}/\n"
            f"  Bot API        {sandbox.url}/bot  (token {TOKEN})\n"
        )
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
