"""Pictures and clips without a model: two colours from the seed, the size as asked."""

import io
from collections.abc import Iterator

import av
from PIL import Image, ImageChops

SIDE_MAX = 2048


def paint(width: int, height: int, seed: int, form: str = "PNG") -> bytes:
    """A picture file."""
    above, below = ((seed * k % 256, seed // 7 * k % 256, 90 + k) for k in (3, 5))
    image = Image.new("RGB", (min(width, SIDE_MAX), min(height, SIDE_MAX)), above)
    image.paste(below, (0, image.height // 2, image.width, image.height))
    with io.BytesIO() as file:
        image.save(file, form)
        return file.getvalue()


def film(file: bytes, count: int, form: str = "mp4") -> bytes:
    """A clip's file: a picture that drifts to the side. `form` is mp4, webm, gif or webp."""
    with io.BytesIO() as made:
        if form in ("gif", "webp"):
            first, *others = _drifting(file, count)
            first.save(made, form, save_all=True, append_images=others, duration=140)
        else:
            _encode(made, form, list(_drifting(file, count)))
        return made.getvalue()


def _drifting(file: bytes, count: int) -> Iterator[Image.Image]:
    with Image.open(io.BytesIO(file)) as image:
        picture = image.convert("RGB")
    for at in range(count):
        yield ImageChops.offset(picture, 2 * at, at)


def _encode(made: io.BytesIO, form: str, frames: list[Image.Image]) -> None:
    with av.open(made, "w", format=form) as container:
        stream = (
            container.add_stream("libx264", rate=7)
            if form == "mp4"
            else container.add_stream("libvpx-vp9", rate=7)
        )
        stream.width, stream.height = frames[0].size
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            picture = av.VideoFrame.from_image(frame)  # type: ignore[no-untyped-call]
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def is_picture(file: bytes) -> bool:
    """Whether these bytes can be opened as one."""
    try:
        with Image.open(io.BytesIO(file)) as image:
            image.verify()
    except (OSError, SyntaxError, ValueError):
        return False
    return True
