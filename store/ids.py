"""Ids: short enough for a button, sortable by time, impossible to guess."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
TIME_CHARACTERS = 7  # seconds, until the year 3058
RANDOM_CHARACTERS = 9  # 45 bits


def new_id(prefix: str, now: int) -> str:
    """An id such as `ord_1mh3kp0x7c9q2w4t`, 20 characters with a three-letter prefix."""
    characters = []
    for _ in range(TIME_CHARACTERS):
        now, digit = divmod(now, len(ALPHABET))
        characters.append(ALPHABET[digit])
    tail = (secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return f"{prefix}_{''.join(reversed(characters))}{''.join(tail)}"
