from dataclasses import replace

import numpy as np
import pytest

from models.train.chance import dice
from models.train.scene import Style, Thing, sample
from models.train.settings import SHAPES

pytest.importorskip("skia", reason="pip install -e .[train] to render scenes")
render = pytest.importorskip("models.train.render")

SCENE = replace(sample(dice(3)), thing=Thing.CAT, style=Style.FLAT)


@pytest.mark.parametrize("size", SHAPES)
@pytest.mark.parametrize("style", Style)
def test_a_picture_has_the_size_asked_for(size: tuple[int, int], style: Style) -> None:
    picture = render.render(replace(SCENE, style=style), size, 128)

    assert picture.shape == (size[1] // 4, size[0] // 4, 3)
    assert picture.std() > 10


def test_a_scene_is_drawn_the_same_every_time() -> None:
    first, second = (render.render(SCENE, (512, 512), 128) for _ in range(2))

    assert (first == second).all()


@pytest.mark.parametrize("thing", [thing for thing in Thing if thing is not Thing.NONE])
def test_each_object_fills_the_middle(thing: Thing) -> None:
    scene = replace(SCENE, thing=thing)
    bare = render.without_thing(scene)

    whole, land = (render.render(s, (512, 512), 128).astype(int) for s in (scene, bare))
    rows, columns = np.nonzero(np.abs(whole - land).max(-1) > 20)

    assert len(rows) > 128 * 128 * 0.04
    assert 40 < columns.mean() < 88


def test_a_sketch_is_grey() -> None:
    picture = render.render(replace(SCENE, style=Style.SKETCH), (512, 512), 128).astype(int)

    assert np.abs(picture[..., 0] - picture[..., 2]).max() < 12
