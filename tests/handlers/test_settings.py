from dataclasses import asdict
from typing import Any

import pytest
from pydantic import ValidationError

from engine.clip import VideoRequest
from engine.job import SAMPLERS
from handlers.settings import ImageSettings, VideoSettings


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"shapes": {"huge": [1024, 1024]}}, "huge has more pixels"),
        ({"shapes": {"flat": [0, 512]}}, "flat has more pixels"),
        ({"shapes": {"inside_out": [-512, -512]}}, "inside_out has more pixels"),
        ({"shapes": {"odd": [500, 500]}}, "odd must have sides"),
        ({"shapes": {}}, "at least one shape"),
        ({"styles": {"neon": "neon"}}, "neon has no {prompt}"),
        ({"sampler": "magic"}, "must be one of"),
    ],
)
def test_pictures_that_nobody_could_draw_are_refused(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        ImageSettings.model_validate(given)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_can_be_chosen(sampler: str) -> None:
    assert ImageSettings(sampler=sampler).sampler == sampler


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"shapes": {"odd": [500, 480]}}, "odd must have sides"),
        ({"credits": {}}, "credits"),
        ({"credits": {5: 0}}, "credits"),
        ({"seconds": 6}, "6 s has no price"),
        ({"credits": {5: 1, 60: 9}}, "longer than 20 s"),
        ({"frames": 99}, "frames"),
    ],
)
def test_clips_that_nobody_could_draw_or_pay_are_refused(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        VideoSettings.model_validate(given)


@pytest.mark.parametrize("trained_for", [14, 25])
@pytest.mark.parametrize("seconds", [1, 2, 3, 4, 5, 10, 15])
def test_a_clip_plays_for_about_as_long_as_was_asked(trained_for: int, seconds: int) -> None:
    pace = VideoSettings(frames=trained_for, fps=7).pace(seconds)

    clip = VideoRequest(image=b"png", width=64, height=64, seed=1, **asdict(pace))
    clip.check()
    assert 0.9 <= clip.frames_shown / clip.fps / seconds <= 1.1
