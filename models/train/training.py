"""What long trainings need: a deadline, a rate, averaged weights, going on after a kill."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.distributed
from torch import Tensor, nn

_SAVE_EVERY = 60.0  # seconds


def join_others() -> tuple[int, int]:
    """Return this process's number and how many there are, when started by torchrun."""
    torch.set_num_threads(1) if not torch.cuda.is_available() else None
    if not torch.distributed.is_torchelastic_launched():
        return 0, 1
    torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return torch.distributed.get_rank(), torch.distributed.get_world_size()


def average_gradients(parameters: Iterable[nn.Parameter], world: int) -> None:
    """Give all processes the mean of their gradients."""
    if world == 1:
        return
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
    torch.distributed.all_reduce(flat)
    pieces = torch.split(flat / world, [gradient.numel() for gradient in gradients])
    for gradient, piece in zip(gradients, pieces, strict=True):
        gradient.copy_(piece.view_as(gradient))


def device() -> torch.device:
    """Return where to train."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@dataclass(slots=True)
class Clock:
    """The part of the training that is done, by time and over all restarts."""

    minutes: float
    before: float = 0.0  # seconds in earlier processes
    _start: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Return how long the training has run."""
        return self.before + time.monotonic() - self._start

    @property
    def part(self) -> float:
        """Return 0 at the beginning, 1 and more at the end."""
        return self.seconds / 60 / self.minutes


def rate(peak: float, step: int, part: float, *, warmup: int, decay: float) -> float:
    """Return the learning rate: a short rise, constant, then a straight fall to nothing."""
    rise = min(1.0, (step + 1) / warmup)
    return peak * rise * min(1.0, max(0.02, (1 - part) / decay))


class Average:
    """Weights averaged over the last steps: better pictures than the weights themselves."""

    def __init__(self, parameters: Sequence[nn.Parameter], keep: float) -> None:
        self._parameters, self._keep = parameters, keep
        self.weights = [parameter.detach().clone() for parameter in parameters]

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Move towards the present weights."""
        keep = min(self._keep, (1 + step) / (10 + step))
        torch._foreach_lerp_(self.weights, list(self._parameters), 1 - keep)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange averaged and present weights."""
        for parameter, weight in zip(self._parameters, self.weights, strict=True):
            kept = parameter.detach().clone()
            parameter.copy_(weight)
            weight.copy_(kept)


@dataclass(slots=True)
class Progress:
    """A training that can be killed at any moment and goes on from its last file."""

    path: Path
    model: nn.Module
    optimizer: torch.optim.Optimizer
    average: Average
    clock: Clock
    step: int = 0
    _saved: float = 0.0

    def resume(self) -> None:
        """Go on from the file, where there is one."""
        if not self.path.exists():
            return
        state = torch.load(self.path, map_location=device(), weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        for weight, kept in zip(self.average.weights, state["average"], strict=True):
            weight.copy_(kept)
        self.step, self.clock.before = state["step"], state["seconds"]
        self._saved = self.clock.seconds
        print(f"goes on from step {self.step}, {self.clock.seconds:.0f} s")

    def run(self, learn: Callable[[], float], *, tell_every: int, rank: int, world: int) -> None:
        """Take steps until the time is over; the first process tells of their loss, and saves."""
        mean: float | None = None
        while self._has_time(world):
            loss = learn()
            self.step += 1
            self.average.update(self.step)
            mean = loss if mean is None else mean + (loss - mean) / tell_every
            if rank > 0:
                continue
            if self.step % tell_every == 0:
                print(f"step {self.step}, {self.clock.seconds:.0f} s, {mean:.4f}", flush=True)
            self.save_sometimes()
        if rank == 0:
            self.save()

    def _has_time(self, world: int) -> bool:
        """Return whether to go on: the same in all processes, by the clock of the first."""
        part = torch.tensor([self.clock.part])
        if world > 1:
            torch.distributed.broadcast(part, 0)
        return part.item() < 1

    def descend(
        self, loss: Tensor, peak: float, *, warmup: int, decay: float, world: int = 1
    ) -> None:
        """Take one step against a loss, at the rate of this moment; all processes the same."""
        weights = [weight for group in self.optimizer.param_groups for weight in group["params"]]
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        average_gradients(weights, world)
        nn.utils.clip_grad_norm_(weights, 1.0)
        part = self.clock.part
        set_rate(self.optimizer, rate(peak, self.step, part, warmup=warmup, decay=decay))
        self.optimizer.step()

    def save_sometimes(self) -> bool:
        """Save when a minute has gone by; return whether it did."""
        if self.clock.seconds - self._saved < _SAVE_EVERY:
            return False
        self.save()
        return True

    def save(self) -> None:
        """Write the file, whole or not at all."""
        self._saved = self.clock.seconds
        state: dict[str, object] = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.weights,
            "step": self.step,
            "seconds": self._saved,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(state, self.path.with_suffix(".part"))
        self.path.with_suffix(".part").rename(self.path)


def load_average(path: Path, parameters: Sequence[nn.Parameter]) -> None:
    """Give a model's trained weights the averages in a training's file."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    for parameter, weight in zip(parameters, state["average"], strict=True):
        parameter.data.copy_(weight)


def set_rate(optimizer: torch.optim.Optimizer, lr: float) -> None:
    """Set the learning rate of all parameters."""
    for group in optimizer.param_groups:
        group["lr"] = lr


def cast(of: torch.device) -> torch.autocast:
    """Compute in bfloat16 where the device is made for it; elsewhere it is ten times slower."""
    able = of.type != "cpu" or torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001 - no public way
    return torch.autocast(of.type, torch.bfloat16, enabled=able)
