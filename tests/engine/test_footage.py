import asyncio
import sys
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from engine import footage
from engine.errors import GenerationFailedError
from engine.footage import NoClipError
from sandbox.backends.painting import film
from tests.doubles.remotes import CLIP


async def test_what_came_is_made_a_clip_of_ours() -> None:
    cut = await footage.cut([film(CLIP.image, 5, "webp")], replace(CLIP, width=80, height=60))

    assert (cut.width, cut.height, cut.frames, cut.fps) == (80, 60, 5, 5)
    assert b"ftyp" in cut.mp4[:16]
    with Image.open(BytesIO(cut.thumbnail)) as small:
        assert small.size == (80, 60)


async def test_the_last_frame_is_taken_for_the_next_segment() -> None:
    png = await footage.last(film(CLIP.image, 3), CLIP)

    assert png.startswith(b"\x89PNG")


async def test_no_clip_and_a_clip_too_large_are_told_apart() -> None:
    with pytest.raises(NoClipError):
        await footage.cut([b"no clip"], CLIP)
    with pytest.raises(GenerationFailedError, match="fit"):
        await footage.cut([film(CLIP.image, 5)], replace(CLIP, bytes_max=10))


async def test_a_process_that_dies_of_a_file_has_found_no_clip(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(NoClipError, match="died"):
        await footage.cut([film(CLIP.image, 5)], CLIP)


async def test_who_stops_waiting_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()
    start = asyncio.create_subprocess_exec
    processes = []

    async def started(*_command: str, **kwargs: object) -> asyncio.subprocess.Process:
        processes.append(await start("/bin/sleep", "600", **kwargs))  # type: ignore[arg-type]
        begun.set()
        return processes[0]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", started)
    cutting = asyncio.ensure_future(footage.cut([film(CLIP.image, 5)], CLIP))
    await begun.wait()
    cutting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cutting

    assert processes[0].returncode is not None
