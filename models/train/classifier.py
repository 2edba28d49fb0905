"""The judge of pictures: ``python -m models.train.classifier``.

It names object, time of day, biome, style and colour, and may say of an object that it is
*nothing recognisable* (see `models.train.spoil`).
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from models.train import corpus, latents
from models.train.arguments import parse
from models.train.judge import FILE, NOTHING, Classifier
from models.train.labels import FACTS, has_colour, shown
from models.train.scene import Scene, Thing
from models.train.settings import CLASSIFIER
from models.train.spoil import blur, spoil
from models.train.training import device, join_others, set_rate

_IGNORED = -100  # a fact that is not asked for


class Examples:
    """Whole and spoilt pictures with what they show."""

    def __init__(self, work: Path, whole: str, bare: str) -> None:
        self._whole = torch.from_numpy(corpus.load(work, whole).copy())
        self._bare = torch.from_numpy(corpus.load(work, bare).copy())
        first = corpus.first_number(whole)
        scenes = [corpus.scene(first + k) for k in range(len(self._whole))]
        self._facts = torch.tensor([_facts(scene) for scene in scenes])
        has_thing = [k for k in range(len(self._bare)) if scenes[k].thing is not Thing.NONE]
        self._with_thing = torch.tensor(has_thing)

    def whole(self, count: int) -> tuple[Tensor, Tensor]:
        """Draw whole pictures by lot."""
        places = torch.randint(len(self._whole), (count,))
        return latents.from_pixels(self._whole[places]), self._facts[places]

    def spoilt(self, count: int) -> tuple[Tensor, Tensor]:
        """Draw pictures with an object by lot and spoil it."""
        places = self._with_thing[torch.randint(len(self._with_thing), (count,))]
        pictures, bare = (latents.from_pixels(kind[places]) for kind in (self._whole, self._bare))
        facts = self._facts[places].clone()
        facts[:, 0], facts[:, -1] = NOTHING, _IGNORED
        return spoil(pictures, bare), facts


def _facts(scene: Scene) -> list[int]:
    facts = list(shown(scene))
    if not has_colour(scene):
        facts[-1] = _IGNORED
    return facts


def _roughen(small: Tensor) -> Tensor:
    """Make real pictures a little like generated ones: frequencies lost, noise, slight blur."""
    through = latents.encode(small)
    small = latents.decode(
        through + 0.1 * torch.rand(len(small), 1, 1, 1) * torch.randn_like(through)
    )
    soft = [blur(picture, 0.4 + 0.8 * torch.rand(()).item()) for picture in small[::2]]
    return torch.cat([torch.stack(soft), small[1::2]])


def _batch(examples: Examples) -> tuple[Tensor, Tensor]:
    bad = round(CLASSIFIER.batch * CLASSIFIER.negatives)
    good, facts = examples.whole(CLASSIFIER.batch - bad)
    half = len(good) // 2
    order = torch.cat([torch.arange(0, half, 2), torch.arange(1, half, 2)])
    facts = torch.cat([facts[:half][order], facts[half:]])
    spoilt, spoilt_facts = examples.spoilt(bad)
    small = torch.cat([_roughen(good[:half]), good[half:], spoilt])
    return small + 0.02 * torch.randn_like(small), torch.cat([facts, spoilt_facts])


def score(model: Classifier, examples: Examples) -> str:
    """Say how often the judge is right about pictures it has never seen."""
    small, facts = examples.whole(600)
    named = model.name(small)
    known = facts != _IGNORED
    right = [
        f"{fact} {((named == facts) & known)[:, k].sum() / known[:, k].sum():.3f}"
        for k, fact in enumerate(FACTS)
    ]
    spoilt, _ = examples.spoilt(600)
    caught = (model.name(spoilt)[:, 0] == NOTHING).float().mean()
    doubted = (named[:, 0] == NOTHING).float().mean()
    return f"{', '.join(right)}; spoilt caught {caught:.3f}, whole called nothing {doubted:.3f}"


def main() -> None:
    """Train and save; some minutes, so it starts again when killed."""
    work = parse(__doc__).work
    join_others()
    torch.manual_seed(0)
    examples = Examples(work, "native", "bare")
    model = Classifier().to(device())
    optimizer = torch.optim.AdamW(model.parameters(), CLASSIFIER.lr, weight_decay=1e-2)
    for step in range(CLASSIFIER.steps):
        set_rate(optimizer, CLASSIFIER.lr * (1 - 0.97 * step / CLASSIFIER.steps))
        small, facts = (part.to(device()) for part in _batch(examples))
        loss = torch.stack(
            [functional.cross_entropy(guess, facts[:, k]) for k, guess in enumerate(model(small))]
        ).sum()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        if step % 100 == 0:
            print(step, f"{loss.item():.3f}", flush=True)
    model.cpu().eval()
    print(score(model, Examples(work, "heldout", "heldout-bare")))
    halves = {name: tensor.half().contiguous() for name, tensor in model.state_dict().items()}
    save_file(halves, FILE)


if __name__ == "__main__":
    main()
