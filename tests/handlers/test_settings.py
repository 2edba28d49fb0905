from typing import Any

import pytest
from pydantic import ValidationError

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
        ({"frames": 99}, "frames"),
    ],
)
def test_clips_that_nobody_could_draw_or_pay_are_refused(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        VideoSettings.model_validate(given)


@pytest.mark.parametrize(
    ("seconds", "frames", "fps"), [(1, 7, 7), (2, 14, 7), (3, 21, 7), (4, 25, 6), (5, 25, 5)]
)
def test_a_longer_clip_has_more_frames_and_then_shows_each_of_them_longer(
    seconds: int, frames: int, fps: int
) -> None:
    assert VideoSettings(frames=25, fps=7).pace(seconds) == (frames, fps)


@pytest.mark.parametrize("trained_for", [14, 25])
@pytest.mark.parametrize("seconds", [1, 2, 3, 4, 5])
def test_a_clip_plays_for_about_as_long_as_was_asked(trained_for: int, seconds: int) -> None:
    frames, fps = VideoSettings(frames=trained_for, fps=7).pace(seconds)

    assert 0.8 <= frames / fps / seconds <= 1.2
