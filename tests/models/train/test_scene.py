import pytest

from models.train.chance import dice
from models.train.scene import FLYING, SWIMMING, Biome, Scene, Style, Thing, Time, sample

SCENES = [sample(dice(number)) for number in range(2000)]


def test_the_same_number_is_the_same_scene() -> None:
    assert sample(dice(7)) == SCENES[7]


@pytest.mark.parametrize("kind", [Thing, Time, Biome, Style])
def test_everything_occurs(
    kind: type[Thing] | type[Time] | type[Biome] | type[Style],
) -> None:
    seen = {
        fact for scene in SCENES for fact in (scene.thing, scene.time, scene.biome, scene.style)
    }

    assert set(kind) <= seen


def test_only_what_flies_or_swims_is_at_sea() -> None:
    def is_on_water(scene: Scene) -> bool:
        return scene.biome is Biome.SEA

    assert all(
        scene.thing in FLYING | SWIMMING | {Thing.NONE} for scene in SCENES if is_on_water(scene)
    )
    assert all(is_on_water(scene) for scene in SCENES if scene.thing in SWIMMING)


def test_the_moon_shines_at_night() -> None:
    assert {scene.time for scene in SCENES if scene.thing is Thing.MOON} == {Time.NIGHT}
