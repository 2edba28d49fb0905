from dataclasses import replace

import pytest

from engine.clip import VideoRequest
from engine.estimate import StepTimes, queue_s
from engine.job import GenerationRequest

REQUEST = GenerationRequest("a fox", "", 512, 512, 20, 7.5, 1)
CLIP = VideoRequest(image=b"png", width=512, height=512, frames=8, steps=4, seed=1)


@pytest.fixture
def times() -> StepTimes:
    times = StepTimes()
    times.observe_forward(REQUEST, 0.1)
    times.observe_decode(REQUEST, 0.5)
    return times


def test_a_guess_is_known_to_be_one(times: StepTimes) -> None:
    assert not StepTimes().knows(REQUEST)
    assert StepTimes().seconds(REQUEST) > 0
    assert times.knows(REQUEST)
    assert not times.knows(CLIP)


def test_what_is_left_is_steps_and_decoding(times: StepTimes) -> None:
    assert times.seconds(REQUEST) == pytest.approx(20 * 0.1 + 0.5)
    assert times.seconds(REQUEST, step=15) == pytest.approx(5 * 0.1 + 0.5)


def test_steps_skipped_for_an_original_take_no_time(times: StepTimes) -> None:
    over = replace(REQUEST, image=b"a file", strength=0.5)

    assert times.seconds(over) == pytest.approx(10 * 0.1 + 0.5)


def test_heun_goes_forward_twice_a_step(times: StepTimes) -> None:
    assert times.seconds(replace(REQUEST, sampler="heun")) == pytest.approx(40 * 0.1 + 0.5)


def test_another_size_is_scaled_from_the_nearest(times: StepTimes) -> None:
    times.observe_forward(replace(REQUEST, width=64, height=64), 9.0)

    larger = replace(REQUEST, width=1024)

    assert times.seconds(larger) == pytest.approx(2 * times.seconds(REQUEST))


def test_newer_times_move_the_average(times: StepTimes) -> None:
    before = times.seconds(REQUEST)

    for _ in range(50):
        times.observe_forward(REQUEST, 0.2)

    assert before < times.seconds(REQUEST) == pytest.approx(20 * 0.2 + 0.5, rel=0.01)


@pytest.mark.parametrize(
    ("running", "waiting", "seconds"),
    [
        ([], [], 0),
        ([], [3], 3),
        ([5], [3], 8),
        ([5, 1], [3], 4),
        ([5, 1], [3, 3], 7),
        ([5, 5], [1, 1, 1], 7),
    ],
)
def test_those_who_wait_take_the_places_that_come_free(
    running: list[float], waiting: list[float], seconds: float
) -> None:
    assert queue_s(running, waiting) == seconds


def test_clips_and_pictures_are_known_apart(times: StepTimes) -> None:
    times.observe_forward(CLIP, 3.0)

    assert times.seconds(CLIP) == pytest.approx((4 + 2) * 3.0)
    assert times.seconds(CLIP, step=2) == pytest.approx((2 + 1) * 3.0)
    assert times.seconds(replace(REQUEST, width=1024)) == pytest.approx(2 * times.seconds(REQUEST))
