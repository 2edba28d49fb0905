"""Group normalisation that keeps channels last: on a CPU a quarter of the training's time.

PyTorch's own kernel is slow on small pictures with channels last; the statistics of this one are
sums over pixels, and forward and backward are one fused multiplication and addition each.
"""

from typing import Any

import torch
from torch import Tensor, nn


class _Normalise(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401 - torch's own object
        picture: Tensor,
        weight: Tensor,
        bias: Tensor,
        groups: int,
        eps: float,
    ) -> Tensor:
        rows = _rows(picture)
        channels, size = rows.shape[2], rows.shape[1] * rows.shape[2] // groups
        mean = _by_group(rows.sum(1, dtype=torch.float32), groups) / size
        square = _by_group(rows.float().square().sum(1), groups) / size
        spread = (square - mean * mean).clamp_min_(0).add_(eps).rsqrt_()
        mean, spread = (part.repeat_interleave(channels // groups, 1) for part in (mean, spread))
        scale = spread * weight.float()
        shift = bias.float() - mean * scale
        ctx.save_for_backward(rows, weight, mean, spread)
        ctx.groups, ctx.size = groups, size
        out = torch.addcmul(shift.to(rows.dtype)[:, None], rows, scale.to(rows.dtype)[:, None])
        return _like(out, picture)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        rows, weight, mean, spread = ctx.saved_tensors
        out = _rows(gradient).to(rows.dtype)
        by_bias = out.sum(1, dtype=torch.float32)
        by_weight = spread * ((out * rows).sum(1, dtype=torch.float32) - mean * by_bias)
        each = rows.shape[2] // ctx.groups
        level, slope = (
            (_by_group(weight.float() * part, ctx.groups) / ctx.size).repeat_interleave(each, 1)
            for part in (by_bias, by_weight)
        )
        scale = (spread * weight.float()).to(rows.dtype)[:, None]
        tilt = (-spread * spread * slope).to(rows.dtype)[:, None]
        shift = (-spread * level + spread * spread * mean * slope).to(rows.dtype)[:, None]
        back = torch.addcmul(torch.addcmul(shift, out, scale), rows, tilt)
        kind = weight.dtype
        return _like(back, gradient), by_weight.sum(0).to(kind), by_bias.sum(0).to(kind), None, None


class _FastGroupNorm(nn.GroupNorm):
    def forward(self, picture: Tensor) -> Tensor:
        options = (self.weight, self.bias, self.num_groups, self.eps)
        normal: Tensor = _Normalise.apply(picture, *options)  # type: ignore[no-untyped-call]  # torch's lack
        return normal


def hasten(model: nn.Module) -> nn.Module:
    """Let a model's normalisations be computed the fast way; its weights stay what they are."""
    for module in model.modules():
        if type(module) is nn.GroupNorm:
            module.__class__ = _FastGroupNorm
    return model


def _by_group(sums: Tensor, groups: int) -> Tensor:
    return sums.view(len(sums), groups, -1).sum(-1)


def _rows(picture: Tensor) -> Tensor:
    """Return number, pixels, channels."""
    return picture.flatten(2).transpose(1, 2)


def _like(rows: Tensor, picture: Tensor) -> Tensor:
    return rows.transpose(1, 2).view(picture.shape)
