from typing import Any

import pytest

from chat.commands import Option, Value
from chat.errors import BadValueError
from chat.values import allowed, check

WORDS = {"en": "…"}


def option(**declared: Any) -> Option:
    return Option("o", WORDS, **declared)


@pytest.mark.parametrize(
    ("declared", "words", "value"),
    [
        ({}, "a fox", "a fox"),
        ({"choices": ("Anime", "शैली")}, "aNIME", "Anime"),
        ({"kind": "integer"}, "7.0", 7),
        ({"kind": "number", "minimum": 0.5}, "0.5", 0.5),
        ({"kind": "integer", "choices": ("1", "2")}, "2", 2),
        ({"kind": "flag"}, "True", True),
        ({"kind": "flag"}, "नहीं", False),
    ],
)
def test_a_value_gets_its_kind(declared: dict[str, Any], words: str, value: Value) -> None:
    checked = check(option(**declared), words)

    assert (checked, type(checked)) == (value, type(value))


@pytest.mark.parametrize(
    ("declared", "words", "known"),
    [
        ({"length_max": 3}, "long", ("≤ 3",)),
        ({"choices": ("a", "b")}, "c", ("a", "b")),
        ({"kind": "integer", "minimum": 1, "maximum": 50}, "51", ("1–50",)),
        ({"kind": "integer", "minimum": 1}, "0", ("≥ 1",)),
        ({"kind": "number", "maximum": 1}, "1.5", ("≤ 1",)),
        ({"kind": "number"}, "nan", ("0.5, 1, 1.5…",)),
        ({"kind": "number"}, "inf", ("0.5, 1, 1.5…",)),
        ({"kind": "integer"}, "1.5", ("1, 2, 3…",)),
        ({"kind": "flag"}, "perhaps", ("yes", "no")),
    ],
)
def test_a_value_outside_is_refused_with_what_is_allowed(
    declared: dict[str, Any], words: str, known: tuple[str, ...]
) -> None:
    with pytest.raises(BadValueError) as caught:
        check(option(**declared), words)

    assert caught.value.value == words
    assert caught.value.allowed == allowed(option(**declared)) == known
