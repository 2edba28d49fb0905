import math
from dataclasses import replace

import pytest

from engine.clip import BETWEEN_MAX, SECONDS_MAX, Pace, VideoRequest, pace
from engine.errors import BadRequestError

REQUEST = VideoRequest(image=b"\xff\xd8\xfb", width=64, height=32, seed=1)


def test_json_and_back_changes_nothing() -> None:
    REQUEST.check()

    assert VideoRequest.from_json(REQUEST.to_json()) == REQUEST


@pytest.mark.parametrize("text", ["", "[]", '{"width": 8}', "nonsense"])
def test_what_is_no_request_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        VideoRequest.from_json(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image", b""),
        ("image", bytes(20 * 1024 * 1024 + 1)),
        ("width", 0),
        ("width", 63),
        ("height", 2056),
        ("frames", 0),
        ("frames", 26),
        ("fps", 0),
        ("steps", 151),
        ("guidance", math.nan),
        ("guidance_min", 3.5),
        ("motion", 256),
        ("noise", -0.1),
        ("seed", 2**63),
        ("segments", 0),
        ("segments", 5),
        ("between", 5),
        ("bytes_max", 0),
    ],
)
def test_an_impossible_request_is_refused_by_field(field: str, value: object) -> None:
    with pytest.raises(BadRequestError) as refusal:
        replace(REQUEST, **{field: value}).check()  # type: ignore[arg-type]

    assert refusal.value.field == field


def test_a_clip_takes_its_steps_and_a_turn_for_every_few_frames() -> None:
    assert replace(REQUEST, steps=25, frames=1).forwards == 26
    assert replace(REQUEST, steps=25, frames=15).forwards == 28


def test_segments_have_a_frame_in_common_and_all_take_turns() -> None:
    one = replace(REQUEST, steps=25, frames=14)
    three = replace(one, segments=3, between=1, fps=8)

    assert three.forwards == 3 * one.forwards
    assert three.frames_shown == 2 * (14 + 13 + 13) - 1
    assert (one.fps_drawn, three.fps_drawn) == (7, 4)


def test_small_pictures_get_no_frames_in_between() -> None:
    with pytest.raises(BadRequestError) as refusal:
        replace(REQUEST, width=24, between=1).check()

    assert refusal.value.field == "between"


@pytest.mark.parametrize(
    ("seconds", "known"),
    [
        (1, Pace(7, 7, 1, 0)),
        (3, Pace(21, 7, 1, 0)),
        (5, Pace(25, 10, 1, 1)),
        (6, Pace(21, 7, 2, 0)),
        (10, Pace(25, 10, 2, 1)),
        (15, Pace(25, 10, 3, 1)),
    ],
)
def test_a_longer_clip_gets_frames_in_between_and_then_segments(seconds: int, known: Pace) -> None:
    assert pace(seconds, 25, 7) == known


@pytest.mark.parametrize("frames", [2, 14, 25])
@pytest.mark.parametrize("seconds", [*range(1, SECONDS_MAX + 1)])
def test_every_length_can_be_drawn(seconds: int, frames: int) -> None:
    of = pace(seconds, frames, 7)

    assert of.frames <= frames
    assert of.between <= BETWEEN_MAX
    clip = replace(REQUEST, frames=of.frames, fps=of.fps, segments=of.segments, between=of.between)
    clip.check()


@pytest.mark.parametrize("seconds", [0, SECONDS_MAX + 1])
def test_no_clip_is_longer_than_the_longest(seconds: int) -> None:
    with pytest.raises(BadRequestError):
        pace(seconds, 25, 7)
