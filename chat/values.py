"""An option's value: from words to its kind, within its choices and bounds."""

import math
from collections.abc import Callable

from chat.commands import Option, Value
from chat.errors import BadValueError

SET, _UNSET = "yes", "no"
_YES = {SET, "true", "on", "1", "हाँ"}  # "true" is how Discord's switches arrive
_NO = {_UNSET, "false", "off", "0", "नहीं"}


def check(option: Option, words: str) -> Value:
    """The value in its kind.

    Raises:
        BadValueError: It is outside what the option allows.
    """
    match option.kind:
        case "text":
            return _check_text(option, words)
        case "flag":
            return _check_flag(option, words)
        case "integer" | "number":
            return _check_number(option, words)


def allowed(option: Option) -> tuple[str, ...]:
    """What an option can be: its choices, or its bounds in a few signs."""
    if option.kind == "flag":
        return (SET, _UNSET)
    if option.choices or option.kind == "text":
        length = () if option.length_max is None else (f"≤ {option.length_max}",)
        return option.choices or length
    low = "" if option.minimum is None else f"{option.minimum:,.15g}"
    high = "" if option.maximum is None else f"{option.maximum:,.15g}"
    if low and high:
        return (f"{low}–{high}",)
    if low or high:
        return (f"≥ {low}" if low else f"≤ {high}",)
    return ("1, 2, 3…",) if option.kind == "integer" else ("0.5, 1, 1.5…",)


def _check_text(option: Option, words: str) -> str:
    for choice in option.choices:
        if choice.casefold() == words.casefold():
            return choice
    if option.choices or (option.length_max is not None and len(words) > option.length_max):
        raise BadValueError(option.name, words, allowed(option))
    return words


def _check_flag(option: Option, words: str) -> bool:
    said = words.casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise BadValueError(option.name, words, allowed(option))


def _check_number(option: Option, words: str) -> int | float:
    low = -math.inf if option.minimum is None else option.minimum
    high = math.inf if option.maximum is None else option.maximum
    read: Callable[[str], int | float] = _integer if option.kind == "integer" else float
    try:
        number = read(words)
    except ValueError as error:
        raise BadValueError(option.name, words, allowed(option)) from error
    is_allowed = not option.choices or number in {read(choice) for choice in option.choices}
    # The strict comparison keeps out inf and nan where there are no bounds.
    if is_allowed and low <= number <= high and -math.inf < number < math.inf:
        return number
    raise BadValueError(option.name, words, allowed(option))


def _integer(words: str) -> int:
    return int(words.removesuffix(".0"))  # Discord may send 7.0
