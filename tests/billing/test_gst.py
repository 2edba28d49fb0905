import pytest

from billing.gst import STATES, is_gstin


def test_every_state_and_territory_has_a_code_of_its_own() -> None:
    assert len(STATES) == len(set(STATES.values())) == 36


@pytest.mark.parametrize("number", ["27AAPFU0939F1ZV", "29AAGCB7383J1Z4", "24AAACC1206D1ZM"])
def test_a_number_of_the_tax_is_known(number: str) -> None:
    assert is_gstin(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "27AAPFU0939F1ZA",
        "72AAPFU0939F1ZV",
        "27aapfu0939f1zv",
        "27AAPFU0939F1ZVX",
        "27AAPFU0939",
    ],
)
def test_everything_else_is_none(number: str) -> None:
    assert not is_gstin(number)


def test_no_single_wrong_character_goes_unnoticed() -> None:
    number = "27AAPFU0939F1ZV"
    for place in range(2, 14):
        for digit in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            changed = number[:place] + digit + number[place + 1 :]
            assert is_gstin(changed) == (changed == number)
