"""How many floating-point operations what is drawn needs, as torch counts them.

Attention counts as plain products.  A request is counted by the stock pipeline, which nobody can
draw it with fewer than: what guidance needs is in it, and so are prompts and decoding.
"""

from collections.abc import Callable
from functools import partial

from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

_STEPS = (2, 3)
"""Steps that are counted; each further one needs what the last of these does."""


def operations(draw: Callable[[int], object], steps: int) -> float:
    """Return what it takes to draw so many steps, `draw` being told how many to draw."""
    fewer, more = (counted(partial(draw, few)) for few in _STEPS)
    return fewer + (steps - _STEPS[0]) * (more - fewer)


def counted(draw: Callable[[], object]) -> float:
    """Return what a piece of work takes."""
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        draw()
    return float(counter.get_total_flops())
