"""LoRAs that a prompt asks for, in the way that AUTOMATIC1111's web UI made common.

`<lora:name:0.8>` anywhere in a prompt asks for the one of that name at eight tenths of its
strength; without a number it is 1.  The model does not read the tag.
"""

import re
from functools import lru_cache

Loras = tuple[tuple[str, float], ...]
"""Names and strengths, in the order of the names."""

STRENGTH_MAX = 2.0
_LORAS_MAX = 4
"""More of them spoil any picture."""
_TAG = re.compile(r"<lora:([^:<>]{1,64})(?::(-?\d{1,3}(?:\.\d{1,6})?))?>")


@lru_cache(256)  # the scheduler asks before every forward
def loras(prompt: str) -> Loras:
    """Return what a prompt asks for; of one that is named twice, what is said last."""
    asked = {match[1]: float(match[2] or 1) for match in _TAG.finditer(prompt)}
    limited = {
        name: max(-STRENGTH_MAX, min(STRENGTH_MAX, strength)) for name, strength in asked.items()
    }
    return tuple(sorted(limited.items()))[:_LORAS_MAX]


def words(prompt: str) -> str:
    """Return a prompt as the model reads it."""
    parts = _TAG.split(prompt)[::3]
    return prompt if len(parts) == 1 else " ".join(part.strip() for part in parts).strip()
