"""What can go wrong with what is kept.

StoreError
├── StoreUnavailableError
├── DatabaseInUseError
├── UnsupportedDatabaseError
└── MediaMissingError
"""

from pathlib import Path


class StoreError(Exception):
    """Something about what is kept."""


class StoreUnavailableError(StoreError):
    """Nothing could be written; nothing was."""


class DatabaseInUseError(StoreError):
    """Another bot has this database open."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"another process has {path} open")
        self.path = path


class UnsupportedDatabaseError(StoreError):
    """The URL names a kind of database that cannot be used."""

    def __init__(self, backend: str) -> None:
        super().__init__(f"store.database_url must begin with sqlite:///, not {backend}")
        self.backend = backend


class MediaMissingError(StoreError):
    """A picture or clip that a row names is not there."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
