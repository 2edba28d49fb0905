from pathlib import Path

import torch
from torch import nn

from models.train.muon import Muon, orthogonal
from models.train.training import Average, Clock, Progress


def test_an_update_has_all_directions_of_a_matrix_alike() -> None:
    torch.manual_seed(0)

    for shape in ((8, 40), (40, 8)):
        sizes = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
        assert 0.6 < sizes.min() <= sizes.max() < 1.3


def test_a_small_part_of_a_gradient_moves_its_weights_as_far_as_a_large_one() -> None:
    layer = nn.Linear(2, 2)
    before = layer.weight.detach().clone()
    optimizer = Muon(layer.parameters(), 0.1, weight_decay=0.0)

    torch.autograd.backward((layer.weight * torch.tensor([[100.0, 0.0], [0.0, 5.0]])).sum())
    optimizer.step()

    large, small = (layer.weight - before).diagonal().abs()
    assert small > large / 2


def test_biases_move_as_by_adamw() -> None:
    mine, theirs = nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3))
    for weight, kind in ((mine, Muon), (theirs, torch.optim.AdamW)):
        optimizer = kind([weight], 0.1)
        torch.autograd.backward(weight.square().sum())
        optimizer.step()

    torch.testing.assert_close(mine, theirs)


def test_a_killed_training_keeps_its_momentum(tmp_path: Path) -> None:
    def training(name: str) -> Progress:
        torch.manual_seed(0)
        model = nn.Linear(3, 2)
        weights = list(model.parameters())
        return Progress(
            tmp_path / name, model, Muon(weights, 0.1), Average(weights, 0.5), Clock(minutes=10)
        )

    def learn(one: Progress, times: int) -> None:
        for _ in range(times):
            loss = one.model(torch.tensor([[1.0, -2.0, 0.5]])).square().mean()
            one.descend(loss, 0.1, warmup=1, decay=0.1)

    whole, first = training("whole.pt"), training("killed.pt")
    learn(whole, 4)
    learn(first, 2)
    first.save()
    second = training("killed.pt")
    second.resume()
    learn(second, 2)

    for mine, other in zip(second.model.parameters(), whole.model.parameters(), strict=True):
        torch.testing.assert_close(mine, other)
