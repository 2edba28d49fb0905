from dataclasses import replace
from io import BytesIO

from PIL import Image

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
