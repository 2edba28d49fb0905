import torch
from torch import nn

from models.train.forms import kernel, pair, put, put_pair, settle


@torch.no_grad()
def blank() -> nn.Conv2d:
    convolution = nn.Conv2d(4, 4, 3, padding=1)
    for weight in convolution.parameters():
        nn.init.zeros_(weight)
    return convolution


@torch.no_grad()
def test_a_value_is_written_with_its_negative_and_read_from_neighbours_too() -> None:
    convolution, picture = blank(), torch.zeros(1, 4, 3, 3)
    picture[0, 0, 1, 1], picture[0, 1, 1, 1] = 3.0, -3.0

    put_pair(convolution, 2, pair(0), 0.5, kernel(0.25))

    written = convolution(picture)[0]
    assert written[2, 1, 1] == 0.5 * 6.0 * 0.25
    assert written[2, 0, 1] == 0.5 * 6.0 * 0.125
    torch.testing.assert_close(written[3], -written[2])


@torch.no_grad()
def test_channels_to_spare_make_the_sum_zero() -> None:
    convolution = blank()
    put(convolution, 0, {1: 2.0, 3: -0.5})
    nn.init.constant_(list(convolution.parameters())[1], 7.0)

    settle(convolution, (2, 3))

    sums = convolution(torch.randn(1, 4, 5, 5)).sum(1)
    torch.testing.assert_close(sums, torch.zeros_like(sums), atol=1e-5, rtol=0)
