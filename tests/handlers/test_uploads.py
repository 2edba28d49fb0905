import subprocess
import sys
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from handlers.uploads import SIDE_MAX, UnreadablePictureError, made_anew

LOSSLESS = {"WEBP": {"lossless": True}}


def file(image: Image.Image, kind: str, **how: Any) -> bytes:
    written = BytesIO()
    image.save(written, kind, **how)
    return written.getvalue()


def opened(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_known_format_becomes_a_png_of_ours(kind: str) -> None:
    upload = made_anew(file(Image.new("RGB", (40, 20), "red"), kind))

    image = opened(upload.png)
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (40, 20))
    assert (upload.width, upload.height) == (40, 20)


def test_a_photo_taken_sideways_is_turned_and_tells_nothing_of_its_place() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    exif[0x010E] = "12.97 N, 77.59 E"
    upload = made_anew(file(Image.new("RGB", (40, 20), "red"), "JPEG", exif=exif))

    assert (upload.width, upload.height) == (20, 40)
    assert not opened(upload.png).getexif()
    assert b"77.59" not in upload.png


def test_what_is_transparent_becomes_white() -> None:
    upload = made_anew(file(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG"))

    assert opened(upload.png).getpixel((4, 4)) == (255, 255, 255)


def test_what_was_see_through_is_told_apart() -> None:
    image = Image.new("RGBA", (8, 4), (255, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 2, 4))
    upload = made_anew(file(image, "PNG"))

    holes = opened(upload.holes)
    assert (holes.mode, holes.size) == ("L", (8, 4))
    assert [holes.getpixel((x, 0)) for x in range(4)] == [255, 255, 0, 0]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_what_is_see_through_nowhere_has_no_holes(mode: str) -> None:
    assert made_anew(file(Image.new(mode, (8, 8), "red"), "PNG")).holes == b""


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_of_what_moves_the_first_frame_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (40, 20), colour) for colour in ("red", "blue", "lime")]
    moving = file(
        frames[0], kind, save_all=True, append_images=frames[1:], **LOSSLESS.get(kind, {})
    )

    assert opened(made_anew(moving).png).getpixel((4, 4)) == (255, 0, 0)


def test_sixteen_bits_of_grey_stay_grey() -> None:
    grey = Image.frombytes("I;16", (8, 8), b"\x00\x80" * 64)
    upload = made_anew(file(grey, "PNG"))

    assert opened(upload.png).getpixel((4, 4)) == (128, 128, 128)


@pytest.mark.parametrize("side", [(9000, 1), (1, 9000)])
def test_a_line_stays_a_picture(side: tuple[int, int]) -> None:
    upload = made_anew(file(Image.new("RGB", side, "red"), "PNG"))

    assert sorted((upload.width, upload.height)) == [1, SIDE_MAX]


def test_a_small_file_of_many_pixels_takes_no_more_memory_than_they_do() -> None:
    pixels = 36_000_000
    data = file(Image.new("RGBA", (6000, 6000), (255, 0, 0, 0)), "PNG", compress_level=1)
    reading = (
        "import resource, sys; from handlers.uploads import made_anew; kilo = 1024;"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilo;"
        "before = used(); made_anew(sys.stdin.buffer.read()); print(used() - before)"
    )
    said = subprocess.run(
        [sys.executable, "-c", reading], input=data, capture_output=True, check=True
    )

    assert int(said.stdout) < 2 * 4 * pixels


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    upload = made_anew(file(Image.new("RGB", (4 * SIDE_MAX, SIDE_MAX)), "PNG"))

    assert (upload.width, upload.height) == (SIDE_MAX, SIDE_MAX // 4)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        file(Image.new("RGB", (40, 20)), "PNG")[:60],
        file(Image.new("RGB", (40, 20)), "TIFF"),
        file(Image.new("1", (10_000, 8_000)), "PNG"),
    ],
    ids=["nothing", "svg", "cut off", "another format", "a bomb of pixels"],
)
def test_what_is_no_fit_picture_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadablePictureError):
        made_anew(data)
