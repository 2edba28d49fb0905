from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL.Image import Image

from engine import encode
from engine.batch import Job
from engine.capacity import Capacity
from engine.diffusers_runner import DiffusersRunner
from engine.job import SAMPLERS, GenerationRequest
from engine.scheduler import Scheduler
from tests.engine.conftest import Stock

# diffusers 0.42 hands torch tensors to numpy in a way that numpy 2 will no longer take.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ROWS_MAX = 8


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that comes before the given forward, and may go before another."""

    at: int
    request: GenerationRequest
    leaves_at: int = 10**9


# Few of each, so that the stock pipeline need not draw every one anew.
requests = st.builds(
    GenerationRequest,
    prompt=st.sampled_from(["a fox", "a lighthouse at dusk"]),
    negative_prompt=st.sampled_from(["", "blurry"]),
    width=st.just(64),
    height=st.sampled_from([48, 64]),
    steps=st.integers(1, 5),
    guidance=st.sampled_from([1.0, 3.0, 7.5]),
    seed=st.integers(1, 2),
    sampler=st.sampled_from(SAMPLERS),
    guidance_until=st.sampled_from([1.0, 0.5]),
)
arrivals = st.lists(
    st.builds(Arrival, st.integers(0, 6), requests, st.just(10**9) | st.integers(1, 8)),
    min_size=2,
    max_size=7,
)

Developed = Callable[[list[str]], Mapping[str, object]]


def capacity(*, is_exact: bool) -> Capacity:
    return Capacity(ROWS_MAX, is_exact=is_exact, costs={})


def fly(
    runner: DiffusersRunner, scheduler: Scheduler, arrivals: list[Arrival], develop: Developed
) -> dict[str, object]:
    """Draw as the step loop does, one forward a turn; return the pictures of those that stayed."""
    developed: dict[str, object] = {}
    turn = 0
    while len(scheduler) or turn <= max(arrival.at for arrival in arrivals):
        for index, arrival in enumerate(arrivals):
            if arrival.at == turn:
                scheduler.add(Job(str(index), arrival.request))
            if arrival.leaves_at == turn:
                leave(runner, scheduler, str(index))
        if done := forward(runner, scheduler):
            developed.update(develop(done))
            for job_id in done:
                leave(runner, scheduler, job_id)
        turn += 1
    return developed


def forward(runner: DiffusersRunner, scheduler: Scheduler) -> list[str]:
    """Return those that have done their last."""
    batch = scheduler.schedule()
    if batch is None:
        return []
    for job in batch.jobs:
        assert isinstance(job.request, GenerationRequest)
        job.forwards = job.forwards or runner.admit(job.id, job.request)
        job.done += 1
    runner.step([job.id for job in batch.jobs], batch.rows)
    return [job.id for job in batch.jobs if job.is_done]


def leave(runner: DiffusersRunner, scheduler: Scheduler, job_id: str) -> None:
    scheduler.remove(job_id)
    runner.release(job_id)


@given(arrivals)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_each_picture_is_the_stock_pipelines_whoever_comes_and_goes(
    runner: DiffusersRunner, stock: Stock, arrivals: list[Arrival]
) -> None:
    def develop(job_ids: list[str]) -> Mapping[str, torch.Tensor]:
        pixels = (runner.pixels(job_ids) / 2 + 0.5).clamp(0, 1)
        return dict(zip(job_ids, pixels, strict=True))

    scheduler = Scheduler(len(arrivals), capacity(is_exact=False))
    pictures = fly(runner, scheduler, arrivals, develop)

    stayed = [job for job in range(len(arrivals)) if arrivals[job].leaves_at == 10**9]
    assert {str(job) for job in stayed} <= set(pictures)
    for job_id, picture in pictures.items():
        assert isinstance(picture, torch.Tensor)
        difference = picture - stock.draw(arrivals[int(job_id)].request)
        assert difference.abs().max() <= 1e-5


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_in_exact_mode_the_bytes_are_the_same_under_every_load(
    runner: DiffusersRunner,
    request_: GenerationRequest,
    sampler: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "_is_exact", True)
    mine = replace(request_, sampler=sampler)
    others = [
        replace(
            request_,
            seed=seed,
            steps=3 + seed,
            guidance=guidance,
            sampler=SAMPLERS[seed],
            guidance_until=0.5,
        )
        for seed, guidance in enumerate([7.5, 1.0, 3.0, 9.0, 1.0, 2.0, 4.0])
    ]
    loads = [
        [Arrival(0, mine)],
        [Arrival(2, mine), *(Arrival(0, other) for other in others[:2])],
        [Arrival(1, mine), *(Arrival(at, other) for at, other in enumerate(others))],
    ]

    files = [draw_exactly(runner, load)["0"] for load in loads]

    assert isinstance(files[0], bytes)
    assert files[1:] == files[:1] * 2


def draw_exactly(runner: DiffusersRunner, load: list[Arrival]) -> dict[str, object]:
    def develop(job_ids: list[str]) -> Mapping[str, bytes]:
        pictures = runner.decode(job_ids)
        return {
            job_id: encode.png(picture, load[int(job_id)].request, runner.model)
            for job_id, picture in zip(job_ids, pictures, strict=True)
            if isinstance(picture, Image)
        }

    return fly(runner, Scheduler(len(load), capacity(is_exact=True)), load, develop)


def test_in_exact_mode_no_product_depends_on_how_many_are_drawn(
    runner: DiffusersRunner, request_: GenerationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    multiplied: list[int] = []
    multiply = torch.bmm

    def watched(matrices: torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
        multiplied.append(len(matrices))
        return multiply(matrices, inputs)

    monkeypatch.setattr("engine.flight.torch.bmm", watched)
    monkeypatch.setattr(runner, "_is_exact", True)
    long = replace(request_, prompt="a fox " * 40)
    for load in ([Arrival(0, request_)], [Arrival(0, request_), Arrival(0, long)]):
        draw_exactly(runner, load)

    assert set(multiplied) == {ROWS_MAX}


def test_who_reads_a_long_prompt_makes_no_second_pass_of_all_rows(
    runner: DiffusersRunner, request_: GenerationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []
    forwards = runner.forwards

    def watched(latents: torch.Tensor, times: torch.Tensor, prompts: torch.Tensor) -> torch.Tensor:
        passes.append(len(latents))
        return forwards(latents, times, prompts)

    watched.dtype = forwards.dtype  # type: ignore[attr-defined]
    monkeypatch.setattr(runner, "forwards", watched)
    short = [replace(request_, seed=seed, steps=1) for seed in range(3)]
    long = replace(request_, prompt="a fox " * 40, steps=1)
    for job_id, request in enumerate([*short, long]):
        runner.admit(str(job_id), request)

    runner.step([str(job_id) for job_id in range(4)], ROWS_MAX)

    assert sorted(passes) == [2, 8]
    for job_id in range(4):
        runner.release(str(job_id))
