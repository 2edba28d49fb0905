"""docs/payments.md tells of every fault, and what it tells is what the tests prove."""

import pytest

from scripts.faults import PAGE, catalogue, page, proofs

FAULTS = [f"F{number:02}" for number in range(1, 51)]


def test_every_fault_is_in_the_catalogue() -> None:
    assert list(catalogue()) == FAULTS


def test_every_proof_is_of_a_fault_that_is_known() -> None:
    assert set(proofs()) <= set(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_proved_or_said_to_be_open(fault: str) -> None:
    row = catalogue()[fault]

    assert proofs().get(fault) or row.get("open"), f"{fault}: no test is marked with it"
    assert row["answer"] or row["open"]


def test_the_page_is_as_the_tests_are() -> None:
    written = PAGE.read_text(encoding="utf-8")

    assert written == page(written), "run python -m scripts.faults"
