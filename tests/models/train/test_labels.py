from dataclasses import replace

from models.train.chance import dice
from models.train.labels import FACTS, HEADS, has_colour, said, shown
from models.train.scene import Colour, Style, Thing, sample
from models.train.scores import asked

SCENE = replace(
    sample(dice(1)), thing=Thing.CAT, colour=Colour.BLACK, style=Style.FLAT, says_colour=True
)


def test_every_fact_has_its_number() -> None:
    assert len(shown(SCENE)) == len(FACTS)
    assert shown(SCENE)[0] == list(Thing).index(Thing.CAT)
    assert shown(SCENE)[-1] == list(Colour).index(Colour.BLACK)


def test_what_is_not_said_is_numbered_after_the_last() -> None:
    silent = replace(SCENE, says_colour=False, says_biome=False)

    assert said(silent)[2] == HEADS[2]
    assert said(silent)[4] == HEADS[4]
    assert shown(silent) == shown(SCENE)


def test_grey_pictures_and_moons_have_no_colour() -> None:
    assert has_colour(SCENE)
    assert not has_colour(replace(SCENE, style=Style.SKETCH))
    assert not has_colour(replace(SCENE, thing=Thing.MOON))


def test_a_picture_is_asked_for_what_its_caption_says_alone() -> None:
    assert asked(SCENE)[0] == shown(SCENE)[0]
    assert asked(replace(SCENE, says_colour=False))[-1] == -1
    assert asked(replace(SCENE, thing=Thing.NONE))[0] == -1
    assert asked(replace(SCENE, style=Style.SKETCH))[-1] == -1
