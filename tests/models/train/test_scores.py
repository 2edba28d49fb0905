import torch

from models.train.judge import NOTHING
from models.train.scores import shares, unseen


def test_a_share_counts_what_was_asked_for_alone() -> None:
    facts = torch.tensor([[1, 0, 2, 0, 3], [2, 1, -1, 0, -1], [-1, 1, 0, 0, -1]])
    named = torch.tensor([[1, 0, 2, 0, 4], [NOTHING, 1, 5, 1, 0], [0, 0, 0, 0, 0]])

    scores = shares(named, facts)

    assert scores["object"] == 0.5
    assert scores["time"] == 2 / 3
    assert scores["biome"] == 1
    assert scores["style"] == 2 / 3
    assert scores["colour"] == 0
    assert scores["nothing recognisable"] == 0.5


def test_captions_are_the_same_in_every_evaluation() -> None:
    assert unseen(3) == unseen(3)
    assert unseen(3) == unseen(4)[:3]
