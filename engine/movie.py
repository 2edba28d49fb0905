"""From frames to the MP4 that is delivered, and to the small picture that stands for it."""

from collections.abc import Sequence
from io import SEEK_SET, BytesIO

import av
from PIL.Image import Image

from engine.errors import GenerationFailedError
from engine.job import Size

THUMBNAIL_SIDE = 320
_CRFS = (18, 23, 28, 34, 40)  # x264's scale of loss: ever smaller files
_JPEG_QUALITY = 85


def mp4(frames: Sequence[Image], fps: int, bytes_max: int) -> bytes:
    """Return an H.264 file that plays before it is whole, as good as fits into `bytes_max`.

    Every frame has the size of the first; an odd row or column at its edge is left out.

    Raises:
        GenerationFailedError: it does not fit however much is lost.
    """
    for crf in _CRFS:
        file = _encode(frames, fps, crf)
        if len(file) <= bytes_max:
            return file
    raise GenerationFailedError(f"the clip does not fit into {bytes_max} bytes")


def even(size: Size) -> Size:
    """Return the size that a frame of this one has in the file: yuv420p halves both sides."""
    width, height = size
    return width - width % 2, height - height % 2


def thumbnail(frame: Image) -> bytes:
    """Return a JPEG of a frame, at most `THUMBNAIL_SIDE` pixels wide and high."""
    small = frame.convert("RGB")
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    file = BytesIO()
    small.save(file, format="JPEG", quality=_JPEG_QUALITY, optimize=True)
    return file.getvalue()


def glimpsed(frames: int, count: int) -> set[int]:
    """Return which frames are looked at: the first, the last, and what is evenly between them."""
    most = max(0, frames - 1)
    return {at * most // max(1, count - 1) for at in range(count)}


def glimpses(file: bytes, count: int) -> list[Image]:
    """Return so many frames of a clip of ours, from the first to the last; of a short one all."""
    with av.open(BytesIO(file), "r", format="mp4") as container:
        stream = container.streams.video[0]
        wanted = glimpsed(stream.frames, count)
        return [
            frame.to_image()  # type: ignore[no-untyped-call]
            for at, frame in enumerate(container.decode(stream))
            if at in wanted
        ]


def _encode(frames: Sequence[Image], fps: int, crf: int) -> bytes:
    width, height = even(frames[0].size)
    file = BytesIO()
    # FFmpeg moves the index to the front by opening the file once more, to read what it shifts.
    # In memory, since whoever encodes may be killed, and would leave a file behind.
    with av.open(
        _Window(file),
        "w",
        format="mp4",
        options={"movflags": "+faststart"},
        io_open=lambda *_: _Window(file),
    ) as container:
        stream = container.add_stream(
            "libx264", rate=fps, options={"crf": str(crf), "preset": "veryfast"}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in frames:
            pixels = frame.convert("RGB").crop((0, 0, width, height))
            picture = av.VideoFrame.from_image(pixels)  # type: ignore[no-untyped-call]
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return file.getvalue()


class _Window:
    """A place of its own in a file in memory that others read and write too."""

    def __init__(self, file: BytesIO) -> None:
        self._file = file
        self._at = 0

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        self._file.seek(self._at)
        self._at = self._file.seek(offset, whence)
        return self._at

    def read(self, size: int = -1) -> bytes:
        self._file.seek(self._at)
        data = self._file.read(size)
        self._at = self._file.tell()
        return data

    def write(self, data: bytes) -> int:
        self._file.seek(self._at)
        count = self._file.write(data)
        self._at = self._file.tell()
        return count
