"""An optimizer that moves weight matrices in all directions alike (Muon, Jordan et al. 2024).

Most of a clip stands still, so what moves is a small part of every gradient.  AdamW follows the
large directions first; Muon makes a matrix's update orthogonal, by which small ones count as much.
"""

import math
from typing import Any

import torch
from torch import Tensor

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of the quintic Newton-Schulz iteration
_ITERATIONS = 5
_MOMENTUM = 0.95
_LIKE_ADAMW = 0.2  # AdamW's root mean square, so that rates mean the same (Liu et al. 2025)


class Muon(torch.optim.AdamW):
    """Muon for all that is a matrix or a kernel, AdamW for the rest."""

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # nobody passes one
        """Move all weights once."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.ndim > 1 and weight.grad is not None:
                    self._move(weight, weight.grad, group)
                    weight.grad = None  # AdamW passes over it
        super().step(closure)

    def _move(self, weight: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[weight]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(weight)
            state["step"] = torch.zeros(())  # which AdamW wants to see when it is loaded
        momentum = state["momentum"].lerp_(gradient, 1 - _MOMENTUM)
        update = orthogonal(gradient.lerp(momentum, _MOMENTUM).flatten(1))
        size = _LIKE_ADAMW * math.sqrt(max(update.shape))
        weight.mul_(1 - group["lr"] * group["weight_decay"])
        weight.add_(update.view_as(weight), alpha=-group["lr"] * size)


def orthogonal(matrix: Tensor) -> Tensor:
    """Return the nearest matrix whose singular values are (roughly) one."""
    tall = matrix.shape[0] > matrix.shape[1]
    found = matrix.T if tall else matrix
    found = found / (found.square().sum().sqrt() + 1e-7)
    first, third, fifth = _COEFFICIENTS
    for _ in range(_ITERATIONS):
        square = found @ found.T
        found = first * found + (third * square + fifth * square @ square) @ found
    return found.T if tall else found
