"""What comes back for a clip, seen through by a process that may die of it: `engine.reel`."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from engine.child import environment
from engine.clip import VideoRequest
from engine.errors import GenerationFailedError

NO_CLIP, TOO_LARGE = "no clip", "too large"


class NoClipError(Exception):
    """These bytes are no clip that can be shown."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A clip in our own form: H.264, yuv420p, playable before it is whole."""

    mp4: bytes
    thumbnail: bytes
    width: int
    height: int
    frames: int
    fps: int


async def cut(files: Sequence[bytes], request: VideoRequest) -> Cut:
    """Make the segments that came one clip, as long and as large as it was asked for.

    Raises:
        GenerationFailedError: it does not fit into the size asked for.
        NoClipError: one is no clip.
    """
    order = {
        "do": "cut",
        "fps": request.fps,
        "frames_shown": request.frames_shown,
        "bytes_max": request.bytes_max,
    }
    facts, (thumbnail, mp4) = await _done(order, files, request)
    return Cut(mp4, thumbnail, **facts)


async def last(file: bytes, request: VideoRequest) -> bytes:
    """Return a clip's last frame as a PNG, which the next segment begins with.

    Raises:
        NoClipError: it is no clip.
    """
    _, [png] = await _done({"do": "last"}, [file], request)
    return png


async def _done(
    order: dict[str, Any], files: Sequence[bytes], request: VideoRequest
) -> tuple[dict[str, int], list[bytes]]:
    size = {"width": request.width, "height": request.height}
    header = json.dumps({**order, **size, "lengths": [len(file) for file in files]})
    said = await _run(header.encode() + b"\n" + b"".join(files))
    line, _, rest = said.partition(b"\n")
    try:
        facts = json.loads(line)
    except ValueError:
        raise NoClipError("the process that read it died") from None
    if trouble := facts.pop("trouble", None):
        if trouble == TOO_LARGE:
            raise GenerationFailedError(f"the clip does not fit into {request.bytes_max} bytes")
        raise NoClipError(trouble)
    made = []
    for length in facts.pop("lengths"):
        made.append(rest[:length])
        rest = rest[length:]
    return facts, made


async def _run(told: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "engine.reel"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,  # what a stranger's file makes a decoder say
        env=environment(),
    )
    try:
        said, _ = await process.communicate(told)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return said
