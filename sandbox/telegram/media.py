"""Pictures, clips and documents: checked, recompressed and measured as Telegram does."""

import asyncio
import io
from dataclasses import replace

from PIL import Image, ImageOps, UnidentifiedImageError

from sandbox.records import File, Json, Media, MediaKind
from sandbox.telegram.errors import bad_request
from sandbox.telegram.params import Params, Upload, number, string
from sandbox.world import World

LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_SIDES = 10_000  # width and height together
WIDEST_RATIO = 20
PHOTO_SIZES = (90, 320, 800, 1280)  # the longest side of each copy Telegram makes
PHOTO_QUALITY = 87
_KINDS: dict[str, MediaKind] = {
    "photo": "photo",
    "video": "video",
    "animation": "animation",
    "document": "document",
}
_FOLDERS = {
    "photo": "photos",
    "video": "videos",
    "animation": "animations",
    "document": "documents",
}


async def sent_media(world: World, params: Params, kind: MediaKind) -> Media:
    """The media of sendPhoto, sendVideo and their like: the parameter named as the kind."""
    shape: Json = {
        "type": kind,
        "media": params.text(kind),
        "thumbnail": params.text("thumbnail"),
        "has_spoiler": params.flag("has_spoiler"),
        **{name: params.integer(name) for name in ("width", "height", "duration")},
    }
    return await input_media(world, params, shape, upload=params.uploads.get(kind))


async def input_media(
    world: World, params: Params, shape: Json, *, upload: Upload | None = None
) -> Media:
    """One InputMedia: a new upload, or the id of a file that is known.

    Raises:
        ApiError: 400 for a picture Telegram would refuse or a file it does not know.
    """
    kind = _KINDS.get(string(shape.get("type")))
    if kind is None:
        raise bad_request(
            "can't parse InputMedia: type must be one of photo, video, animation or document"
        )
    upload = upload or _attached(params, string(shape.get("media")))
    if upload is None:
        known = _known(world, string(shape.get("media")), kind)
        return replace(known, spoiler=shape.get("has_spoiler") is True)
    if not upload.content:
        raise bad_request("file must be non-empty")
    if kind == "photo":
        media = await _photo(world, upload)
    else:
        media = await _clip(world, upload, kind, params, shape)
    world.remember(media)
    return replace(media, spoiler=shape.get("has_spoiler") is True)


def _attached(params: Params, reference: str) -> Upload | None:
    if not reference.startswith("attach://"):
        return None
    upload = params.uploads.get(reference.removeprefix("attach://"))
    if upload is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return upload


def _known(world: World, reference: str, kind: MediaKind) -> Media:
    """A file sent again by its id; it keeps its kind, as a photo cannot become a document."""
    if reference.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    if not reference:
        raise bad_request(f"there is no {kind} in the request")
    media = world.media.get(reference)
    if media is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if media.kind != kind:
        named = (
            f"type of file mismatch: can't use file of type {media.kind.title()} as {kind.title()}"
        )
        raise bad_request(named)
    return media


async def _photo(world: World, upload: Upload) -> Media:
    if len(upload.content) > LARGEST_PHOTO:
        size = len(upload.content)
        raise bad_request(
            f"file of size {size} bytes is too big for a photo;"
            f" the maximum size is {LARGEST_PHOTO} bytes"
        )
    copies = await asyncio.to_thread(_compress, upload.content)
    sizes = []
    for content, width, height in copies:
        file = world.keep(content, folder="photos", name="photo.jpg", mime="image/jpeg")
        sizes.append(world.refile(replace(file, width=width, height=height)))
    largest = sizes[-1]
    return Media("photo", largest, tuple(sizes), width=largest.width, height=largest.height)


def _compress(content: bytes) -> list[tuple[bytes, int, int]]:
    """JPEG copies from small to large; none is larger than the original."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            _check_sides(*opened.size)
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    longest = max(picture.size)
    sides = [side for side in PHOTO_SIZES if side < longest] + [min(longest, PHOTO_SIZES[-1])]
    return [_jpeg(picture, side) for side in sorted(set(sides))]


def _check_sides(width: int, height: int) -> None:
    if width + height > LARGEST_SIDES or max(width, height) > WIDEST_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _jpeg(picture: Image.Image, side: int) -> tuple[bytes, int, int]:
    copy = picture.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=PHOTO_QUALITY)
    return out.getvalue(), *copy.size


async def _clip(
    world: World, upload: Upload, kind: MediaKind, params: Params, shape: Json
) -> Media:
    file = world.keep(
        upload.content, folder=_FOLDERS[kind], name=upload.name, mime=upload.mime.partition(";")[0]
    )
    thumbnail = await _thumbnail(world, params, string(shape.get("thumbnail")))
    return Media(
        kind,
        file,
        thumbnail=thumbnail,
        width=number(shape.get("width")),
        height=number(shape.get("height")),
        duration=number(shape.get("duration")),
    )


async def _thumbnail(world: World, params: Params, reference: str) -> File | None:
    upload = params.uploads.get("thumbnail") or (
        _attached(params, reference) if reference else None
    )
    if upload is None:
        return None
    content, width, height = (await asyncio.to_thread(_compress, upload.content))[-1]
    file = world.keep(content, folder="thumbnails", name="thumbnail.jpg", mime="image/jpeg")
    return world.refile(replace(file, width=width, height=height))
