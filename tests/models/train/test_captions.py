from dataclasses import replace

import pytest

from models.train.captions import caption
from models.train.chance import dice
from models.train.scene import Biome, Colour, Scene, Style, Thing, Time, sample

SCENE = replace(
    sample(dice(1)),
    thing=Thing.BALLOON,
    time=Time.NIGHT,
    biome=Biome.SEA,
    style=Style.FLAT,
    colour=Colour.RED,
    says_colour=True,
    says_biome=True,
)


def captions(scene: Scene, count: int = 400) -> set[str]:
    return {caption(scene, dice(number)) for number in range(count)}


def test_the_same_chance_says_the_same() -> None:
    assert caption(SCENE, dice(4)) == caption(SCENE, dice(4))


@pytest.mark.parametrize(
    "text",
    [
        "a red balloon over the sea at night",
        "रात में समुद्र के ऊपर एक लाल गुब्बारा",
        "raat mein samudra ke upar ek lal gubbara",
    ],
)
def test_a_scene_is_said_in_english_hindi_and_hindi_in_latin_letters(text: str) -> None:
    assert text in captions(SCENE, 20_000)


def test_what_the_scene_says_is_in_every_caption() -> None:
    for text in captions(SCENE):
        assert any(word in text for word in ("red", "लाल", "lal", "laal"))
        assert any(word in text for word in ("balloon", "गुब्बारा", "gubbara"))


def test_what_the_scene_does_not_say_is_in_none() -> None:
    silent = replace(SCENE, thing=Thing.CAR, says_colour=False, says_biome=False)

    for text in captions(silent):
        assert not {"red", "लाल", "lal", "sea", "ocean"} & set(text.split())


def test_land_without_an_object_is_named() -> None:
    land = replace(SCENE, thing=Thing.NONE, biome=Biome.MOUNTAINS, time=Time.SUNSET)

    assert "a beautiful sunset over mountains" in captions(land, 20_000)


def test_a_style_is_always_said_but_for_the_usual_one() -> None:
    for text in captions(replace(SCENE, style=Style.WATERCOLOR)):
        assert "water" in text or "painting" in text
