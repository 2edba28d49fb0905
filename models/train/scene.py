"""What a scene is made of, and how scenes are drawn by lot.

Whatever a caption does not say varies little: chance that no word explains costs the denoiser
training without making pictures better.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from models.train.chance import happens


class Thing(StrEnum):
    """The object in the middle."""

    NONE = "none"
    CAT = "cat"
    FISH = "fish"
    BOAT = "boat"
    HOUSE = "house"
    TREE = "tree"
    FLOWER = "flower"
    BALLOON = "balloon"
    ROCKET = "rocket"
    CAR = "car"
    MOON = "moon"


class Time(StrEnum):
    """The time of day."""

    DAY = "day"
    SUNSET = "sunset"
    NIGHT = "night"


class Biome(StrEnum):
    """The land."""

    SEA = "sea"
    MEADOW = "meadow"
    DESERT = "desert"
    SNOW = "snow"
    MOUNTAINS = "mountains"
    CITY = "city"


class Style(StrEnum):
    """The way of drawing."""

    FLAT = "flat"
    WATERCOLOR = "watercolor"
    SKETCH = "sketch"


class Colour(StrEnum):
    """The colour of the object."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    WHITE = "white"
    BLACK = "black"


FLYING = frozenset({Thing.BALLOON, Thing.ROCKET, Thing.MOON})
SWIMMING = frozenset({Thing.BOAT, Thing.FISH})
COLOURLESS = frozenset({Thing.NONE, Thing.MOON})
_NATURAL = {
    Thing.NONE: (Colour.WHITE,),
    Thing.CAT: (Colour.ORANGE, Colour.BLACK, Colour.WHITE),
    Thing.FISH: (Colour.ORANGE, Colour.BLUE, Colour.YELLOW),
    Thing.BOAT: (Colour.RED, Colour.BLUE),
    Thing.HOUSE: (Colour.YELLOW, Colour.RED, Colour.WHITE),
    Thing.TREE: (Colour.GREEN,),
    Thing.FLOWER: (Colour.RED, Colour.PINK, Colour.YELLOW),
    Thing.BALLOON: (Colour.RED, Colour.BLUE, Colour.YELLOW),
    Thing.ROCKET: (Colour.RED, Colour.WHITE),
    Thing.CAR: (Colour.RED, Colour.BLUE),
    Thing.MOON: (Colour.WHITE,),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture; lengths in units of 512 pixels, shifts from where things usually stand."""

    thing: Thing
    time: Time
    biome: Biome
    style: Style
    colour: Colour
    says_colour: bool
    says_biome: bool
    size: float  # of the object, its usual size being 1
    shift: tuple[float, float]  # of the object
    horizon: float  # part of the height above it
    body: int  # sun or small moon: -1 on the left, 1 on the right, 0 none
    clouds: tuple[float, ...]  # where in the width
    phase: float  # 0..1, of hills, waves and skylines
    rise: float = 0.0  # of sun, small moon and large one, since the first picture of a clip
    waves: float = 0.0  # how far they went, 1 being from one to the next
    lean: float = 0.0  # of the object, in degrees to the right


def sample(chance: Random) -> Scene:
    """Draw a scene by lot."""
    thing = chance.choice([*Thing, Thing.NONE])
    time = chance.choice([*Time, Time.DAY]) if thing is not Thing.MOON else Time.NIGHT
    says_biome = thing is Thing.NONE or happens(chance, 0.75)
    says_colour = thing not in COLOURLESS and happens(chance, 0.7)
    palette = tuple(Colour) if says_colour and happens(chance, 0.6) else _NATURAL[thing]
    return Scene(
        thing=thing,
        time=time,
        biome=_biome(thing, chance, says_biome=says_biome),
        style=chance.choices(list(Style), (65, 22, 13))[0],
        colour=chance.choice(palette),
        says_colour=says_colour,
        says_biome=says_biome,
        size=chance.uniform(0.94, 1.06),
        shift=(chance.uniform(-0.05, 0.05), chance.uniform(-0.02, 0.02)),
        horizon=chance.uniform(0.57, 0.6),
        body=_body(time, thing, chance),
        clouds=_clouds(time, chance),
        phase=chance.random(),
    )


def _biome(thing: Thing, chance: Random, *, says_biome: bool) -> Biome:
    if thing in SWIMMING:
        return Biome.SEA
    if thing in FLYING or thing is Thing.NONE:
        return chance.choice(list(Biome))
    return chance.choice([b for b in Biome if b is not Biome.SEA]) if says_biome else Biome.MEADOW


def _body(time: Time, thing: Thing, chance: Random) -> int:
    if time is Time.SUNSET:
        return chance.choice((-1, 1))
    return 0 if thing is Thing.MOON else chance.choice((-1, 0, 1))


def _clouds(time: Time, chance: Random) -> tuple[float, ...]:
    if time is Time.NIGHT:
        return ()
    return tuple(chance.uniform(0.1, 0.9) for _ in range(chance.choice((0, 1, 2))))
