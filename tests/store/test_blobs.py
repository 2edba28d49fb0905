from pathlib import Path

import pytest

from store.blobs import Blobs
from store.errors import MediaMissingError, StoreUnavailableError


async def test_what_was_put_can_be_got_and_put_again(tmp_path: Path) -> None:
    blobs = Blobs(f"file:{tmp_path}/media")

    await blobs.put("7/job_1.png", b"first")
    await blobs.put("7/job_1.png", b"second")

    assert await blobs.get("7/job_1.png") == b"second"
    assert (tmp_path / "media" / "7" / "job_1.png").read_bytes() == b"second"


async def test_what_is_missing_is_named(tmp_path: Path) -> None:
    blobs = Blobs(f"file:{tmp_path}/media")

    with pytest.raises(MediaMissingError, match="job_2"):
        await blobs.get("7/job_2.png")


async def test_deleting_twice_is_fine(tmp_path: Path) -> None:
    blobs = Blobs(f"file:{tmp_path}/media")
    await blobs.put("7/job_1.png", b"picture")

    await blobs.delete("7/job_1.png")
    await blobs.delete("7/job_1.png")

    with pytest.raises(MediaMissingError):
        await blobs.get("7/job_1.png")


async def test_a_key_cannot_leave_the_folder(tmp_path: Path) -> None:
    blobs = Blobs(f"file:{tmp_path}/media")

    with pytest.raises(ValueError, match="path"):
        await blobs.put("../../outside.png", b"picture")

    assert not (tmp_path.parent / "outside.png").exists()


async def test_the_folder_is_private(tmp_path: Path) -> None:
    Blobs(f"file:{tmp_path}/media")

    assert (tmp_path / "media").stat().st_mode & 0o077 == 0


def test_a_folder_with_two_slashes_is_not_taken_for_another() -> None:
    with pytest.raises(StoreUnavailableError, match="file:///folder"):
        Blobs("file://data/media")


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreUnavailableError, match="file/media"):
        Blobs(f"file:{tmp_path}/file/media")
