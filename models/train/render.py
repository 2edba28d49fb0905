"""A scene's pixels: land, object, then the style over all of it."""

from dataclasses import replace

import numpy as np
import skia
from numpy.typing import NDArray

from models.train import lands, things
from models.train.corpus import Pixels
from models.train.pen import Pen
from models.train.scene import FLYING, Scene, Style, Thing
from models.train.settings import UNIT

Floats = NDArray[np.float32]

_SIZE = {
    Thing.CAT: 0.54,
    Thing.FISH: 0.42,
    Thing.BOAT: 0.6,
    Thing.HOUSE: 0.56,
    Thing.TREE: 0.6,
    Thing.FLOWER: 0.6,
    Thing.BALLOON: 0.58,
    Thing.ROCKET: 0.56,
    Thing.CAR: 0.5,
    Thing.MOON: 0.38,
}
_PAPER = np.array((250, 247, 240), np.float32)


def render(scene: Scene, size: tuple[int, int], pixels: int = UNIT) -> Pixels:
    """Draw a scene for a picture of ``size``, with ``pixels`` to the unit of 512."""
    width, height = (side / UNIT for side in size)
    pen = Pen(width, height, pixels, scene.time)
    lands.draw(pen, scene)
    if scene.thing is not Thing.NONE:
        _draw_thing(pen, scene, 1.15 if min(width, height) > 1 else 1.0)
    return _style(pen.image(), scene.style)


def without_thing(scene: Scene) -> Scene:
    """Return the same scene with nothing in the middle."""
    return replace(scene, thing=Thing.NONE)


def _draw_thing(pen: Pen, scene: Scene, scale: float) -> None:
    size = _SIZE[scene.thing] * scene.size * scale
    x = pen.width / 2 + scene.shift[0]
    horizon = scene.horizon * pen.height
    y = (horizon + 0.06 if scene.thing in FLYING else horizon + 0.29) + scene.shift[1]
    if scene.thing is Thing.MOON:
        y = horizon - 0.06 - scene.rise
    with pen.at(x, y, size, 0.45, scene.lean):
        things.draw(pen, scene)


def _style(image: skia.Image, style: Style) -> Pixels:
    drawn = image.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3]
    if style is Style.FLAT:
        return np.ascontiguousarray(drawn)
    change = _watercolor if style is Style.WATERCOLOR else _sketch
    return np.clip(change(drawn.astype(np.float32)), 0, 255).astype(np.uint8)


def _watercolor(drawn: Floats) -> Floats:
    """Thin, uneven pigment on paper, with a rough white border; the paper is always the same."""
    height, width = drawn.shape[:2]
    unit = min(height, width)
    paper = _noise(width, height, 5 / unit, 3)
    across, down = (paper[..., k] * 0.03 * unit for k in (0, 1))
    rows, columns = np.mgrid[0:height, 0:width]
    moved = drawn[
        np.clip(rows + down, 0, height - 1).astype(int),
        np.clip(columns + across, 0, width - 1).astype(int),
    ]
    washed = 255 - (255 - moved) * (0.78 + 0.4 * paper[..., 2:])
    rim = np.minimum(_rim(width)[None], _rim(height)[:, None]) / unit + paper[..., 0] * 0.05
    inside = np.clip((rim - 0.025) / 0.025, 0, 1)[..., None]
    painted: Floats = (washed * 0.92 + 20) * inside + _PAPER * (1 - inside)
    return painted


def _sketch(drawn: Floats) -> Floats:
    """Grey lead: pale surfaces with dark outlines."""
    reach = max(1, round(min(drawn.shape[:2]) / 128))
    wide = np.pad(drawn, ((reach, 0), (reach, 0), (0, 0)), mode="edge")
    left, above = wide[reach:, :-reach], wide[:-reach, reach:]
    edge = sum(np.abs(drawn - other).max(-1, keepdims=True) for other in (left, above))
    grey = 250 - (255 - drawn.mean(-1, keepdims=True)) * 0.5 - np.minimum(edge, 110) * 1.1
    lead: Floats = grey * np.array((1, 0.99, 0.965), np.float32)
    return lead


def _rim(length: int) -> Floats:
    places = np.arange(length, dtype=np.float32)
    return np.minimum(places, length - 1 - places)


def _noise(width: int, height: int, frequency: float, seed: int) -> Floats:
    surface = skia.Surface(width, height)
    shader = skia.PerlinNoiseShader.MakeFractalNoise(frequency, frequency, 2, seed)
    surface.getCanvas().drawPaint(skia.Paint(Shader=shader))
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)
    noise: Floats = pixels[..., :3].astype(np.float32) / 255 - 0.5
    return noise
