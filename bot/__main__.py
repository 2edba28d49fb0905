"""`python -m bot [run | migrate | doctor | worker]`."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable

from bot.app import run
from bot.doctor import examine
from bot.settings import Settings, SettingsError, load_settings
from chat.errors import TokenRejectedError
from store.errors import StoreError
from store.migrate import migrate, newest, revision_of


def main() -> int:
    """Do what the command line says; the return value is the exit status."""
    arguments = _parser().parse_args()
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    try:
        settings = load_settings()
        return COMMANDS[arguments.command](settings)
    except (SettingsError, StoreError, TokenRejectedError) as error:
        print(error, file=sys.stderr)
        return 2


def _run(settings: Settings) -> int:
    if revision_of(settings.store.database_url) != newest():
        print("the database needs `python -m bot migrate` first", file=sys.stderr)
        return 2
    asyncio.run(run(settings))
    return 0


def _migrate(settings: Settings) -> int:
    print(f"the database is at revision {migrate(settings.store.database_url)}")
    return 0


def _doctor(settings: Settings) -> int:
    findings = asyncio.run(examine(settings))
    for finding in findings:
        print(finding)
    return 1 if any(finding.is_serious for finding in findings) else 0


def _worker(_settings: Settings) -> int:
    print(
        "On SQLite the bot draws with an engine of its own, and nothing is left for a worker;"
        " workers on other machines need a shared database, which this version does not have.",
        file=sys.stderr,
    )
    return 2


COMMANDS: dict[str, Callable[[Settings], int]] = {
    "run": _run,
    "migrate": _migrate,
    "doctor": _doctor,
    "worker": _worker,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    parser.add_argument("command", nargs="?", default="run", choices=COMMANDS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
