"""More frames than a model has drawn: what moves is put halfway in the frames between."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
from PIL.Image import Image

_BEFORE, _AFTER = 1, 2  # FFmpeg's filter looks back and ahead, and keeps what it cannot look beyond
_SECOND = Fraction(1)
_PLANES = av.VideoFormat("yuv444p")


def smoothed(frames: Sequence[Image], between: int) -> list[Image]:
    """Return the frames with so many new ones after each but the last.

    The new ones follow what moves from one frame to the next (FFmpeg's `minterpolate`); sides below
    32 pixels are too short for it.  Takes about a tenth of a second for each.
    """
    if between == 0 or len(frames) == 1:
        return list(frames)
    pace = between + 1
    padded = [*[frames[0]] * _BEFORE, *frames, *[frames[-1]] * _AFTER]
    inserted = list(_interpolated(padded, pace))[_BEFORE * pace :]
    count = 1 + (len(frames) - 1) * pace
    assert len(inserted) >= count, "the filter has kept too many"
    return [
        inserted[at].to_image() if at % pace else frames[at // pace]  # type: ignore[no-untyped-call]
        for at in range(count)
    ]


def _interpolated(frames: Sequence[Image], pace: int) -> Iterator[av.VideoFrame]:
    """Yield so many frames for each, taken to be a second apart."""
    width, height = frames[0].size
    graph = av.filter.Graph()
    source = graph.add_buffer(width=width, height=height, format=_PLANES, time_base=_SECOND)
    between = graph.add("minterpolate", f"fps={pace}:mi_mode=mci:mc_mode=aobmc:vsbmc=1:scd=none")
    sink = graph.add("buffersink")
    source.link_to(between)
    between.link_to(sink)
    graph.configure()
    for at, frame in enumerate(frames):
        picture = av.VideoFrame.from_image(frame.convert("RGB"))  # type: ignore[no-untyped-call]
        picture = picture.reformat(format=_PLANES)
        picture.pts, picture.time_base = at, _SECOND
        graph.push(picture)
        yield from _ready(graph)
    graph.push(None)
    yield from _ready(graph)


def _ready(graph: av.filter.Graph) -> Iterator[av.VideoFrame]:
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, av.VideoFrame)
        yield frame
