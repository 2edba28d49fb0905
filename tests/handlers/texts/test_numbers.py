import pytest

from handlers.texts.numbers import (
    bar,
    clock_time,
    date_time,
    grouped,
    minutes,
    plural,
    rupees,
    short,
)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (99_999, "99,999"),
        (1_00_000, "1,00,000"),
        (12_34_567, "12,34,567"),
        (-1000, "-1,000"),
    ],
)
def test_integers_are_grouped_as_in_india(number: int, shown: str) -> None:
    assert grouped(number) == shown


@pytest.mark.parametrize(
    ("paise", "shown"),
    [(5000, "₹50"), (12_345, "₹123.45"), (1, "₹0.01"), (-5050, "-₹50.50"), (2_40_000, "₹2,400")],
)
def test_money_is_exact(paise: int, shown: str) -> None:
    assert rupees(paise) == shown


@pytest.mark.parametrize(
    ("part", "whole", "filled"), [(0, 8, 0), (3, 8, 4), (8, 8, 10), (9, 8, 10), (1, 0, 0)]
)
def test_a_bar_has_ten_cells(part: int, whole: int, filled: int) -> None:
    assert bar(part, whole) == "▰" * filled + "▱" * (10 - filled)


def test_the_time_of_day_is_indias() -> None:
    assert clock_time(1_800_000_000) == "13:30"
    assert date_time(1_800_000_000) == "15-01-2027 13:30 IST"


@pytest.mark.parametrize(("seconds", "shown"), [(0, 0), (1, 1), (60, 1), (61, 2), (3600, 60)])
def test_a_minute_that_has_begun_counts(seconds: int, shown: int) -> None:
    assert minutes(seconds) == shown


def test_one_is_not_many() -> None:
    assert [plural(n, "job", "jobs") for n in (0, 1, 2)] == ["0 jobs", "1 job", "2 jobs"]


def test_what_is_short_stays() -> None:
    assert short("abc", 3) == "abc"
    assert short("abcd", 3) == "ab…"
