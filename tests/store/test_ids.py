from store.ids import new_id


def test_ids_sort_by_time_and_fit_a_button() -> None:
    early, late = new_id("ord", 1_800_000_000), new_id("ord", 1_800_000_001)

    assert early < late
    assert len(f"v1:cancel:{late}".encode()) <= 64


def test_ids_of_one_second_differ() -> None:
    assert len({new_id("ord", 1_800_000_000) for _ in range(1000)}) == 1000
