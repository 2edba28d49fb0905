"""Measure the clip checkpoint: ``python -m models.train.evaluate_clips``.

Clips of scenes that no training saw are drawn by diffusers' pipeline from their rendered first
picture, and compared with what the renderer shows later.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from models.train import generate, judge
from models.train.arguments import parser
from models.train.clips import clip
from models.train.export import CLIP_CHECKPOINT
from models.train.latents import from_pixels
from models.train.measure import motion, psnr
from models.train.play import load, play
from models.train.render import render
from models.train.scene import Scene, Thing
from models.train.settings import CLIPS, EVALUATION, NATIVE, SMALL

_FIRST = 1_000_000  # clips that no training uses
_ENDS = (0, CLIPS.frames - 1)


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model card tells of clips; PSNR in dB at 512x512."""

    first_frame: float
    """PSNR of the first frame and the given picture."""
    last_frame: float
    """PSNR of the last frame and the renderer's."""
    standing_still: float
    """The same for a clip in which nothing moves."""
    moved: float
    """How much of the renderer's change from the first frame to the last is drawn: 1 is all."""
    likeness: float
    """The correlation of the drawn change with the renderer's."""
    kept: float
    """How often the last frame's object is named as the first's.

    Where the first is named right, and the renderer's last too: what has left the picture, as
    rockets do, has not fallen apart.
    """
    judged: int
    """Of how many clips that is said."""
    clips: int


def measure(checkpoint: Path, count: int) -> Scores:
    """Return the means over so many clips."""
    pipeline, judging = load(checkpoint), judge.load()
    pictures: list[tuple[float, float, float]] = []
    changes: list[tuple[Tensor, Tensor]] = []
    kept: list[bool] = []
    for number in range(_FIRST, _FIRST + count):
        one = clip(number)
        picture = Image.fromarray(render(one.scene, NATIVE))
        drawn = play(pipeline, picture, one.fps, one.motion, number, wanted=_ENDS)
        first, last = _rendered(one.frame(0)), _rendered(one.frame(CLIPS.frames - 1))
        pictures.append((psnr(drawn[:1], first), psnr(drawn[-1:], last), psnr(first, last)))
        changes.append((_shrunk(drawn[-1:] - drawn[:1]), _shrunk(last - first)))
        begins, is_last, should_be = (
            _thing(judging, frame) for frame in (drawn[:1], drawn[-1:], last)
        )
        if one.scene.thing is not Thing.NONE and begins == should_be == _number(one.scene):
            kept.append(is_last == begins)
    first_db, last_db, still_db = (_mean(column) for column in zip(*pictures, strict=True))
    return Scores(first_db, last_db, still_db, *motion(changes), _mean(kept), len(kept), count)


def _number(scene: Scene) -> int:
    return list(Thing).index(scene.thing)


def _thing(judging: judge.Classifier, picture: Tensor) -> int:
    return int(judging.name(generate.shrink(picture))[0, 0])


def _shrunk(change: Tensor) -> Tensor:
    """Leave out what is smaller than the denoiser draws: outlines are the decoder's."""
    return functional.avg_pool2d(change, SMALL)


def _rendered(scene: Scene) -> Tensor:
    return from_pixels(torch.from_numpy(render(scene, NATIVE))[None])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))


def main() -> None:
    """Print the table, and write it as JSON where asked."""
    options = parser(__doc__)
    options.add_argument("--model", type=Path, default=CLIP_CHECKPOINT)
    options.add_argument("--clips", type=int, default=EVALUATION.clips)
    options.add_argument("--out", type=Path)
    arguments = options.parse_args()
    torch.set_num_threads(1)
    scores = asdict(measure(arguments.model, arguments.clips))
    for name, value in scores.items():
        print(f"{name.replace('_', ' '):16} {value:.3f}")
    if arguments.out:
        arguments.out.write_text(json.dumps(scores, indent=2) + "\n")


if __name__ == "__main__":
    main()
