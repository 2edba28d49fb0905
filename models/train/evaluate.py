"""Measure a checkpoint: ``python -m models.train.evaluate``.

Pictures of captions that no training saw are drawn by diffusers' pipeline and named by the
classifier.  What a caption does not say is not asked for.
"""

import json
from pathlib import Path

import torch
from torch import Tensor

from models.train import generate, judge
from models.train.arguments import parser
from models.train.export import CHECKPOINT
from models.train.latents import from_pixels
from models.train.measure import edges
from models.train.render import render
from models.train.scene import Scene
from models.train.scores import asked, shares, unseen
from models.train.settings import EVALUATION, NATIVE

_SHARP = 64  # renders that the sharpness of pictures is compared with


def measure(checkpoint: Path, count: int) -> dict[str, float]:
    """Return the share of right answers for each fact, and what else the model card tells."""
    cases = unseen(count)
    names, sharpness = [], []
    judging = judge.load()
    pipeline = generate.load(checkpoint)
    for picture in generate.pictures(pipeline, [text for _, text in cases]):
        names.append(judging.name(generate.shrink(picture)[None]))
        sharpness.append(edges(picture[None]))
    scores = shares(torch.cat(names), torch.tensor([asked(scene) for scene, _ in cases]))
    real = [edges(_rendered(scene)) for scene, _ in cases[:_SHARP]]
    drawn = sharpness[:_SHARP]
    return scores | {"edge energy": sum(drawn) / sum(real), "pictures": float(count)}


def _rendered(scene: Scene) -> Tensor:
    return from_pixels(torch.from_numpy(render(scene, NATIVE))[None])


def main() -> None:
    """Print the table, and write it as JSON where asked."""
    options = parser(__doc__)
    options.add_argument("--model", type=Path, default=CHECKPOINT)
    options.add_argument("--pictures", type=int, default=EVALUATION.pictures)
    options.add_argument("--out", type=Path)
    arguments = options.parse_args()
    torch.set_num_threads(1)
    scores = measure(arguments.model, arguments.pictures)
    for name, value in scores.items():
        print(f"{name:22} {value:.3f}" if name != "pictures" else f"{name:22} {value:.0f}")
    if arguments.out:
        arguments.out.write_text(json.dumps(scores, indent=2) + "\n")


if __name__ == "__main__":
    main()
