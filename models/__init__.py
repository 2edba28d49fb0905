"""Checkpoints: the programs that make them, and the ones that are shipped."""
