"""Clips from elsewhere, taken apart and put together anew: nothing but their frames is kept.

`python -m engine.reel` does it in a process of its own, since a decoder reads a stranger's bytes
here: it may take for ever or die of them, and nothing else may. `engine.footage` starts it.

In: a line of JSON and the files, one after another. Out: a line of JSON and the files.
"""

import json
import math
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any, BinaryIO

import av
from PIL import Image, ImageSequence

from engine import movie
from engine.clip import BETWEEN_MAX, FPS_MAX, SEGMENT_S, SIDE_BETWEEN_MIN
from engine.errors import GenerationFailedError
from engine.footage import NO_CLIP, TOO_LARGE
from engine.job import SIDE_MAX, Size, is_alike
from engine.smooth import smoothed

FRAMES_READ_MAX = FPS_MAX * SEGMENT_S
"""Frames of one file: a segment's seconds at the highest pace."""
_WHOLE = 0.75
"""Of the frames that a file promises; a few may be meant to be left out."""
CPU_S_MAX, MEMORY_BYTES_MAX = 300, 8 * 1024**3

_FORMATS = {b"ftyp": (4, "mp4"), b"\x1a\x45\xdf\xa3": (0, "matroska")}
"""Marks of what FFmpeg may open, and as what: some of its other formats name files to read."""

Frames = list[Image.Image]


def unrolled(file: bytes, size: Size) -> Frames:
    """Return a file's frames, all of one size, of no more pixels than that one.

    Raises:
        ValueError: it is no clip, or a longer or larger one than any that is asked for.
    """
    for mark, (at, form) in _FORMATS.items():
        if file[at : at + len(mark)] == mark:
            return _collected(_by_ffmpeg(file, form, size))
    return _collected(_by_pillow(file, size))


def last(file: bytes, size: Size) -> bytes:
    """Return a file's last frame as a PNG.

    Raises:
        ValueError: as in `unrolled`.
    """
    return _png(unrolled(file, size)[-1])


def cut(files: Sequence[bytes], order: Mapping[str, Any]) -> tuple[dict[str, int], bytes, bytes]:
    """Return a clip of ours that plays for as long as was asked: facts, thumbnail and MP4.

    Each file but the first begins with the last frame of the one before. What is slow gets frames
    in between, what is fast loses some.

    Raises:
        GenerationFailedError: it does not fit into `bytes_max`.
        ValueError: as in `unrolled`.
    """
    size = order["width"], order["height"]
    first, *others = (unrolled(file, size) for file in files)
    frames = first + [frame.resize(first[0].size) for reel in others for frame in reel[1:]]
    frames, fps = paced(frames, order["frames_shown"], order["fps"])
    mp4 = movie.mp4(frames, fps, order["bytes_max"])
    width, height = movie.even(frames[0].size)
    facts = {"width": width, "height": height, "frames": len(frames), "fps": fps}
    return facts, movie.thumbnail(frames[0]), mp4


def paced(frames: Frames, wanted: int, fps: int) -> tuple[Frames, int]:
    """Return the frames that play as long as `wanted` ones at `fps`, and their own pace."""
    seconds = wanted / fps
    between = min(BETWEEN_MAX, math.ceil(wanted / len(frames)) - 1)
    if between > 0 and min(frames[0].size) >= SIDE_BETWEEN_MIN:
        frames = smoothed(frames, between)
    most = max(1, math.floor(FPS_MAX * seconds))
    if len(frames) > most:
        frames = [frames[at * len(frames) // most] for at in range(most)]
    return frames, max(1, min(FPS_MAX, round(len(frames) / seconds)))


def _collected(frames: Iterator[Image.Image]) -> Frames:
    kept: Frames = []
    try:
        for frame in frames:
            kept.append(frame if not kept else frame.resize(kept[0].size))
            if len(kept) > FRAMES_READ_MAX:
                raise ValueError(f"more than {FRAMES_READ_MAX} frames")
    except (
        OSError,
        SyntaxError,
        IndexError,
        Image.DecompressionBombError,
        av.FFmpegError,
    ) as error:
        raise ValueError(NO_CLIP) from error
    if len(kept) < 2:  # noqa: PLR2004 - one is a picture
        raise ValueError(f"{len(kept)} frames")
    return kept


def _by_ffmpeg(file: bytes, form: str, size: Size) -> Iterator[Image.Image]:
    with av.open(BytesIO(file), "r", format=form) as container:
        stream = next(iter(container.streams.video), None)
        # A file that breaks off before its index has streams of which nothing is known.
        if stream is None or stream.codec_context is None:
            raise ValueError(NO_CLIP)
        _check((stream.codec_context.width, stream.codec_context.height))
        count = 0
        for frame in container.decode(stream):
            count += 1
            width, height = smaller((frame.width, frame.height), size)
            yield frame.to_image(width=width, height=height)  # type: ignore[no-untyped-call]
        if count < _WHOLE * stream.frames:  # an index may stand before what is missing
            raise ValueError(f"{count} of {stream.frames} frames")


def _by_pillow(file: bytes, size: Size) -> Iterator[Image.Image]:
    with Image.open(BytesIO(file), formats=("GIF", "WEBP", "PNG")) as image:
        _check(image.size)
        for frame in ImageSequence.Iterator(image):
            yield frame.convert("RGB").resize(smaller(frame.size, size))


def _check(size: Size) -> None:
    if not 0 < min(size) <= max(size) <= SIDE_MAX:
        raise ValueError(f"{size[0]}x{size[1]} pixels")


def smaller(size: Size, most: Size) -> Size:
    """Return a size of the same shape with no more pixels than another one, and even sides."""
    _check(size)
    if not is_alike(size, most):
        raise ValueError(f"{size[0]}x{size[1]} pixels")
    scale = min(1.0, math.sqrt(most[0] * most[1] / (size[0] * size[1])))
    width, height = (max(2, 2 * round(side * scale / 2)) for side in size)
    return width, height


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, format="PNG")
    return file.getvalue()


def _work(inbox: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    order = json.loads(inbox.readline())
    files = [inbox.read(length) for length in order["lengths"]]
    if order["do"] == "last":
        return {}, [last(files[0], (order["width"], order["height"]))]
    facts, *made = cut(files, order)
    return facts, made


def _answer(inbox: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return _work(inbox)
    except GenerationFailedError:
        return {"trouble": TOO_LARGE}, []
    except ValueError as error:
        return {"trouble": str(error) or NO_CLIP}, []


def main() -> None:
    """Do one piece of work."""
    with suppress(ValueError, OSError):  # not every system has these limits
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    facts, files = _answer(sys.stdin.buffer)
    header = json.dumps({**facts, "lengths": [len(file) for file in files]})
    sys.stdout.buffer.write(header.encode() + b"\n" + b"".join(files))


if __name__ == "__main__":
    main()
