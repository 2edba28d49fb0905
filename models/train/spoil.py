"""Objects made unrecognisable: from them the classifier learns *nothing recognisable*.

A judge who has only seen whole objects gives every blob the name of the nearest one.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

_SEEN = 0.06  # least difference of a pixel that belongs to the object


def spoil(pictures: Tensor, bare: Tensor) -> Tensor:
    """Return pictures whose object is blurred, cut, turned into a blob or cut up and swapped.

    Args:
        pictures: small pictures with an object.
        bare: the same scenes without it.
    """
    spoilt = []
    for picture, empty in zip(pictures, bare, strict=True):
        mask = ((picture - empty).abs().amax(0) > _SEEN).float()
        way = _WAYS[int(torch.randint(len(_WAYS), ()))]
        spoilt.append(way(picture, empty, mask) if mask.any() else picture)
    return torch.stack(spoilt)


def blur(picture: Tensor, sigma: float) -> Tensor:
    """Blur a picture."""
    reach = round(2.5 * sigma)
    places = torch.arange(-reach, reach + 1)
    wave = torch.exp(-(places**2) / (2 * sigma**2))
    wave = (wave / wave.sum()).view(1, 1, -1, 1).expand(3, 1, -1, 1)
    wide = functional.pad(picture[None], [reach] * 4, mode="replicate")
    once = functional.conv2d(wide, wave, groups=3)
    return functional.conv2d(once, wave.transpose(2, 3), groups=3)[0]


def _blurred(picture: Tensor, empty: Tensor, mask: Tensor) -> Tensor:
    """Blur the object until its parts run together."""
    sigma = 3.0 + 3.0 * torch.rand(()).item()
    soft = blur(mask.expand(3, -1, -1), sigma / 2)[:1]
    return empty * (1 - soft) + blur(picture, sigma) * soft


def _cut(picture: Tensor, empty: Tensor, mask: Tensor) -> Tensor:
    """Leave less than half of the object."""
    left, top, right, bottom = _box(mask)
    kept = torch.zeros_like(mask)
    part = 0.25 + 0.2 * torch.rand(()).item()
    across, down = round((right - left) * part), round((bottom - top) * part)
    side = int(torch.randint(4, ()))
    if side == 0:
        kept[:, left : left + across] = 1
    elif side == 1:
        kept[:, right - across : right] = 1
    elif side == 2:  # noqa: PLR2004 - the third of four sides
        kept[top : top + down] = 1
    else:
        kept[bottom - down : bottom] = 1
    return torch.where(kept * mask > 0, picture, empty)


def _blob(picture: Tensor, empty: Tensor, mask: Tensor) -> Tensor:
    """Put a round lump of the object's colours in its place."""
    left, top, right, bottom = _box(mask)
    rows, columns = torch.meshgrid(
        torch.arange(mask.shape[0]), torch.arange(mask.shape[1]), indexing="ij"
    )
    x, y = (left + right) / 2, (top + bottom) / 2
    rx, ry = (
        (far - near) / 2 * (0.7 + 0.3 * torch.rand(()))
        for near, far in ((left, right), (top, bottom))
    )
    rough = blur(torch.randn(3, *mask.shape), 3.0)[0] * 2
    inside = ((columns - x) / rx) ** 2 + ((rows - y) / ry) ** 2 + rough < 1
    colours = blur(picture, 6.0) if torch.rand(()) < 0.5 else _mean(picture, mask)  # noqa: PLR2004
    soft = blur(inside.float().expand(3, -1, -1), 0.5 + torch.rand(()).item())
    return empty * (1 - soft) + colours * soft


def _swapped(picture: Tensor, empty: Tensor, mask: Tensor) -> Tensor:
    """Cut the object into 3x3 pieces and lay them down in another order."""
    left, top, right, bottom = _box(mask)
    high, wide = (bottom - top) // 3, (right - left) // 3
    if not high or not wide:
        return picture
    whole, target = picture.clone(), torch.where(mask > 0, empty, picture)
    corners = [(top + r * high, left + c * wide) for r in range(3) for c in range(3)]
    for (y, x), place in zip(corners, torch.randperm(9).tolist(), strict=True):
        to_y, to_x = corners[place]
        target[:, to_y : to_y + high, to_x : to_x + wide] = whole[:, y : y + high, x : x + wide]
    return target


def _mean(picture: Tensor, mask: Tensor) -> Tensor:
    return ((picture * mask).sum((1, 2)) / mask.sum()).view(3, 1, 1).expand_as(picture)


def _box(mask: Tensor) -> Sequence[int]:
    rows, columns = mask.any(1).nonzero(), mask.any(0).nonzero()
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


_WAYS: tuple[Callable[[Tensor, Tensor, Tensor], Tensor], ...] = (_blurred, _cut, _blob, _swapped)
