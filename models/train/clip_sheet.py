"""A sheet of clips, the first ones drawn, none chosen: ``python -m models.train.clip_sheet``.

Each row is four frames of a clip, whose first picture is drawn from the words below it.
"""

from pathlib import Path

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from models.train import generate
from models.train.arguments import parser
from models.train.export import CHECKPOINT, CLIP_CHECKPOINT
from models.train.play import load, play
from models.train.sheet import image_of

PROMPTS = (
    "a boat on the sea at sunset",
    "a red car in the desert",
    "a red balloon over the sea at night",
    "a rocket over mountains at night",
    "a goldfish in the sea",
    "a tree in a meadow",
)
SIZE = (832, 480)
SHOWN = (0, 4, 9, 13)
_TILE, _LINE = (312, 180), 20


def draw(clips: list[Tensor]) -> Image.Image:
    """Lay some frames of each clip in a row."""
    width, height = _TILE
    sheet = Image.new("RGB", (len(SHOWN) * width, len(clips) * (height + _LINE)), "white")
    pen = ImageDraw.Draw(sheet)
    for row, (clip, prompt) in enumerate(zip(clips, PROMPTS, strict=True)):
        top = row * (height + _LINE)
        for column, number in enumerate(SHOWN):
            frame = image_of(clip[number]).resize(_TILE, Image.Resampling.LANCZOS)
            sheet.paste(frame, (column * width, top))
        pen.text((4, top + height + 3), prompt, "black")
    return sheet


def main() -> None:
    """Draw the sheet."""
    options = parser(__doc__)
    options.add_argument("--model", type=Path, default=CLIP_CHECKPOINT)
    options.add_argument("--out", type=Path, default=CLIP_CHECKPOINT / "contact.jpg")
    arguments = options.parse_args()
    torch.set_num_threads(1)
    firsts = generate.pictures(generate.load(CHECKPOINT), PROMPTS, SIZE)
    pipeline = load(arguments.model)
    draw([play(pipeline, image_of(first)) for first in firsts]).save(arguments.out, quality=88)


if __name__ == "__main__":
    main()
