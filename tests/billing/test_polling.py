import pytest

from billing.polling import BACK_OFF_MAX_S, HOUR, LATE, PAYING, next_poll, next_try
from store.orders import Attempt, AttemptState

START = 1_800_000_000


def attempt(state: AttemptState) -> Attempt:
    return Attempt("att_1", "ord_1", state, 100, created_at=START, expires_at=START + 1200)


def looks(state: AttemptState, until: int) -> list[int]:
    """The seconds after the start at which the gateway is asked."""
    at = START
    seen: list[int] = []
    while (following := next_poll(attempt(state), at)) is not None and following <= START + until:
        assert following > at
        at = following
        seen.append(at - START)
    return seen


def test_an_open_link_is_looked_at_often_at_first_and_then_for_three_days() -> None:
    assert looks("open", 73 * HOUR) == sorted({*PAYING, *LATE})


def test_an_open_link_is_never_given_up() -> None:
    assert looks("open", 80 * HOUR)[-3:] == [78 * HOUR, 79 * HOUR, 80 * HOUR]


@pytest.mark.parametrize("state", ["cancelled", "expired", "paid"])
def test_a_closed_link_is_looked_at_until_the_last_bank_has_spoken(state: AttemptState) -> None:
    assert looks(state, 1000 * HOUR) == list(LATE)


@pytest.mark.parametrize("state", ["sending", "unknown", "rejected"])
def test_what_has_no_link_is_not_looked_at(state: AttemptState) -> None:
    assert next_poll(attempt(state), START) is None


def test_a_link_that_cannot_be_made_is_tried_again_ever_more_patiently() -> None:
    waits = [next_try(tries, START) - START for tries in range(9)]

    assert waits[:6] == [1, 2, 4, 8, 16, 32]
    assert set(waits[6:]) == {BACK_OFF_MAX_S}
