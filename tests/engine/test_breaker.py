from engine.breaker import FAILURES_MAX, REST_MAX_S, REST_S, Breaker
from tests.doubles.clock import FakeClock


def failed(breaker: Breaker, times: int = FAILURES_MAX) -> None:
    for _ in range(times):
        assert breaker.allows()
        breaker.failed(breaker.age)


def test_a_few_failures_are_borne_and_a_success_forgets_them() -> None:
    breaker = Breaker(FakeClock())
    failed(breaker, FAILURES_MAX - 1)
    breaker.succeeded()
    failed(breaker, FAILURES_MAX - 1)

    assert breaker.allows()


def test_after_too_many_it_rests_and_is_tried_by_one_alone() -> None:
    clock = FakeClock()
    breaker = Breaker(clock)
    failed(breaker)

    assert not breaker.allows()
    assert breaker.rest_s == REST_S
    clock.pass_(int(REST_S))
    assert breaker.allows()
    assert not breaker.allows(), "one trial at a time"
    breaker.told_nothing(breaker.age)
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()


def test_every_failed_trial_doubles_the_rest_up_to_a_bound() -> None:
    clock = FakeClock()
    breaker = Breaker(clock)
    failed(breaker)
    rests = []
    for _ in range(8):
        rests.append(breaker.rest_s)
        clock.pass_(int(breaker.rest_s))
        failed(breaker, 1)

    assert rests[:3] == [REST_S, 2 * REST_S, 4 * REST_S]
    assert max(rests) == REST_MAX_S


def test_a_refusal_rests_at_once() -> None:
    breaker = Breaker(FakeClock())
    assert breaker.allows()
    breaker.failed(breaker.age, for_good=True)

    assert not breaker.allows()


def test_who_was_let_through_before_a_rest_neither_lengthens_it_nor_ends_a_trial() -> None:
    clock = FakeClock()
    breaker = Breaker(clock)
    before = breaker.age
    failed(breaker)
    breaker.failed(before)
    breaker.failed(before, for_good=True)
    assert breaker.rest_s == REST_S

    clock.pass_(int(REST_S))
    assert breaker.allows()
    breaker.told_nothing(before)
    breaker.failed(before)
    assert not breaker.allows(), "the trial has not ended"
    assert breaker.rest_s == 0
    breaker.failed(breaker.age)
    assert breaker.rest_s == 2 * REST_S
