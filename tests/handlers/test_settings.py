from typing import Any

import pytest
from pydantic import ValidationError

from engine.job import SAMPLERS
from handlers.settings import ImageSettings


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
