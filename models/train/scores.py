"""What is asked of generated pictures, and how often it is there."""

from torch import Tensor

from models.train.captions import caption
from models.train.chance import dice
from models.train.judge import NOTHING
from models.train.labels import FACTS, HEADS, has_colour, said
from models.train.scene import Scene, Thing, sample

_FIRST = 50_000_000  # seeds that no training uses


def unseen(count: int) -> list[tuple[Scene, str]]:
    """Return scenes with captions."""
    both = []
    for number in range(_FIRST, _FIRST + count):
        chance = dice(number)
        scene = sample(chance)
        both.append((scene, caption(scene, chance)))
    return both


def asked(scene: Scene) -> list[int]:
    """Return the facts that a picture must show, -1 where anything will do."""
    facts = [fact if fact < count else -1 for fact, count in zip(said(scene), HEADS, strict=True)]
    if scene.thing is Thing.NONE:
        facts[0] = -1
    if not has_colour(scene):
        facts[-1] = -1
    return facts


def shares(named: Tensor, facts: Tensor) -> dict[str, float]:
    """Return how often what is named is what was asked for."""
    known = facts >= 0
    right = (named == facts) & known
    scores = {
        fact: right[:, k].sum().item() / max(1, int(known[:, k].sum()))
        for k, fact in enumerate(FACTS)
    }
    asked_thing = known[:, 0]
    nothing = (named[:, 0] == NOTHING) & asked_thing
    return scores | {"nothing recognisable": nothing.sum().item() / max(1, int(asked_thing.sum()))}
