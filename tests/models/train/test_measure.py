import pytest
import torch

from models.train.measure import motion


def test_a_clip_that_goes_half_the_way_has_half_of_the_motion_and_all_of_its_likeness() -> None:
    torch.manual_seed(0)
    real = torch.randn(1, 3, 8, 8)

    found = motion([(0.5 * real, real)])

    assert found.part == pytest.approx(0.5)
    assert found.likeness == pytest.approx(1.0)


def test_a_clip_that_stands_still_has_none() -> None:
    assert motion([(torch.zeros(3), torch.ones(3))]) == (0.0, 0.0)


def test_grain_is_no_motion() -> None:
    torch.manual_seed(0)
    real, grain = torch.randn(2, 1, 3, 64, 64)

    found = motion([(real + grain, real)])

    assert found.part == pytest.approx(1.0, abs=0.05)
    assert found.likeness == pytest.approx(0.5**0.5, abs=0.05)
