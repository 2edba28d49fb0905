import pytest
import torch

from models.train.measure import motion, psnr


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


def test_pictures_a_tenth_of_white_to_black_apart_are_twenty_decibels_apart() -> None:
    assert psnr(torch.full((1, 3, 4, 4), 0.2), torch.zeros(1, 3, 4, 4)) == pytest.approx(20)


def test_the_same_picture_twice_is_as_near_as_bytes_can_be() -> None:
    picture = torch.rand(1, 3, 4, 4)

    assert psnr(picture, picture) == pytest.approx(58.9, abs=0.1)
