"""Pictures on their way, each at a step of its own, taken further by one forward pass."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from diffusers.utils.torch_utils import randn_tensor
from torch.nn.functional import pad

from engine.capacity import BUCKETS
from engine.forwards import Forwards
from engine.job import GenerationRequest
from engine.original import Original
from engine.samplers import STATE, Schedule


@dataclass(slots=True)
class Flight:
    """One picture between its first noise and its last step."""

    request: GenerationRequest
    schedule: Schedule
    prompts: tuple[torch.Tensor, ...]
    """What the model reads in each row: the prompt, after the negative one if there is guidance."""
    state: torch.Tensor
    """The latents, then what the sampler remembers."""
    noise: torch.Tensor
    """The first noise."""
    generator: torch.Generator
    original: Original | None = None
    done: int = 0
    thought: tuple[torch.Tensor, torch.Tensor] | None = None
    """The latents before the last forward, and what the model predicted of them."""

    @property
    def prompts_now(self) -> tuple[torch.Tensor, ...]:
        """The prompts of the next forward's rows."""
        return self.prompts[-self.request.rows_after(self.done, self.schedule.forwards) :]

    @property
    def latents(self) -> torch.Tensor:
        """The picture so far."""
        return self.state[0]


def first_state(schedule: Schedule, noise: torch.Tensor, original: Original | None) -> torch.Tensor:
    """Return the state before the first step."""
    of_original, of_noise = schedule.starts[0]
    state = torch.zeros(STATE, *noise.shape, device=noise.device)
    state[0] = of_noise * noise
    if original is not None:
        state[0] += of_original * original.latents
    return state


def advance(
    forwards: Forwards, flights: Sequence[Flight], rows: int, *, is_exact: bool = False
) -> None:
    """Take pictures of one shape one forward further, in a pass padded to so many rows.

    Pictures whose prompts have more chunks than others' need a pass of their own, which has fewer
    rows unless all passes must be alike.  Nothing is changed if a pass fails.
    """
    by_length: dict[int, list[Flight]] = {}
    for flight in flights:
        by_length.setdefault(len(flight.prompts[0]), []).append(flight)
    passes = [
        (alike, rows if is_exact or len(by_length) == 1 else _least_rows(alike))
        for alike in by_length.values()
    ]
    predicted = [(alike, _predict(forwards, alike, of_pass), of_pass) for alike, of_pass in passes]
    for alike, prediction, of_pass in predicted:
        _follow(alike, prediction, forwards.dtype, of_pass)


def _least_rows(flights: Sequence[Flight]) -> int:
    needed = sum(len(flight.prompts_now) for flight in flights)
    return next(bucket for bucket in BUCKETS if bucket >= needed)


def _follow(
    flights: Sequence[Flight], prediction: torch.Tensor, dtype: torch.dtype, rows: int
) -> None:
    """Take pictures one step of their samplers further.

    The product is padded like the forward: how a device adds up may depend on how many there are.
    """
    states = torch.stack([flight.state for flight in flights])
    noise = torch.stack([_fresh_noise(flight, dtype) for flight in flights])
    inputs = torch.cat([states, prediction[:, None], noise[:, None]], dim=1)
    matrices = torch.stack([flight.schedule.advance[flight.done] for flight in flights])
    padding = (0, 0, 0, 0, 0, max(0, rows - len(flights)))
    of_all = torch.bmm(pad(matrices.to(inputs.device), padding), pad(inputs.flatten(2), padding))
    states = of_all[: len(flights)].view_as(states)
    for flight, state, thought in zip(flights, states, prediction, strict=True):
        flight.thought = (flight.latents, thought)
        flight.state = state
        flight.done += 1
        _keep_original(flight)


def _predict(forwards: Forwards, flights: Sequence[Flight], rows: int) -> torch.Tensor:
    """Ask the model once, and return its guided prediction for each picture."""
    owners, prompts, firsts, lasts = _rows(flights)
    owners += [0] * (rows - len(owners))  # what pads is never read
    prompts += [prompts[0]] * (rows - len(prompts))
    device = flights[0].state.device
    # Whatever goes to a GPU by itself makes it wait, so all numbers go at once.
    numbers = torch.tensor([_numbers(flight) for flight in flights]).to(device)
    scales, times, guidance = numbers.unbind(dim=1)
    of_row, at = (
        torch.tensor(owners + firsts + lasts)
        .to(device)
        .split_with_sizes([len(owners), 2 * len(flights)])
    )
    latents = torch.stack([flight.latents for flight in flights]) * scales[:, None, None, None]
    prediction = forwards(latents[of_row].to(forwards.dtype), times[of_row], torch.stack(prompts))
    without, with_prompt = prediction[at].float().chunk(2)  # a copy, as forwards need
    return without + guidance[:, None, None, None] * (with_prompt - without)


def _numbers(flight: Flight) -> tuple[float, float, float]:
    """Return what scales the latents, the timestep and the guidance of the next forward."""
    schedule, at = flight.schedule, flight.done
    return schedule.input_scales[at], schedule.timesteps[at], flight.request.guidance


def _rows(
    flights: Sequence[Flight],
) -> tuple[list[int], list[torch.Tensor], list[int], list[int]]:
    """Return each row's picture and prompt, and each picture's first and last row.

    Without guidance they are the same row, and the formula of guidance changes nothing.
    """
    owners: list[int] = []
    prompts: list[torch.Tensor] = []
    firsts, lasts = [], []
    for index, flight in enumerate(flights):
        firsts.append(len(owners))
        owners += [index] * len(flight.prompts_now)
        prompts += flight.prompts_now
        lasts.append(len(owners) - 1)
    return owners, prompts, firsts, lasts


def _keep_original(flight: Flight) -> None:
    """Put back what the mask protects, as noisy as the rest is now."""
    if flight.original is not None and flight.original.mask is not None:
        of_original, of_noise = flight.schedule.starts[flight.done]
        kept = of_original * flight.original.latents + of_noise * flight.noise
        flight.state[0] = torch.where(flight.original.mask, flight.latents, kept)


def _fresh_noise(flight: Flight, dtype: torch.dtype) -> torch.Tensor:
    latents = flight.latents
    if not flight.schedule.is_ancestral:
        return torch.zeros_like(latents)
    noise: torch.Tensor = randn_tensor((1, *latents.shape), flight.generator, latents.device, dtype)
    return noise[0].float()
