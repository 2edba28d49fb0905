from pathlib import Path

import pytest
import torch
from torch import nn

from models.train.training import Average, Clock, Progress, load_average, rate


def progress(path: Path) -> Progress:
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    weights = list(model.parameters())
    return Progress(
        path, model, torch.optim.AdamW(weights, 0.1), Average(weights, 0.5), Clock(minutes=10)
    )


def descend(training: Progress) -> None:
    loss = training.model(torch.ones(4, 3)).square().mean()
    training.optimizer.zero_grad()
    torch.autograd.backward(loss)
    training.optimizer.step()


def learn(training: Progress) -> None:
    descend(training)
    training.step += 1
    training.average.update(training.step)


def test_a_killed_training_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole = progress(tmp_path / "whole.pt")
    for _ in range(6):
        learn(whole)
    first = progress(tmp_path / "killed.pt")
    for _ in range(3):
        learn(first)
    first.save()

    second = progress(tmp_path / "killed.pt")
    second.resume()
    for _ in range(3):
        learn(second)

    assert second.step == 6
    for mine, theirs in zip(second.model.parameters(), whole.model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs)
    for mean, other in zip(second.average.weights, whole.average.weights, strict=True):
        torch.testing.assert_close(mean, other)


@pytest.mark.parametrize(("rank", "is_saved"), [(0, True), (1, False)])
def test_it_learns_until_the_time_is_over_and_one_process_tells_and_saves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rank: int, *, is_saved: bool
) -> None:
    training = progress(tmp_path / "run.pt")

    def learned() -> float:
        descend(training)
        training.clock.before += 60
        return 0.5

    training.run(learned, tell_every=2, rank=rank, world=1)

    assert training.step == 10, "one a minute, for ten"
    assert training.path.exists() == is_saved
    assert ("step 4" in capsys.readouterr().out) == is_saved


def test_time_before_the_kill_counts(tmp_path: Path) -> None:
    first = progress(tmp_path / "killed.pt")
    first.clock.before = 300
    first.save()

    second = progress(tmp_path / "killed.pt")
    second.resume()

    assert second.clock.part >= 0.5


def test_the_average_is_what_is_loaded_to_draw(tmp_path: Path) -> None:
    training = progress(tmp_path / "file.pt")
    for _ in range(4):
        learn(training)
    training.save()
    model = nn.Linear(3, 2)

    load_average(tmp_path / "file.pt", list(model.parameters()))

    for weight, mean in zip(model.parameters(), training.average.weights, strict=True):
        torch.testing.assert_close(weight.detach(), mean)


def test_swapping_twice_changes_nothing(tmp_path: Path) -> None:
    training = progress(tmp_path / "file.pt")
    learn(training)
    before = [weight.detach().clone() for weight in training.model.parameters()]

    training.average.swap()
    training.average.swap()

    for weight, kept in zip(training.model.parameters(), before, strict=True):
        torch.testing.assert_close(weight.detach(), kept)


@pytest.mark.parametrize(
    ("step", "part", "expected"),
    [(0, 0.0, 0.01), (99, 0.1, 1.0), (5000, 0.74, 1.0), (9000, 0.875, 0.5), (9999, 1.0, 0.02)],
)
def test_the_rate_rises_stays_and_falls(step: int, part: float, expected: float) -> None:
    assert rate(1.0, step, part, warmup=100, decay=0.25) == pytest.approx(expected)
