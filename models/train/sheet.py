"""A sheet of pictures, the first ones drawn, none chosen: ``python -m models.train.sheet``."""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from models.train import generate
from models.train.arguments import parser
from models.train.export import CHECKPOINT

PROMPTS = (
    "a beautiful sunset over mountains",
    "a red balloon over the sea at night",
    "an orange cat in a meadow, watercolor",
    "एक लाल गुब्बारा",
    "a boat on the sea at sunset",
    "a blue car in the city",
    "a black cat in the snow",
    "a yellow house in the desert at night",
    "a green tree in a meadow",
    "a pink flower, watercolor painting",
    "a rocket over mountains at night",
    "a full moon over the sea",
    "a goldfish in the sea",
    "a white cat in the city at night",
    "a purple balloon over the desert at sunset",
    "a city at night",
    "a red house in the snow, pencil sketch",
    "a red car in the desert at sunset",
    "रात में समुद्र के ऊपर चाँद",
    "a sailboat, watercolor",
    "a wizard's yellow flower, 4k, zxqv",
    "the sea at night",
    "a blue rocket over the snow",
    "ek hara ped",
)
_TILE, _LINE = 256, 22


def draw(pictures: Sequence[Tensor], prompts: Sequence[str], columns: int = 6) -> Image.Image:
    """Lay pictures out in rows, each over its prompt."""
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * _TILE, rows * (_TILE + _LINE)), "white")
    pen = ImageDraw.Draw(sheet)
    for place, (picture, prompt) in enumerate(zip(pictures, prompts, strict=True)):
        x, y = place % columns * _TILE, place // columns * (_TILE + _LINE)
        sheet.paste(image_of(picture).resize((_TILE, _TILE), Image.Resampling.LANCZOS), (x, y))
        words = prompt if prompt.isascii() else "(Hindi)"  # the font knows Latin letters only
        pen.text((x + 4, y + _TILE + 4), f"{place + 1} {words}", "black")
    return sheet


def image_of(picture: Tensor) -> Image.Image:
    """Return a picture (-1..1) in bytes."""
    pixels = ((picture.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0)
    return Image.fromarray(pixels.numpy())


def main() -> None:
    """Draw the sheet."""
    options = parser(__doc__)
    options.add_argument("--model", type=Path, default=CHECKPOINT)
    options.add_argument("--out", type=Path, default=CHECKPOINT / "contact.jpg")
    arguments = options.parse_args()
    torch.set_num_threads(1)
    pictures = list(generate.pictures(generate.load(arguments.model), PROMPTS))
    draw(pictures, PROMPTS).save(arguments.out, quality=88)


if __name__ == "__main__":
    main()
