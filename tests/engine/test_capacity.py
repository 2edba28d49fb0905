import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.capacity import BUCKETS, Capacity

SIZE = (512, 512)


def learnt(costs: dict[int, float], rows_max: int = 16) -> Capacity:
    return Capacity(rows_max, is_exact=False, costs={SIZE: costs})


def test_nothing_known_means_everything_is_tried() -> None:
    assert learnt({}).worthwhile(SIZE, waiting=2) == 16


@pytest.mark.parametrize(
    ("costs", "knee", "fastest"),
    [
        ({2: 1.0, 4: 2.0, 8: 4.0, 16: 8.0}, 2, 2),  # no gain at all
        ({2: 1.0, 4: 1.9, 8: 3.7, 16: 7.2}, 2, 16),  # a small gain
        ({2: 1.0, 4: 1.2, 8: 2.1, 16: 4.1}, 8, 16),  # a gain that ends
        ({2: 1.0, 4: 1.1, 8: 1.2, 16: 1.3}, 16, 16),  # a gain that does not
        ({2: 1.0, 4: 1.2, 8: 2.1, 16: 9.0}, 8, 8),  # too many
    ],
)
def test_a_short_queue_stops_at_the_knee_and_a_long_one_at_the_most(
    costs: dict[int, float], knee: int, fastest: int
) -> None:
    capacity = learnt(costs)

    assert capacity.worthwhile(SIZE, waiting=1) == knee
    assert capacity.worthwhile(SIZE, waiting=100) == fastest


def test_one_bucket_more_is_tried_until_it_is_known() -> None:
    assert learnt({2: 1.0}).worthwhile(SIZE, waiting=2) == 4
    assert learnt({2: 1.0, 4: 1.1}).worthwhile(SIZE, waiting=2) == 8
    assert learnt({2: 1.0, 4: 2.0}).worthwhile(SIZE, waiting=2) == 2


def test_another_size_is_learnt_for_itself() -> None:
    assert learnt({2: 1.0, 4: 2.0}).worthwhile((64, 64), waiting=2) == 16


def test_the_first_forward_of_a_kind_teaches_nothing() -> None:
    capacity = learnt({})

    capacity.observe(SIZE, 4, 60.0)
    assert capacity.costs == {SIZE: {}}

    capacity.observe(SIZE, 4, 1.0)
    assert capacity.costs == {SIZE: {4: 1.0}}


def test_a_spike_is_no_lesson_and_a_new_speed_is() -> None:
    capacity = learnt({4: 1.0})

    for seconds in (60.0, 1.0, 60.0, 1.2):  # the first is not counted
        capacity.observe(SIZE, 4, seconds)
    assert capacity.costs == {SIZE: {4: pytest.approx(1.1)}}

    for _ in range(9):
        capacity.observe(SIZE, 4, 2.0)
    assert capacity.costs == {SIZE: {4: 2.0}}


def test_what_was_too_slow_once_is_tried_again_after_a_long_time() -> None:
    capacity = Capacity(16, is_exact=False, costs={SIZE: {2: 1.0, 4: 9.0, 8: 9.0}})
    forwards = 0
    while capacity.worthwhile(SIZE, waiting=2) == 2:
        capacity.observe(SIZE, 2, 1.0)
        forwards += 1

    assert 500 < forwards < 10_000
    assert capacity.worthwhile(SIZE, waiting=2) == 4
    for _ in range(2):
        capacity.observe(SIZE, 4, 1.2)
    assert capacity.costs[SIZE][4] == 1.2


@pytest.mark.parametrize("is_exact", [False, True])
def test_memory_sets_a_ceiling_for_its_size(is_exact: bool) -> None:
    capacity = Capacity(16, is_exact=is_exact, costs={SIZE: {16: 1.0}})

    capacity.halve(SIZE, 16)

    assert capacity.worthwhile(SIZE, waiting=100) == 8
    assert capacity.padded(SIZE, 3) == (8 if is_exact else 4)
    assert capacity.ceiling((64, 64)) == 16


def full_forwards(capacity: Capacity, most: int) -> int:
    """Return after how many forwards of all rows that are allowed more are."""
    ceiling = capacity.ceiling(SIZE)
    for forwards in range(most):
        if capacity.ceiling(SIZE) > ceiling:
            return forwards
        capacity.observe(SIZE, ceiling, 1.0)
    return most


def test_memory_that_was_short_is_tried_again_ever_more_rarely() -> None:
    capacity = Capacity(16, is_exact=False, costs={})
    capacity.halve(SIZE, 16)

    first = full_forwards(capacity, 10_000)
    assert capacity.ceiling(SIZE) == 16
    capacity.halve(SIZE, 16)
    second = full_forwards(capacity, 10_000)

    assert 100 < first < second < 10_000


def test_in_exact_mode_what_was_halved_stays() -> None:
    capacity = Capacity(16, is_exact=True, costs={})
    capacity.halve(SIZE, 16)

    assert full_forwards(capacity, 10_000) == 10_000


costs = st.dictionaries(st.sampled_from(BUCKETS[:5]), st.floats(1e-3, 10))


@given(costs, st.integers(0, 100), st.integers(1, 16))
def test_what_is_allowed_is_a_bucket_within_the_ceiling(
    costs: dict[int, float], waiting: int, rows: int
) -> None:
    capacity = learnt(costs)

    assert capacity.worthwhile(SIZE, waiting) in BUCKETS[:5]
    assert rows <= capacity.padded(SIZE, rows) <= 16
