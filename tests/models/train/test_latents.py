import torch

from models.train import latents


def test_latents_come_back_from_the_small_picture_they_make() -> None:
    wanted = torch.randn(2, latents.CHANNELS, 4, 6, generator=torch.Generator().manual_seed(1))

    small = latents.decode(wanted)

    assert small.shape == (2, 3, 16, 24)
    torch.testing.assert_close(latents.encode(small), wanted, atol=1e-4, rtol=1e-4)


def test_an_even_picture_needs_the_three_means_alone() -> None:
    grey = latents.encode(torch.full((1, 3, 8, 8), 0.25)) + (latents.MEANS * latents.SCALES).view(
        -1, 1, 1
    )

    used = [k for k in range(latents.CHANNELS) if grey[:, k].abs().max() > 1e-5]

    assert used == [0]
    torch.testing.assert_close(
        latents.decode(latents.encode(torch.full((1, 3, 8, 8), 0.25))),
        torch.full((1, 3, 8, 8), 0.25),
    )


def test_bytes_become_minus_one_to_one() -> None:
    pixels = torch.tensor([0, 255], dtype=torch.uint8).view(1, 1, 2, 1).expand(1, 1, 2, 3)

    assert latents.from_pixels(pixels)[0, 0].tolist() == [[-1.0, 1.0]]
