"""The objects, each drawn about 1 high on the point (0, 0) in few bold shapes."""

import math
from collections.abc import Callable

from models.train.pen import Pen, mix
from models.train.scene import Colour, Scene, Thing, Time

PAINT = {
    Colour.RED: "#d8322f",
    Colour.ORANGE: "#f08a24",
    Colour.YELLOW: "#f8d030",
    Colour.GREEN: "#3fa64b",
    Colour.BLUE: "#2f6fd8",
    Colour.PURPLE: "#7d45b5",
    Colour.PINK: "#f283b4",
    Colour.WHITE: "#f6f4ee",
    Colour.BLACK: "#2a2a32",
}
_INK, _WOOD, _STEEL, _GLASS, _PAPER = "#20202a", "#6b4529", "#9aa0aa", "#bfe6f8", "#ffffff"


def draw(pen: Pen, scene: Scene) -> None:
    """Draw the scene's object around the origin."""
    _DRAW[scene.thing](pen, scene)


def _cat(pen: Pen, scene: Scene) -> None:
    coat = PAINT[scene.colour]
    dark, light = mix(coat, "#000000", 0.22), mix(coat, "#ffffff", 0.45)
    pen.line([(0.2, -0.06), (0.42, -0.1), (0.46, -0.32), (0.36, -0.42)], 0.1, dark)
    pen.oval(0, -0.28, 0.27, 0.3, coat)
    pen.oval(0, -0.22, 0.15, 0.2, light)
    for side in (-1, 1):
        pen.oval(side * 0.14, -0.03, 0.11, 0.06, dark)
        pen.shape([(side * 0.27, -0.72), (side * 0.27, -1.02), (side * 0.06, -0.9)], coat)
        pen.shape([(side * 0.22, -0.78), (side * 0.23, -0.94), (side * 0.12, -0.87)], "#f0a0a8")
    pen.oval(0, -0.68, 0.3, 0.25, coat)
    for side in (-1, 1):
        pen.oval(side * 0.13, -0.72, 0.075, 0.085, "#d8f070")
        pen.oval(side * 0.13, -0.72, 0.035, 0.075, _INK)
    pen.oval(0, -0.57, 0.11, 0.075, light)
    pen.shape([(-0.045, -0.62), (0.045, -0.62), (0, -0.56)], "#e86a80")


def _fish(pen: Pen, scene: Scene) -> None:
    scales = PAINT[scene.colour]
    dark, light = mix(scales, "#000000", 0.25), mix(scales, "#ffffff", 0.5)
    pen.shape([(-0.38, -0.5), (-0.78, -0.82), (-0.7, -0.5), (-0.78, -0.18)], dark)
    pen.shape([(-0.25, -0.75), (0.05, -1.0), (0.25, -0.75)], dark)
    pen.oval(0.05, -0.5, 0.52, 0.33, scales)
    pen.oval(0.08, -0.36, 0.38, 0.14, light)
    pen.shape([(-0.12, -0.48), (-0.3, -0.22), (0.08, -0.36)], dark)
    pen.circle(0.34, -0.58, 0.1, _PAPER)
    pen.circle(0.36, -0.58, 0.05, _INK)


def _boat(pen: Pen, scene: Scene) -> None:
    hull = PAINT[scene.colour]
    pen.box(-0.025, -1.0, 0.025, -0.2, _WOOD)
    pen.shape([(0.04, -0.98), (0.04, -0.3), (0.46, -0.3)], "#fffaf0")
    pen.shape([(-0.05, -0.88), (-0.05, -0.3), (-0.38, -0.3)], "#e6ddd0")
    pen.shape([(-0.56, -0.24), (0.56, -0.24), (0.38, 0.02), (-0.38, 0.02)], hull)
    pen.shape([(-0.56, -0.24), (0.56, -0.24), (0.52, -0.18), (-0.52, -0.18)], mix(hull, _INK, 0.3))


def _house(pen: Pen, scene: Scene) -> None:
    lit = scene.time is Time.NIGHT
    glass = "#ffe080" if lit else _GLASS
    pen.box(0.2, -0.98, 0.32, -0.6, "#7a4a40")
    pen.box(-0.42, -0.58, 0.42, 0, PAINT[scene.colour])
    pen.shape([(-0.54, -0.56), (0, -0.96), (0.54, -0.56)], "#5a3434")
    pen.box(-0.1, -0.36, 0.1, 0, _WOOD, r=0.02)
    for side in (-1, 1):
        middle = side * 0.26
        pen.box(middle - 0.1, -0.44, middle + 0.1, -0.22, _PAPER)
        pen.box(middle - 0.075, -0.415, middle + 0.075, -0.245, glass, glows=lit)


def _tree(pen: Pen, scene: Scene) -> None:
    leaves = PAINT[scene.colour]
    pen.shape([(-0.09, 0), (-0.05, -0.5), (0.05, -0.5), (0.09, 0)], _WOOD)
    for x, y, r in ((-0.23, -0.52, 0.2), (0.23, -0.52, 0.2), (0, -0.72, 0.27), (0, -0.5, 0.22)):
        pen.circle(x, y, r, leaves)
    pen.circle(-0.08, -0.78, 0.13, mix(leaves, "#ffffff", 0.2))


def _flower(pen: Pen, scene: Scene) -> None:
    petals = PAINT[scene.colour]
    pen.line([(0, 0), (0, -0.6)], 0.05, "#2f8a3c")
    pen.oval(-0.15, -0.18, 0.16, 0.06, "#2f8a3c", turn=28)
    pen.oval(0.15, -0.24, 0.16, 0.06, "#2f8a3c", turn=-28)
    for k in range(6):
        angle = k * 60
        x, y = math.sin(math.radians(angle)), math.cos(math.radians(angle))
        pen.oval(x * 0.2, -0.68 - y * 0.2, 0.115, 0.16, petals, turn=angle)
    pen.circle(0, -0.68, 0.115, "#7a4a20" if scene.colour is Colour.YELLOW else "#fbd040")


def _balloon(pen: Pen, scene: Scene) -> None:
    cloth = PAINT[scene.colour]
    pen.line([(-0.2, -0.36), (-0.07, -0.14)], 0.02, _INK)
    pen.line([(0.2, -0.36), (0.07, -0.14)], 0.02, _INK)
    pen.shape([(-0.3, -0.46), (0.3, -0.46), (0.1, -0.24), (-0.1, -0.24)], cloth)
    pen.circle(0, -0.64, 0.36, cloth)
    pen.oval(0, -0.62, 0.13, 0.37, mix(cloth, "#ffffff", 0.55))
    pen.box(-0.09, -0.16, 0.09, 0, _WOOD, r=0.02)


def _rocket(pen: Pen, scene: Scene) -> None:
    hull = PAINT[scene.colour]
    dark = mix(hull, "#000000", 0.35)
    pen.shape([(-0.11, -0.18), (0.11, -0.18), (0, 0.08)], "#ff9020", glows=True)
    pen.shape([(-0.06, -0.18), (0.06, -0.18), (0, 0)], "#ffe860", glows=True)
    for side in (-1, 1):
        pen.shape([(side * 0.15, -0.46), (side * 0.34, -0.14), (side * 0.14, -0.2)], dark)
    pen.oval(0, -0.56, 0.18, 0.44, hull)
    pen.shape([(-0.15, -0.8), (0, -1.04), (0.15, -0.8)], dark)
    pen.circle(0, -0.6, 0.1, _PAPER)
    pen.circle(0, -0.6, 0.07, "#58b8e8")


def _car(pen: Pen, scene: Scene) -> None:
    body = PAINT[scene.colour]
    pen.shape([(-0.42, -0.4), (-0.28, -0.72), (0.24, -0.72), (0.42, -0.4)], body)
    pen.shape([(-0.32, -0.42), (-0.22, -0.65), (-0.03, -0.65), (-0.03, -0.42)], _GLASS)
    pen.shape([(0.03, -0.42), (0.03, -0.65), (0.19, -0.65), (0.31, -0.42)], _GLASS)
    pen.box(-0.7, -0.44, 0.7, -0.13, body, r=0.1)
    pen.circle(0.63, -0.32, 0.055, "#fff4a8", glows=True)
    for side in (-1, 1):
        pen.circle(side * 0.4, -0.14, 0.155, _INK)
        pen.circle(side * 0.4, -0.14, 0.07, _STEEL)


def _moon(pen: Pen, scene: Scene) -> None:
    pen.halo(0, -0.5, 0.72, "#9fb4ff", 0.3)
    if scene.phase < 0.4:  # noqa: PLR2004 - two moons in five are crescents
        pen.crescent(0, -0.5, 0.5, "#fdf6d8")
        return
    pen.circle(0, -0.5, 0.5, "#f6f1da", glows=True)
    for x, y, r in ((-0.16, -0.62, 0.11), (0.16, -0.38, 0.13), (0.08, -0.74, 0.07)):
        pen.circle(x, y, r, "#d8d2b8", glows=True)


def _none(_pen: Pen, _scene: Scene) -> None:
    """Leave the land empty."""


_DRAW: dict[Thing, Callable[[Pen, Scene], None]] = {
    Thing.NONE: _none,
    Thing.CAT: _cat,
    Thing.FISH: _fish,
    Thing.BOAT: _boat,
    Thing.HOUSE: _house,
    Thing.TREE: _tree,
    Thing.FLOWER: _flower,
    Thing.BALLOON: _balloon,
    Thing.ROCKET: _rocket,
    Thing.CAR: _car,
    Thing.MOON: _moon,
}
