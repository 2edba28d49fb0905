"""What moves in a scene, and how: the same scene some seconds later.

Everything moves in one way only, to the right or upwards, so that the first picture says what will
happen.
"""

import math
from dataclasses import replace

from models.train.scene import Scene, Thing, Time

_Speed = tuple[float, float]  # to the right and downwards, in units a second
_DRIFT = 0.05  # of clouds, units a second
_WAVES = 0.3  # of the sea, waves a second
_RISE = 0.035  # of sun and moon, units a second; at sunset the sun sinks
_SPEED: dict[Thing, _Speed] = {
    Thing.BOAT: (0.07, 0.0),
    Thing.FISH: (0.06, 0.0),
    Thing.CAR: (0.09, 0.0),
    Thing.BALLOON: (0.02, -0.05),
    Thing.ROCKET: (0.0, -0.09),
}
_LEAN = {Thing.BOAT: 5.0, Thing.CAT: 5.0, Thing.TREE: 4.0, Thing.FLOWER: 7.0, Thing.FISH: 5.0}
_SWAYS = 0.5  # a second


def later(scene: Scene, seconds: float, strength: float = 1.0) -> Scene:
    """Return the scene after some time; ``strength`` says how much moves, 1 being usual."""
    gone = seconds * strength
    right, down = _SPEED.get(scene.thing, (0.0, 0.0))
    sway = math.sin(2 * math.pi * _SWAYS * seconds)
    sinks = scene.time is Time.SUNSET
    return replace(
        scene,
        shift=(scene.shift[0] + right * gone, scene.shift[1] + down * gone),
        clouds=tuple(x + _DRIFT * gone for x in scene.clouds),
        rise=(-_RISE if sinks else _RISE) * gone,
        waves=_WAVES * gone,
        lean=_LEAN.get(scene.thing, 0.0) * sway * strength,
    )
