"""How generation is doing, as figures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackendHealth:
    """One back end of a chain."""

    name: str
    kind: str
    drawn: int
    failed: int
    rest_s: int
    """How long it is left alone after failures; 0 while it may be asked."""
    trouble: str
    """What went wrong last; empty after a success."""


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """What the engine is doing; `model`, `device` and `dtype` are empty until it is first ready."""

    is_ready: bool
    model: str
    device: str
    dtype: str
    running: int
    queued: int
    restarts: int
    backends: tuple[BackendHealth, ...] = ()
    """The members of a chain, in order; an engine alone has none."""
