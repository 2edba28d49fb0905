"""Numbers as people in India read them, and words cut to a length."""

from datetime import datetime

from billing.hours_settings import IST

BAR_CELLS = 10
PROMPT_SHOWN_MAX = 300


def grouped(number: int) -> str:
    """An integer in Indian grouping: 1234567 is 12,34,567."""
    digits = str(abs(number))
    head, tail = digits[:-3], digits[-3:]
    groups = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)]
    return ("-" if number < 0 else "") + ",".join([*reversed(groups), tail])


def rupees(paise: int) -> str:
    """Money: 5000 paise are ₹50, 12345 are ₹123.45."""
    whole, rest = divmod(abs(paise), 100)
    sign = "-" if paise < 0 else ""
    return f"{sign}₹{grouped(whole)}" + (f".{rest:02d}" if rest else "")


def money(amount: int, currency: str = "INR") -> str:
    """An amount in its currency: paise as rupees, Stars whole, cents of others."""
    match currency:
        case "INR":
            return rupees(amount)
        case "XTR":
            return f"⭐ {grouped(amount)}"
        case _:
            return f"{amount / 100:.2f} {currency}"


def bar(part: int, whole: int) -> str:
    """A bar of ten cells, full when nothing is left to take."""
    filled = 0 if whole <= 0 else min(BAR_CELLS, max(0, round(BAR_CELLS * part / whole)))
    return "▰" * filled + "▱" * (BAR_CELLS - filled)


def clock_time(moment: int) -> str:
    """A moment as the time of day in India."""
    return datetime.fromtimestamp(moment, IST).strftime("%H:%M")


def date_time(moment: int) -> str:
    """A moment as a day and a time in India, for paper."""
    return datetime.fromtimestamp(moment, IST).strftime("%d-%m-%Y %H:%M IST")


def minutes(seconds: int) -> int:
    """Whole minutes, rounded up: 61 seconds are 2 minutes left."""
    return -(-seconds // 60)


SECONDS_TOLD = 120
"""From here on nobody counts in seconds."""


def duration(seconds: int) -> str:
    """How long something takes, as it is said in passing."""
    return f"{seconds} s" if seconds < SECONDS_TOLD else f"{minutes(seconds)} min"


def plural(count: int, one: str, many: str) -> str:
    """A count with its noun."""
    return f"{grouped(count)} {one if count == 1 else many}"


def short(words: str, limit: int = PROMPT_SHOWN_MAX) -> str:
    """The beginning of what somebody wrote."""
    return words if len(words) <= limit else words[: limit - 1] + "…"
