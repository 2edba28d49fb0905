import pytest

from chat.errors import StaleButtonError
from chat.model import BUTTON_BYTES_MAX
from handlers.price_list import Wish, read_wish
from tests.doubles.hub import Hub, labels, presses, said


@pytest.mark.parametrize(
    ("terms", "wish"),
    [
        ("", Wish()),
        ("1", Wish(1)),
        ("12g", Wish(12, is_gift=True)),
        ("3:DIWALI", Wish(3, "DIWALI")),
        ("3g:DIWALI", Wish(3, "DIWALI", is_gift=True)),
    ],
)
def test_a_button_says_what_is_wished_for_and_is_understood(terms: str, wish: Wish) -> None:
    assert read_wish("data", terms) == wish
    assert read_wish("data", wish.spell()) == wish


@pytest.mark.parametrize("terms", ["0", "13", "x", "3:", "3gg", "3:A:B", "-1"])
def test_what_no_button_of_ours_says_is_stale(terms: str) -> None:
    with pytest.raises(StaleButtonError):
        read_wish("data", terms)


def test_the_longest_wish_fits_a_button_also_while_the_state_is_asked() -> None:
    longest = Wish(12, "X" * 40, is_gift=True).spell("p" * 24)

    assert len(f"v1:homes:1:{longest}") <= BUTTON_BYTES_MAX


async def test_the_list_turns_into_one_of_gifts_and_keeps_hours(hub: Hub) -> None:
    plain = await hub.call("buy", "--hours 3")
    assert labels(plain)[-1] == "For somebody else"
    press = presses(plain)[-1]
    assert press is not None

    gifts = await hub.press(press)

    assert gifts is not None
    assert gifts.edit
    assert "Whoever enters it has the hours" in said(gifts)
    assert presses(gifts) == ["v1:plan:flash-lite:3g", "v1:plan:flash:3g", "v1:plan:pro:3g"]
    assert "Flash · ₹300" in labels(gifts)
