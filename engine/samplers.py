"""The samplers as tables of numbers, read off diffusers' own schedulers.

Whatever a sampler does in a step, it is linear in the latents, in what it remembers of earlier
steps, in the model's prediction and in fresh noise.  Fed with basis vectors once, a scheduler shows
the matrix of each of its steps; from then on one batched product takes all pictures further,
whichever sampler, number of steps and position each of them has.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    SchedulerMixin,
    UniPCMultistepScheduler,
)

STATE = 4
"""Vectors that a picture keeps between two steps: the latents and up to three memories."""
PREDICTION = STATE
NOISE = STATE + 1
INPUTS = STATE + 2
"""Vectors that a step takes: the state, the model's prediction, fresh noise."""

_SECOND_ORDER = {"solver_order": 2, "use_karras_sigmas": False, "thresholding": False}
_SAMPLERS: Mapping[str, tuple[type[SchedulerMixin], Mapping[str, object]]] = {
    "ddim": (DDIMScheduler, {"clip_sample": False, "thresholding": False}),
    "euler": (EulerDiscreteScheduler, {"use_karras_sigmas": False}),
    "euler_a": (EulerAncestralDiscreteScheduler, {}),
    "dpm2m": (DPMSolverMultistepScheduler, {**_SECOND_ORDER, "algorithm_type": "dpmsolver++"}),
    "dpm2m_karras": (
        DPMSolverMultistepScheduler,
        {
            **_SECOND_ORDER,
            "algorithm_type": "dpmsolver++",
            "use_karras_sigmas": True,
            # Karras' spacing from the endless noise of a zero-SNR schedule spends all steps there.
            "rescale_betas_zero_snr": False,
        },
    ),
    "unipc": (UniPCMultistepScheduler, _SECOND_ORDER),
    "heun": (HeunDiscreteScheduler, {"use_karras_sigmas": False, "clip_sample": False}),
}
_MEMORIES = ("last_sample", "prev_derivative", "sample")  # beside the list `model_outputs`


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that a sampler does in so many steps."""

    timesteps: tuple[float, ...]
    input_scales: tuple[float, ...]
    """What the latents are multiplied by before the model sees them."""
    starts: tuple[tuple[float, float], ...]
    """What an original picture and noise are multiplied by, to begin at each forward or at the end:
    the first is where the drawing begins."""
    advance: torch.Tensor
    """For each forward, the matrix from `INPUTS` vectors to the next `STATE` ones."""
    is_ancestral: bool
    """Whether each step takes fresh noise."""

    @property
    def forwards(self) -> int:
        """How often the model is asked."""
        return len(self.timesteps)


def scheduler(name: str, config: Mapping[str, object]) -> SchedulerMixin:
    """Return diffusers' scheduler of our name, with a checkpoint's own settings under ours."""
    kind, options = _SAMPLERS[name]
    return kind.from_config(config, **options)


def read_off(
    new: Callable[[], SchedulerMixin], steps: int, *, skipped: int = 0, has_original: bool = False
) -> Schedule:
    """Return the numbers of a scheduler, given how to make one.

    Whoever has an original to begin from may skip the first steps.
    """
    asked, silent = new(), new()
    for each in (asked, silent):
        each.set_timesteps(steps)
        if hasattr(each, "set_begin_index"):  # those without go by the timestep
            each.set_begin_index(skipped * each.order)
    timesteps = asked.timesteps[skipped * asked.order :]
    starts = [
        _start(asked, timesteps[:1]) if has_original else (0.0, float(asked.init_noise_sigma))
    ]
    scales, matrices = [], []
    for index, timestep in enumerate(timesteps, start=1):
        one = torch.ones(1, 1, dtype=torch.float64)
        scales.append(float(asked.scale_model_input(one, timestep)))
        silent.scale_model_input(one, timestep)
        matrices.append(_matrix(asked, silent, timestep))
        is_last = index == len(timesteps)
        starts.append((1.0, 0.0) if is_last else _start(asked, timesteps[index : index + 1]))
    advance = torch.stack(matrices)
    return Schedule(
        timesteps=tuple(float(timestep) for timestep in timesteps),
        input_scales=tuple(scales),
        starts=tuple(starts),
        advance=advance.float(),
        is_ancestral=bool(advance[:, :, NOISE].any()),
    )


def _start(schedule: SchedulerMixin, timestep: torch.Tensor) -> tuple[float, float]:
    """Return what makes an original picture, and what noise, into latents of a timestep."""
    one = torch.ones(1, 1, dtype=torch.float64)
    nothing = torch.zeros_like(one)
    of_original = float(schedule.add_noise(one, nothing, timestep))
    return of_original, float(schedule.add_noise(nothing, one, timestep))


def _matrix(asked: SchedulerMixin, silent: SchedulerMixin, timestep: torch.Tensor) -> torch.Tensor:
    """Return one step's matrix: what basis vectors become, less what silence becomes.

    What silence becomes is noise alone, which both hear the same.
    """
    basis = torch.eye(STATE + 1, dtype=torch.float64)
    quiet = _step(silent, timestep, torch.zeros_like(basis))
    loud = _step(asked, timestep, basis)
    first_noise = torch.randn(1, STATE + 1, generator=_generator(), dtype=torch.float64)[0, 0]
    return torch.cat([loud - quiet, quiet[:, :1] / first_noise], dim=1)


def _step(schedule: SchedulerMixin, timestep: torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
    """Return the state after a step, a row for each vector; absent memories are zero."""
    sample, *memories, prediction = inputs[:, None]
    _remember(schedule, memories)
    takes = inspect.signature(schedule.step).parameters
    options = {"generator": _generator()} if "generator" in takes else {}
    [after, *_] = schedule.step(prediction, timestep, sample, return_dict=False, **options)
    kept = [torch.zeros_like(sample) if each is None else each for each in _memories(schedule)]
    kept += [torch.zeros_like(sample)] * (STATE - 1 - len(kept))
    return torch.cat([after, *kept])


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _memories(schedule: SchedulerMixin) -> list[torch.Tensor | None]:
    named = [getattr(schedule, name) for name in _MEMORIES if hasattr(schedule, name)]
    return [*getattr(schedule, "model_outputs", ()), *named]


def _remember(schedule: SchedulerMixin, memories: list[torch.Tensor]) -> None:
    """Replace what a scheduler remembers by basis vectors; what it lacks it goes on lacking."""
    left = iter(memories)
    outputs = getattr(schedule, "model_outputs", [])
    for index, (before, memory) in enumerate(zip(outputs, left, strict=False)):
        outputs[index] = None if before is None else memory
    for name in _MEMORIES:
        if hasattr(schedule, name):
            memory = next(left)
            setattr(schedule, name, None if getattr(schedule, name) is None else memory)
