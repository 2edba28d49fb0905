"""What every training command takes."""

import argparse
from pathlib import Path

from models.train.settings import WORK


def parser(about: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options that all commands share."""
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--work", type=Path, default=WORK, help="folder of data and checkpoints")
    return options


def parse(about: str | None) -> argparse.Namespace:
    """Read a command that takes nothing else."""
    return parser(about).parse_args()
