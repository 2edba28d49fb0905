import math
from dataclasses import replace

import pytest

from engine.clip import VideoRequest
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
    ],
)
def test_an_impossible_request_is_refused_by_field(field: str, value: object) -> None:
    with pytest.raises(BadRequestError) as refusal:
        replace(REQUEST, **{field: value}).check()  # type: ignore[arg-type]

    assert refusal.value.field == field


def test_a_clip_takes_its_steps_and_a_turn_for_every_few_frames() -> None:
    assert replace(REQUEST, steps=25, frames=1).forwards == 26
    assert replace(REQUEST, steps=25, frames=15).forwards == 28
