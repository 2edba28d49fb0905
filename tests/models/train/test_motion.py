from dataclasses import replace

import pytest

from models.train.chance import dice
from models.train.motion import later
from models.train.scene import Scene, Thing, Time, sample

SCENE = sample(dice(3))


def of(thing: Thing, time: Time = Time.DAY) -> Scene:
    return replace(SCENE, thing=thing, time=time, clouds=(0.2, 0.6), shift=(0.0, 0.0))


@pytest.mark.parametrize("thing", Thing)
def test_a_clip_begins_with_the_scene_itself(thing: Thing) -> None:
    assert later(of(thing), 0.0) == of(thing)


@pytest.mark.parametrize("thing", [Thing.BOAT, Thing.FISH, Thing.CAR])
def test_what_swims_or_drives_goes_to_the_right(thing: Thing) -> None:
    right, down = later(of(thing), 1.0).shift

    assert right > 0
    assert down == 0


@pytest.mark.parametrize("thing", [Thing.BALLOON, Thing.ROCKET])
def test_what_flies_rises(thing: Thing) -> None:
    assert later(of(thing), 1.0).shift[1] < 0


def test_a_house_stands_still_under_drifting_clouds() -> None:
    moved = later(of(Thing.HOUSE), 1.0)

    assert moved.shift == (0.0, 0.0)
    assert moved.lean == 0
    assert all(after > before for after, before in zip(moved.clouds, (0.2, 0.6), strict=True))


def test_the_sun_rises_by_day_and_sinks_at_sunset() -> None:
    assert later(of(Thing.NONE), 1.0).rise > 0
    assert later(of(Thing.NONE, Time.SUNSET), 1.0).rise < 0


def test_more_strength_moves_things_further() -> None:
    weak, strong = (later(of(Thing.BOAT), 1.0, strength) for strength in (0.5, 2.0))

    assert strong.shift[0] == pytest.approx(4 * weak.shift[0])
    assert strong.waves == pytest.approx(4 * weak.waves)
