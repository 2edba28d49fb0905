import torch

from models.train.spoil import blur, spoil


def scene() -> tuple[torch.Tensor, torch.Tensor]:
    bare = torch.linspace(-1, 1, 64).expand(1, 3, 64, 64).clone()
    picture = bare.clone()
    picture[:, 0, 20:50, 24:44] = 1
    picture[:, 1:, 20:50, 24:44] = -1
    picture[:, 1, 24:30, 28:36] = 1
    return picture.expand(40, -1, -1, -1), bare.expand(40, -1, -1, -1)


def test_the_object_is_no_longer_what_it_was() -> None:
    torch.manual_seed(1)
    whole, bare = scene()

    changes = (spoil(whole, bare) - whole).abs().mean((1, 2, 3))

    assert (changes > 0.01).all()


def test_the_land_far_from_the_object_stays() -> None:
    torch.manual_seed(1)
    whole, bare = scene()

    spoilt = spoil(whole, bare)

    torch.testing.assert_close(spoilt[..., :3], bare[..., :3], atol=0.02, rtol=0)


def test_a_picture_without_an_object_is_left_alone() -> None:
    _, bare = scene()

    torch.testing.assert_close(spoil(bare, bare), bare)


def test_blur_keeps_what_is_even() -> None:
    torch.testing.assert_close(
        blur(torch.full((3, 16, 16), 0.5), 2.0), torch.full((3, 16, 16), 0.5)
    )
