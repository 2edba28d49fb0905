"""Pictures and clips: private files by key, on a local folder or an S3-compatible bucket.

Keys are `<user>/<job>.<ending>`, so drawing a job again overwrites its own file and nothing else.
"""

import asyncio
import os
from pathlib import Path
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from store.errors import MediaMissingError, StoreUnavailableError


class Blobs:
    """The media store behind `store.media_url`.

    Raises:
        StoreUnavailableError: It cannot be opened.
    """

    def __init__(self, url: str) -> None:
        split = urlsplit(url)
        if split.scheme == "file" and split.netloc:
            raise StoreUnavailableError(f"{url} names a host: write file:folder or file:///folder")
        self._folder = Path(split.path) if split.scheme == "file" else None
        try:
            self._store = self._open(url)
        except (BaseError, OSError) as error:
            raise StoreUnavailableError(f"{url} cannot be opened: {error}") from error

    def _open(self, url: str) -> ObjectStore:
        if self._folder is None:
            return from_url(url)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return LocalStore(self._folder)

    async def put(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, on disk for good.

        Raises:
            StoreUnavailableError: It could not be kept.
            ValueError: The key would leave the folder.
        """
        try:
            await self._store.put_async(key, data)
            if self._folder is not None:
                await asyncio.to_thread(_sync_to_disk, self._folder / key)
        except (BaseError, OSError) as error:
            raise StoreUnavailableError(str(error)) from error

    async def get(self, key: str) -> bytes:
        """What is kept under `key`.

        Raises:
            MediaMissingError: Nothing is.
        """
        try:
            found = await self._store.get_async(key)
            return bytes(await found.bytes_async())
        except FileNotFoundError as error:
            raise MediaMissingError(key) from error
        except BaseError as error:
            raise StoreUnavailableError(str(error)) from error

    async def delete(self, key: str) -> None:
        """Forget what is kept under `key`; forgetting nothing is fine."""
        try:
            await self._store.delete_async(key)
        except FileNotFoundError:
            return
        except BaseError as error:
            raise StoreUnavailableError(str(error)) from error


def _sync_to_disk(path: Path) -> None:
    # The local store renames into place but does not sync: a power cut could empty a paid picture.
    for target in (path, path.parent):
        descriptor = os.open(target, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
