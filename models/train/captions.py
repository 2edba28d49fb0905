"""Captions of scenes by grammar: English, Hindi, and Hindi in Latin letters."""

from random import Random

from models.train.chance import happens
from models.train.scene import COLOURLESS, FLYING, Biome, Colour, Scene, Style, Thing, Time

_THINGS = {
    Thing.CAT: ("cat", "cat", "kitten", "cute cat"),
    Thing.FISH: ("fish", "fish", "goldfish"),
    Thing.BOAT: ("boat", "boat", "sailboat", "ship", "sailing boat"),
    Thing.HOUSE: ("house", "house", "cottage", "home"),
    Thing.TREE: ("tree", "tree", "big tree"),
    Thing.FLOWER: ("flower", "flower", "blossom"),
    Thing.BALLOON: ("balloon", "balloon", "hot air balloon"),
    Thing.ROCKET: ("rocket", "rocket", "spaceship", "space rocket"),
    Thing.CAR: ("car", "car", "small car", "automobile"),
    Thing.MOON: ("moon", "full moon", "big moon"),
}
_BIOMES = {
    Biome.SEA: ("the sea", "the ocean", "the water", "sea", "the waves", "a lake"),
    Biome.MEADOW: ("a meadow", "a field", "the grass", "a garden", "green hills", "the park"),
    Biome.DESERT: ("the desert", "a desert", "sand dunes", "the sand"),
    Biome.SNOW: ("the snow", "snow", "a winter landscape", "a snowy landscape", "winter"),
    Biome.MOUNTAINS: ("mountains", "the mountains", "a mountain", "snowy mountains", "the hills"),
    Biome.CITY: ("the city", "a city", "a town", "a city street", "the street", "skyscrapers"),
}
_TIMES = {
    Time.DAY: ("on a sunny day", "by day", "in the daytime", "under a blue sky"),
    Time.SUNSET: ("at sunset", "at sunset", "at dusk", "in the evening", "in the sunset"),
    Time.NIGHT: ("at night", "at night", "at midnight", "in the dark", "under the stars"),
}
_STYLES = {
    Style.FLAT: ("flat", "flat illustration", "cartoon", "vector art", "digital art"),
    Style.WATERCOLOR: ("watercolor", "watercolor painting", "watercolour", "painting"),
    Style.SKETCH: ("sketch", "pencil sketch", "pencil drawing", "black and white drawing"),
}
_HINDI_THINGS = {
    Thing.CAT: ("बिल्ली", "billi"),
    Thing.FISH: ("मछली", "machhli"),
    Thing.BOAT: ("नाव", "naav"),
    Thing.HOUSE: ("घर", "ghar"),
    Thing.TREE: ("पेड़", "ped"),
    Thing.FLOWER: ("फूल", "phool"),
    Thing.BALLOON: ("गुब्बारा", "gubbara"),
    Thing.ROCKET: ("रॉकेट", "rocket"),
    Thing.CAR: ("कार", "gaadi"),
    Thing.MOON: ("चाँद", "chand"),
}
_HINDI_COLOURS = {
    Colour.RED: (("लाल",), ("lal", "laal")),
    Colour.ORANGE: (("नारंगी",), ("narangi",)),
    Colour.YELLOW: (("पीला", "पीली"), ("peela", "peeli")),
    Colour.GREEN: (("हरा", "हरी"), ("hara", "hari")),
    Colour.BLUE: (("नीला", "नीली"), ("neela", "neeli")),
    Colour.PURPLE: (("बैंगनी",), ("baingani",)),
    Colour.PINK: (("गुलाबी",), ("gulabi",)),
    Colour.WHITE: (("सफ़ेद", "सफेद"), ("safed",)),
    Colour.BLACK: (("काला", "काली"), ("kala", "kali")),
}
_HINDI_BIOMES = {
    Biome.SEA: ("समुद्र", "samudra"),
    Biome.MEADOW: ("मैदान", "maidan"),
    Biome.DESERT: ("रेगिस्तान", "registan"),
    Biome.SNOW: ("बर्फ़", "barf"),
    Biome.MOUNTAINS: ("पहाड़ों", "pahadon"),
    Biome.CITY: ("शहर", "shehar"),
}
_HINDI_TIMES = {
    Time.DAY: (("दिन में",), ("din mein",)),
    Time.SUNSET: (("शाम को", "सूर्यास्त में"), ("shaam ko", "suryast mein")),
    Time.NIGHT: (("रात में", "रात को"), ("raat mein", "raat ko")),
}
_PRAISE = ("beautiful", "nice", "cute", "little", "big", "pretty", "lovely", "peaceful")
_BEFORE = (
    "a picture of",
    "a drawing of",
    "a photo of",
    "draw",
    "an illustration of",
    "please draw",
)
_AFTER = ("4k", "highly detailed", "masterpiece", "best quality", "art", "clean lines")
_AFTER_ALSO = ("vivid colours", "anime style", "photograph", "natural light", "sharp focus")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ODD = "éüñß中文日本字абвгдクタ😀🎨0123456789"


def caption(scene: Scene, chance: Random) -> str:
    """Say what is to be seen, in one of many ways."""
    text = _hindi(scene, chance) if happens(chance, 0.15) else _english(scene, chance)
    if happens(chance, 0.1):
        text = chance.choice((f"{text} {_unknown(chance)}", f"{_unknown(chance)} {text}"))
    return " ".join(text.split())


def _english(scene: Scene, chance: Random) -> str:
    text = _land(scene, chance) if scene.thing is Thing.NONE else _thing(scene, chance)
    if happens(chance, 0.12):
        text = f"{chance.choice(_BEFORE)} {text}"
    text = _in_style(text, scene.style, chance)
    if happens(chance, 0.12):
        text = ", ".join((text, *chance.sample(_AFTER + _AFTER_ALSO, chance.randint(1, 3))))
    return text


def _thing(scene: Scene, chance: Random) -> str:
    words = [_praise(chance)]
    if scene.says_colour:
        words.append(scene.colour.value)
    words.append(chance.choice(_THINGS[scene.thing]))
    name = " ".join(word for word in words if word)
    text = f"{_article(name, chance)} {name}"
    if scene.says_biome:
        text += f" {_preposition(scene, chance)} {chance.choice(_BIOMES[scene.biome])}"
    if scene.time is Time.DAY and happens(chance, 0.6):  # day goes without saying
        return text
    time = chance.choice(_TIMES[scene.time])
    return f"{text} {time}" if happens(chance, 0.85) else f"{time}, {text}"


def _land(scene: Scene, chance: Random) -> str:
    land = chance.choice(_BIOMES[scene.biome])
    if scene.time is not Time.DAY and happens(chance, 0.5):
        name = " ".join(filter(None, (_praise(chance), scene.time.value)))
        return f"{_article(name, chance)} {name} {chance.choice(('over', 'in', 'at'))} {land}"
    if scene.time is Time.DAY and happens(chance, 0.5):
        return land
    return f"{land} {chance.choice(_TIMES[scene.time])}"


def _preposition(scene: Scene, chance: Random) -> str:
    if scene.thing in FLYING:
        return chance.choice(("over", "over", "above", "flying over"))
    if scene.biome is Biome.SEA:
        return chance.choice(("on", "in", "at"))
    return chance.choice(("in", "in", "on", "near", "in front of"))


def _in_style(text: str, style: Style, chance: Random) -> str:
    if style is Style.FLAT and happens(chance, 0.8):  # flat goes without saying
        return text
    name = chance.choice(_STYLES[style])
    return chance.choice(
        (f"{text}, {name}", f"{text}, {name}", f"{name} of {text}", f"{text} {name}")
    )


def _praise(chance: Random) -> str:
    return chance.choice(_PRAISE) if happens(chance, 0.15) else ""


def _article(name: str, chance: Random) -> str:
    indefinite = "an" if name[0] in "aeiou" else "a"
    return chance.choice((indefinite, indefinite, indefinite, "the", ""))


def _hindi(scene: Scene, chance: Random) -> str:
    """Say it in Hindi, the time and the land before the thing as Hindi has it."""
    latin = happens(chance, 0.4)
    parts = []
    is_said = scene.time is not Time.DAY or happens(chance, 0.4)
    if is_said:
        parts.append(chance.choice(_HINDI_TIMES[scene.time][latin]))
    if scene.says_biome:
        place = ("के ऊपर", "ke upar") if scene.thing in FLYING else ("में", "mein")
        land = _HINDI_BIOMES[scene.biome][latin]
        parts.append(land if scene.thing is Thing.NONE else f"{land} {place[latin]}")
    if scene.thing is not Thing.NONE:
        parts.append(chance.choice((("एक", "ek")[latin], "")))
        if scene.says_colour and scene.thing not in COLOURLESS:
            parts.append(chance.choice(_HINDI_COLOURS[scene.colour][latin]))
        parts.append(_HINDI_THINGS[scene.thing][latin])
    text = " ".join(part for part in parts if part)
    return text if scene.style is Style.FLAT else f"{text}, {chance.choice(_STYLES[scene.style])}"


def _unknown(chance: Random) -> str:
    letters = _LETTERS if happens(chance, 0.8) else _ODD
    return "".join(chance.choice(letters) for _ in range(chance.randint(2, 8)))
