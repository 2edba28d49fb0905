import math
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageColor

from engine import encode
from engine.job import GenerationRequest

REQUEST = GenerationRequest("एक लोमड़ी", "blurry", 32, 16, 20, 7.5, 42, "euler_a")


def test_the_file_holds_the_pixels_and_how_they_came_to_be() -> None:
    image = Image.radial_gradient("L").resize((32, 16)).convert("RGB")

    file = Image.open(BytesIO(encode.png(image, REQUEST, "tiny-sd")))

    assert file.tobytes() == image.tobytes()
    assert file.info["parameters"] == (
        "एक लोमड़ी\n"
        "Negative prompt: blurry\n"
        "Steps: 20, Sampler: euler_a, CFG scale: 7.5, Seed: 42, Size: 32x16, Model: tiny-sd"
    )


def test_the_same_picture_makes_the_same_bytes() -> None:
    image = Image.new("RGB", (32, 16), "saddlebrown")

    assert encode.png(image, REQUEST, "tiny-sd") == encode.png(image, REQUEST, "tiny-sd")


def test_how_much_was_drawn_over_another_picture_is_told() -> None:
    request = replace(REQUEST, image=b"a file", strength=0.6)

    assert encode.parameters(request, "tiny-sd").endswith(", Denoising strength: 0.6")


def test_where_guidance_ended_is_told() -> None:
    request = replace(REQUEST, guidance_until=0.5)

    assert encode.parameters(request, "tiny-sd").endswith(", CFG until: 0.5")


def test_a_preview_has_the_shape_of_its_picture_but_is_never_large() -> None:
    image = Image.radial_gradient("L").resize((96, 64)).convert("RGB")
    for size, shown in (((48, 32), (48, 32)), ((768, 512), (512, 341))):
        with Image.open(BytesIO(encode.preview(image, size))) as preview:
            assert (preview.format, preview.size) == ("JPEG", shown)
    assert len(encode.preview(image, (768, 512))) < 20_000


def plain(colour: str, size: tuple[int, int] = (30, 20)) -> bytes:
    """A file of one colour."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("colours", "size", "shown"),
    [
        (["red", "lime"], (60, 40), (120, 40)),
        (["red", "lime", "blue"], (60, 40), (120, 80)),
        (["red", "lime", "blue", "white"], (768, 512), (768, 512)),
    ],
)
def test_several_pictures_are_seen_side_by_side_in_rows_of_two(
    colours: list[str], size: tuple[int, int], shown: tuple[int, int]
) -> None:
    file = encode.tiles([plain(colour) for colour in colours], size)

    assert encode.sides(file) == shown
    with Image.open(BytesIO(file)) as image:
        assert image.format == "JPEG"
        width, height = shown[0] // 2, shown[1] // math.ceil(len(colours) / 2)
        for at, colour in enumerate(colours):
            middle = (at % 2 * width + width // 2, at // 2 * height + height // 2)
            assert near(image.getpixel(middle), colour)


def test_the_place_of_a_picture_of_which_nothing_is_there_yet_is_grey() -> None:
    with Image.open(BytesIO(encode.tiles([b"", plain("red")], (60, 40)))) as image:
        assert near(image.getpixel((30, 20)), "grey")
        assert near(image.getpixel((90, 20)), "red")


def near(pixel: object, colour: str) -> bool:
    """Whether it is this colour, as far as a JPEG keeps it."""
    assert isinstance(pixel, tuple)
    meant = ImageColor.getrgb(colour)
    return all(abs(one - other) < 12 for one, other in zip(pixel, meant, strict=True))
