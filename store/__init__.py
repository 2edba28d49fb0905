"""Persistence: the only SQL and the only files."""
