from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from engine.calibration import calibrate
from engine.capacity import Capacity
from engine.clip import VideoRequest
from engine.errors import BadRequestError, EngineError, OutOfMemoryError
from engine.job import GenerationRequest, Size
from tests.engine.test_loop import FakeRunner

SIZE: Size = (512, 512)


@dataclass
class Timed(FakeRunner):
    """Takes the time that forwards are said to take."""

    rows_held: int = 64
    cost: Callable[[int], float] = lambda _rows: 1.0
    now: float = 0.0
    tried: list[int] = field(default_factory=list)
    refusal: EngineError | None = None

    def admit(self, job_id: str, request: GenerationRequest | VideoRequest) -> int:
        if self.refusal is not None:
            raise self.refusal
        return super().admit(job_id, request)

    def step(self, job_ids: Sequence[str], rows: int) -> None:
        super().step(job_ids, rows)
        self.tried.append(rows)
        self.now += self.cost(rows)


def learnt(runner: Timed, rows_max: int = 16, seconds: float = 1000.0) -> Capacity:
    capacity = Capacity(rows_max, is_exact=False, costs={})
    calibrate(runner, capacity, [SIZE], seconds, lambda: runner.now)
    assert not runner.held
    return capacity


def test_what_every_number_of_rows_costs_is_known_before_anybody_asks() -> None:
    costs = {1: 1.0, 2: 1.1, 4: 1.3, 8: 2.0, 16: 3.5}

    assert learnt(Timed(cost=lambda rows: costs[rows])).costs == {SIZE: pytest.approx(costs)}


def test_more_rows_than_gain_something_are_not_tried() -> None:
    capacity = learnt(Timed(cost=lambda rows: max(4.0, rows)))

    assert set(capacity.costs[SIZE]) == {1, 2, 4, 8}
    assert capacity.worthwhile(SIZE, waiting=100) == 4


def test_it_takes_no_longer_than_it_may() -> None:
    runner = Timed()

    assert learnt(runner, seconds=6.0).costs == {SIZE: {1: 1.0, 2: 1.0}}
    assert runner.now == 6.0


def test_forwards_that_take_very_long_are_not_repeated_meanwhile() -> None:
    runner = Timed(cost=lambda _rows: 60.0)
    capacity = Capacity(16, is_exact=True, costs={})

    calibrate(runner, capacity, [SIZE, (768, 768)], 10.0, lambda: runner.now)

    assert runner.tried == [16]
    assert capacity.costs == {}


def test_memory_that_does_not_hold_so_many_is_found_out() -> None:
    capacity = learnt(Timed(rows_held=4))

    assert set(capacity.costs[SIZE]) == {1, 2, 4}
    assert capacity.ceiling(SIZE) == 4


@pytest.mark.parametrize(
    "refusal", [BadRequestError("width", "must be even"), OutOfMemoryError("out of memory")]
)
def test_a_size_that_cannot_be_drawn_does_not_end_the_start(refusal: EngineError) -> None:
    assert learnt(Timed(refusal=refusal)).costs == {}


def test_exact_mode_knows_one_number_of_rows() -> None:
    runner = Timed()
    capacity = Capacity(8, is_exact=True, costs={})

    calibrate(runner, capacity, [SIZE], 1000.0, lambda: runner.now)

    assert capacity.costs == {SIZE: {8: 1.0}}


def test_what_is_known_from_the_last_start_is_not_asked_again() -> None:
    runner = Timed()
    capacity = Capacity(16, is_exact=False, costs={SIZE: {2: 1.0}})

    calibrate(runner, capacity, [SIZE], 1000.0, lambda: runner.now)

    assert runner.tried == []
