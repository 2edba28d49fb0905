"""What every training command takes."""

import argparse
from pathlib import Path

from models.train.settings import WORK


def parser(about: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options that all commands share."""
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--work", type=Path, default=WORK, help="folder of data and checkpoints")
    return options


def parse_minutes(about: str | None, minutes: float) -> argparse.Namespace:
    """Read the command of a training that goes on until its time is over."""
    options = parser(about)
    options.add_argument("--minutes", type=float, default=minutes)
    return options.parse_args()


def parse(about: str | None) -> argparse.Namespace:
    """Read a command that takes nothing else."""
    return parser(about).parse_args()
