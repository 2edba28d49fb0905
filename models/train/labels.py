"""The facts of a scene as numbers, for those that learn to name them."""

from models.train.scene import COLOURLESS, Biome, Colour, Scene, Style, Thing, Time

FACTS = ("object", "time", "biome", "style", "colour")
KINDS = (tuple(Thing), tuple(Time), tuple(Biome), tuple(Style), tuple(Colour))
HEADS = tuple(len(kind) for kind in KINDS)


def shown(scene: Scene) -> tuple[int, ...]:
    """Return what a picture shows, in the order of `FACTS`."""
    facts = (scene.thing, scene.time, scene.biome, scene.style, scene.colour)
    return tuple(list(kind).index(fact) for kind, fact in zip(KINDS, facts, strict=True))


def said(scene: Scene) -> tuple[int, ...]:
    """Return what a caption says; a fact left out is numbered after the last."""
    known = (True, True, scene.says_biome, True, scene.says_colour)
    return tuple(
        number if is_said else count
        for number, is_said, count in zip(shown(scene), known, HEADS, strict=True)
    )


def has_colour(scene: Scene) -> bool:
    """Tell whether the picture has a colour to be judged."""
    return scene.thing not in COLOURLESS and scene.style is not Style.SKETCH
