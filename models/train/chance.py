"""Chance that comes out the same for the same seed."""

from random import Random


def dice(seed: int) -> Random:
    """Return a source of chance."""
    return Random(seed)  # noqa: S311 - scenes need repeatable chance, not secrets


def happens(chance: Random, share: float) -> bool:
    """Tell by lot whether something happens that does so in a share of all cases."""
    return chance.random() < share
