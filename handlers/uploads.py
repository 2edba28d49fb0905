"""A picture that somebody sent: fetched, distrusted, and made anew before anything else sees it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageOps

from chat.errors import NotUnderstoodError, PictureGoneError
from chat.model import CommandCall
from engine.job import FILE_FORMATS, FILE_PIXELS_MAX
from handlers.services import Services

BYTES_MAX = 20 * 1024 * 1024
"""What Telegram lets bots fetch."""
SIDE_MAX = 1536
"""Larger pictures are made smaller: no shape that is sold has longer sides."""
_READER = ThreadPoolExecutor(1, "uploads")
"""Pictures are opened one at a time: a small file may hold 200 MB of pixels."""
_SEEN = 128
"""From this much on, of 255, a place counts as not see-through."""


class UnreadablePictureError(NotUnderstoodError):
    """What was sent is no picture, or has too many pixels."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture as this process wrote it: upright, opaque, without what else its file held."""

    png: bytes = field(repr=False)
    width: int
    height: int
    holes: bytes = field(default=b"", repr=False)
    """A picture of the same size, white where this one was see-through; empty: nowhere."""


async def received(services: Services, call: CommandCall) -> Upload:
    """The picture that came with a command.

    Raises:
        PictureGoneError: It is too large, or the platform does not give it.
        UnreadablePictureError: It is none.
        TryLaterError: The platform cannot be reached.
    """
    assert call.picture is not None, "the router refuses calls that lack theirs"
    if call.picture.size > BYTES_MAX:
        raise PictureGoneError
    data = await services.chats[call.address.platform].fetch(call.picture)
    return await asyncio.get_running_loop().run_in_executor(_READER, made_anew, data)


def made_anew(data: bytes) -> Upload:
    """Read a file that may be anything, and write what it shows.

    Raises:
        UnreadablePictureError: It is no picture of the known formats, or too large.
    """
    try:
        with Image.open(BytesIO(data), formats=FILE_FORMATS) as image:
            if image.width * image.height > FILE_PIXELS_MAX:
                raise UnreadablePictureError
            upright = ImageOps.exif_transpose(_small(image))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadablePictureError from error
    return Upload(_png(_on_white(upright)), upright.width, upright.height, _holes(upright))


def _small(image: Image.Image) -> Image.Image:
    """Return it in eight bits a colour, with no longer sides than are of use."""
    if image.mode.startswith("I"):  # sixteen bits of grey, which would all turn white
        image = image.convert("I").point(lambda shade: shade / 256 + 0).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    small = image if image.mode == mode else image.convert(mode)
    small.thumbnail((SIDE_MAX, SIDE_MAX))
    return small


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, format="PNG")
    return file.getvalue()


def _holes(image: Image.Image) -> bytes:
    if image.mode == "RGB":
        return b""
    holes = image.getchannel("A").point(lambda seen: 0 if seen >= _SEEN else 255)
    return _png(holes) if holes.getbbox() else b""


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image).convert("RGB")
