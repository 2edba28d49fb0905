"""Sky and land behind the object.  Everything that repeats does so in a fixed pattern."""

import math
from collections.abc import Callable, Sequence

from models.train.pen import Pen, Point, Rgb, mix
from models.train.scene import Biome, Scene, Thing, Time

_SKY = {
    Time.DAY: ("#3f8fe0", "#8cc8f4", "#dff2fc"),
    Time.SUNSET: ("#4a2a78", "#c8487c", "#f8804c", "#ffd884"),
    Time.NIGHT: ("#070b26", "#141f52", "#2e3f80"),
}
_WATER = {
    Time.DAY: ("#62b4e4", "#1c68b0"),
    Time.SUNSET: ("#f09060", "#5a2c68"),
    Time.NIGHT: ("#22366e", "#0a1234"),
}
_GLINT = {Time.DAY: "#d8f0fc", Time.SUNSET: "#ffd890", Time.NIGHT: "#6f86cc"}
_CLOUD = {Time.DAY: "#ffffff", Time.SUNSET: "#f8a890", Time.NIGHT: "#3b4a86"}
_STARS = ((0.12, 0.3), (0.27, 0.1), (0.4, 0.36), (0.6, 0.08), (0.73, 0.3), (0.88, 0.14))
_SKYLINES = (
    (0.30, 0.44, 0.22, 0.36, 0.18, 0.42, 0.28, 0.38),
    (0.40, 0.24, 0.34, 0.20, 0.44, 0.26, 0.40, 0.20),
)


def draw(pen: Pen, scene: Scene) -> None:
    """Draw all but the object."""
    horizon = scene.horizon * pen.height
    _sky(pen, scene, horizon)
    _DRAW[scene.biome](pen, scene, horizon)


def _sky(pen: Pen, scene: Scene, horizon: float) -> None:
    pen.fade(0, horizon + 0.06, _SKY[scene.time])
    if scene.time is Time.NIGHT:
        for x, y in _STARS:
            pen.circle(x * pen.width, y * horizon * 1.4, 0.007, "#fffbe8", glows=True)
    if scene.body:
        _body(pen, scene, horizon)
    for place, x in enumerate(scene.clouds):
        _cloud(pen, x * pen.width, horizon * (0.2 + 0.22 * place), _CLOUD[scene.time])


def _body(pen: Pen, scene: Scene, horizon: float) -> None:
    x = pen.width / 2 + scene.body * (pen.width / 2 - 0.2)
    if scene.time is Time.DAY:
        pen.halo(x, 0.16 - scene.rise, 0.13, "#fff6cc", 0.5)
        pen.circle(x, 0.16 - scene.rise, 0.07, "#ffe98a", glows=True)
    elif scene.time is Time.SUNSET:
        behind = scene.biome in {Biome.MOUNTAINS, Biome.CITY}
        y = horizon - (0.22 if behind else 0.08) - scene.rise
        pen.halo(x, y, 0.2, "#ffb050", 0.55)
        pen.circle(x, y, 0.09, "#ffe070", glows=True)
    elif scene.thing is not Thing.MOON:
        pen.crescent(x, 0.16 - scene.rise, 0.065, "#fdf6d8")


def _cloud(pen: Pen, x: float, y: float, colour: str) -> None:
    for dx, dy, r in ((-0.08, 0.0, 0.04), (-0.02, -0.025, 0.055), (0.06, -0.005, 0.045)):
        pen.circle(x + dx, y + dy, r, colour, glows=True)
    pen.box(x - 0.12, y, x + 0.11, y + 0.04, colour, r=0.02, glows=True)


def _sea(pen: Pen, scene: Scene, horizon: float) -> None:
    pen.fade(horizon, pen.height, _WATER[scene.time])
    glint = mix(_GLINT[scene.time], _WATER[scene.time][0], 0.35)
    for row in range(5):
        y = horizon + 0.05 + row * 0.085 * (pen.height - horizon) / 0.42
        start = (scene.phase + scene.waves + row * 0.5) % 1 * 0.3 - 0.2
        for k in range(math.ceil((pen.width + 0.2) / 0.3)):
            x, w = start + k * 0.3, 0.04 + 0.012 * row
            pen.box(x - w, y, x + w, y + 0.008 + 0.003 * row, glint, r=0.008, glows=True)


def _hills(pen: Pen, scene: Scene, horizon: float, colours: Sequence[str]) -> None:
    for k, colour in enumerate(colours):
        turn = 2 * math.pi * (scene.phase + 0.45 * k)
        top = horizon + 0.15 * k
        line: list[Point] = [
            (x / 20 * pen.width, top + 0.03 * math.sin(turn + 5 * x / 20 * pen.width))
            for x in range(21)
        ]
        pen.shape([(0, pen.height), *line, (pen.width, pen.height)], colour)


def _meadow(pen: Pen, scene: Scene, horizon: float) -> None:
    _hills(pen, scene, horizon, ("#9acb5c", "#6cb04c", "#57a046"))


def _desert(pen: Pen, scene: Scene, horizon: float) -> None:
    _hills(pen, scene, horizon, ("#f2cf8c", "#e4b268", "#d69c50"))
    x, y = pen.width / 2 + (0.36 if scene.phase > 0.5 else -0.36), horizon + 0.17  # noqa: PLR2004 - either side
    for left, top, right, bottom in (
        (-0.025, -0.26, 0.025, 0),
        (-0.085, -0.19, -0.05, -0.1),
        (-0.085, -0.125, 0, -0.09),
        (0.05, -0.22, 0.085, -0.12),
        (0, -0.145, 0.085, -0.11),
    ):
        pen.box(x + left, y + top, x + right, y + bottom, "#3d8a4a", r=0.015)


def _snow(pen: Pen, scene: Scene, horizon: float) -> None:
    _hills(pen, scene, horizon, ("#f4f9fd", "#e2ecf6", "#d2e0ee"))
    for side in (-1, 1):
        x, y = pen.width / 2 + side * 0.38, horizon + 0.13
        pen.box(x - 0.015, y - 0.05, x + 0.015, y, "#5a3d28")
        for k in range(3):
            top, half = y - 0.15 - 0.06 * k, 0.085 - 0.02 * k
            pen.shape([(x - half, top + 0.11), (x, top), (x + half, top + 0.11)], "#2f6a56")


def _mountains(pen: Pen, scene: Scene, horizon: float) -> None:
    far = pen.lit("#7488b8")
    base = horizon + 0.12
    start = -0.1 + 0.2 * (scene.phase - 0.5)
    for k in range(math.ceil((pen.width + 0.3) / 0.36)):
        x, tall = start + k * 0.36, 0.4 if k % 2 else 0.31
        _peak(pen, x, base, tall, mix(far, pen.lit("#3c5078"), 0.25 if k % 2 else 0.65))
    _hills(pen, scene, horizon + 0.08, ("#4f8050", "#3d6b44"))


def _peak(pen: Pen, x: float, base: float, tall: float, rock: Rgb) -> None:
    half = tall * 0.85
    pen.shape([(x - half, base), (x, base - tall), (x + half, base)], rock, glows=True)
    edge, low = half * 0.36, base - tall * 0.64
    cap: list[Point] = [
        (x - edge, low),
        (x, base - tall),
        (x + edge, low),
        (x + edge * 0.4, low - tall * 0.07),
        (x, low + tall * 0.05),
        (x - edge * 0.4, low - tall * 0.07),
    ]
    pen.shape(cap, mix(pen.lit("#ffffff"), rock, 0.08), glows=True)


def _city(pen: Pen, scene: Scene, horizon: float) -> None:
    heights = _SKYLINES[scene.phase > 0.5]  # noqa: PLR2004 - either of two
    lit = scene.time is not Time.DAY
    base = horizon + 0.14
    for k in range(math.ceil(pen.width / 0.125)):
        left, tall = k * 0.125, heights[k % len(heights)]
        wall = "#5d6b8a" if k % 2 else "#7f86a0"
        pen.box(left, base - tall, left + 0.12, base, wall)
        window = "#ffdd7a" if lit else mix(wall, "#e8f4ff", 0.6)
        for row in range(int((tall - 0.02) / 0.06)):
            for column in range(2):
                x, y = left + 0.022 + column * 0.047, base - tall + 0.025 + row * 0.06
                pen.box(x, y, x + 0.03, y + 0.032, window, glows=lit)
    pen.box(0, base, pen.width, pen.height, "#555a64")
    for k in range(math.ceil(pen.width / 0.25)):
        pen.box(k * 0.25 + 0.06, base + 0.2, k * 0.25 + 0.19, base + 0.22, "#e8d98a")


_DRAW: dict[Biome, Callable[[Pen, Scene, float], None]] = {
    Biome.SEA: _sea,
    Biome.MEADOW: _meadow,
    Biome.DESERT: _desert,
    Biome.SNOW: _snow,
    Biome.MOUNTAINS: _mountains,
    Biome.CITY: _city,
}
