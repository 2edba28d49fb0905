"""What a person puts into a command: words, numbers, files."""

import base64
from dataclasses import dataclass, field

from sandbox.records import Json


@dataclass(frozen=True, slots=True)
class Picture:
    """A file a person attaches."""

    content: bytes = field(repr=False)
    name: str = "picture.png"


Option = str | int | float | bool | Picture


def encode_options(given: dict[str, Option]) -> Json:
    """Options as the control plane takes them."""
    return {
        name: encode(value) if isinstance(value, Picture) else value
        for name, value in given.items()
    }


def encode(file: Picture) -> Json:
    """A file as the control plane takes it."""
    return {"name": file.name, "content": base64.b64encode(file.content).decode()}
