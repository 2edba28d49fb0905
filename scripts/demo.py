"""`make demo`: the pretended world, the unmodified bot in it, and a browser on both.

The bot is started as an operator would start it; only the addresses and the keys differ. Nothing
leaves this machine. What is drawn and bought stays in data/demo until `make clean`.
"""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path

from sandbox.discord.gateway import TOKEN as DISCORD_TOKEN
from sandbox.razorpay.keys import KEY_ID, KEY_SECRET, WEBHOOK_SECRET
from sandbox.telegram.bot import TOKEN as TELEGRAM_TOKEN

FOLDER = Path("data/demo")
WORLD_PORT = int(os.environ.get("DEMO_PORT", "8900"))
BOT_PORT = WORLD_PORT + 1
WORLD_URL = f"http://127.0.0.1:{WORLD_PORT}"
BOT_URL = f"http://127.0.0.1:{BOT_PORT}"
SANDBOX_OPTIONS = ("--port", str(WORLD_PORT), "--razorpay-webhook", f"{BOT_URL}/webhooks/razorpay")
PATIENCE_S = 120
PAISE_A_STAR = 150


def main() -> int:
    """Run until Ctrl-C; whatever ends first ends the others."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **bot_settings()}
    subprocess.run([sys.executable, "-m", "bot", "migrate"], env=environment, check=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(start("sandbox", os.environ, *SANDBOX_OPTIONS))
        wait_for(f"{WORLD_URL}/_sandbox/health", running)
        running.append(start("bot", environment))
        wait_for(f"{BOT_URL}/healthz", running)
        invite()
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
    except KeyboardInterrupt:
        print("\nGood bye.")
    finally:
        for process in reversed(running):
            end(process)
    return max((abs(process.returncode or 0) for process in running), default=0) and 1


def bot_settings() -> dict[str, str]:
    """Where the bot finds the pretended world; all else is config.toml's."""
    settings = {
        "HUB_TELEGRAM__API_BASE_URL": WORLD_URL,
        "HUB_TELEGRAM__TOKEN": TELEGRAM_TOKEN,
        "HUB_DISCORD__ENABLED": "true",
        "HUB_DISCORD__API_BASE_URL": f"{WORLD_URL}/api/v10",
        "HUB_DISCORD__GATEWAY_URL": f"{WORLD_URL.replace('http', 'ws')}/gateway",
        "HUB_DISCORD__TOKEN": DISCORD_TOKEN,
        "HUB_RAZORPAY__API_BASE_URL": WORLD_URL,
        "HUB_RAZORPAY__KEY_ID": KEY_ID,
        "HUB_RAZORPAY__KEY_SECRET": KEY_SECRET,
        "HUB_RAZORPAY__WEBHOOK_SECRET": WEBHOOK_SECRET,
        "HUB_BUSINESS__NAME": "Demo Pictures (no real seller)",
        "HUB_BUSINESS__ADDRESS": "1 Loopback Street, Bengaluru 560001",
        "HUB_BUSINESS__EMAIL": "help@demo.example",
        "HUB_BUSINESS__PHONE": "+91 80 5550 0100",
        "HUB_BUSINESS__GRIEVANCE_OFFICER": "Meera Iyer",
        "HUB_BUSINESS__STATE": "Karnataka",
        "HUB_BUSINESS__EFFECTIVE_DATE": "2026-04-01",
        "HUB_PLANS": json.dumps(plans_for_stars()),
        "HUB_HOURS__TOPUP_IMAGE_PAISE": "1500",
        "HUB_STORE__DATABASE_URL": f"sqlite:///{FOLDER}/hub.db",
        "HUB_STORE__MEDIA_URL": f"file:{FOLDER}/media",
        "HUB_WEB__PORT": str(BOT_PORT),
        "HUB_WEB__PUBLIC_URL": BOT_URL,
        "HUB_WEB__SIGNING_KEY": "only-for-the-demo-on-this-machine",
    }
    return {name: os.environ.get(name, value) for name, value in settings.items()}


def plans_for_stars() -> list[dict[str, object]]:
    """The plans of config.toml, which can be paid in Telegram's Stars here too."""
    plans = tomllib.loads(Path("config.toml").read_text(encoding="utf-8"))["plans"]
    return [{**plan, "stars": plan["price_paise"] // PAISE_A_STAR} for plan in plans]


def start(
    module: str, environment: "os._Environ[str] | dict[str, str]", *arguments: str
) -> "subprocess.Popen[bytes]":
    """Start one of our programs; its log goes to data/demo."""
    log = (FOLDER / f"{module}.log").open("ab")
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)


def wait_for(url: str, running: "list[subprocess.Popen[bytes]]") -> None:
    """Return when a URL answers.

    Raises:
        SystemExit: A program ended, or the URL never answers.
    """
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in running):
            break
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own address
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    sys.exit(f"{url} does not answer; the logs are in {FOLDER}")


def invite() -> None:
    """Say where to go, and open it where there is a browser to open it with."""
    print(f"\n  The chat window is at  {WORLD_URL}\n")
    print("  Write /start there, buy an hour (no real money), and /image a red balloon at night.")
    print("  /link there and in its Discord tab makes one wallet of both sides.")
    print("  The shipped model is small and knows a little world: balloons, boats, cats, houses,")
    print("  trees, fish, cars, rockets and the moon, by day, at sunset or at night.")
    print("  /video, or Animate under a picture, lets its boats sail and its balloons rise.")
    print("  Ctrl-C ends it.\n", flush=True)
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin":
        webbrowser.open(WORLD_URL)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Let a program finish what it does, then see that it is gone."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
