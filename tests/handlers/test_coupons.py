from typing import Any

import pytest

from store.database import Transaction
from tests.doubles.hub import ASHA_ELSEWHERE, RAVI, Hub, labels, presses, said
from tests.doubles.rows import a_coupon


async def made(hub: Hub, code: str = "DIWALI", **terms: Any) -> None:
    async def decide(tx: Transaction) -> None:
        await a_coupon(tx, code, **terms)

    await hub.services.database.write(decide)


async def pay_the_newest(hub: Hub) -> None:
    hub.gateway.pay(list(hub.gateway.links.values())[-1])
    check = presses(hub.card().reply)[1]
    assert check is not None
    await hub.press(check)
    await hub.work.run()


async def test_the_form_is_offered_while_there_is_a_coupon_that_somebody_might_have(
    hub: Hub,
) -> None:
    assert "I have a coupon" not in labels(await hub.call("buy"))
    await made(hub)

    shown = await hub.call("buy", "--hours 3")

    assert labels(shown)[3] == "I have a coupon"
    assert presses(shown)[3] == "v1:coupon:3"


async def test_a_code_in_the_form_shows_the_prices_with_it_and_buys_at_them(hub: Hub) -> None:
    await made(hub)
    asked = await hub.press("v1:coupon:2")
    assert asked is not None
    assert asked.form is not None

    shown = await hub.answer(asked.form.id, " diwali ")

    assert "DIWALI: 20% off" in said(shown)
    assert labels(shown)[:3] == ["Flash Lite · ₹80", "Flash · ₹160", "Pro · ₹320"]
    press = presses(shown)[1]
    assert press is not None
    assert await hub.press(press, message="77") is None
    await hub.work.run()
    card = hub.chat.messages["77"].reply
    assert "Flash · 2 hours · ₹160" in said(card)
    assert "Coupon DIWALI: ₹40 off" in said(card)
    await pay_the_newest(hub)
    assert "Paid ✓ Flash · 2 hours · ₹160" in said(hub.card().reply)
    assert len((await hub.wallet()).unstarted) == 2


@pytest.mark.parametrize("user", ["1", ASHA_ELSEWHERE])
async def test_the_command_takes_it_in_one_line_on_every_platform(hub: Hub, user: str) -> None:
    await made(hub, percent=None, paise_off=5_000)

    assert await hub.call("buy", "pro 1 DIWALI", user) is None
    await hub.work.run()

    (request,) = hub.gateway.requests
    assert request.amount_paise == 15_000


async def test_plans_that_it_is_not_for_keep_their_price(hub: Hub) -> None:
    await made(hub, plans=["pro"])
    shown = await hub.call("buy", "--coupon DIWALI")

    assert labels(shown)[:3] == ["Flash Lite · ₹50", "Flash · ₹100", "Pro · ₹160"]
    assert presses(shown)[1:3] == ["v1:plan:flash:1", "v1:plan:pro:1:DIWALI"]
    assert "not for this plan" in said(await hub.call("buy", "flash 1 DIWALI"))


@pytest.mark.parametrize(
    ("terms", "complaint"),
    [
        ({"ends_at": 1}, "time is over"),
        ({"stopped_at": 1}, "time is over"),
        ({"plans": ["gold"]}, "not for this plan"),
    ],
)
async def test_a_coupon_that_cannot_be_used_is_refused_with_its_reason(
    hub: Hub, terms: dict[str, Any], complaint: str
) -> None:
    await made(hub, **terms)
    for reply in (
        await hub.answer("v1:coupon:1", "DIWALI"),
        await hub.call("buy", "flash 1 DIWALI"),
        await hub.press("v1:plan:flash:1:DIWALI"),
    ):
        assert complaint in said(reply)
        assert "Nothing was charged" in said(reply)
    assert hub.work.waiting == []


async def test_who_paid_with_it_is_told_and_others_can_have_it(hub: Hub) -> None:
    await made(hub)
    await hub.call("buy", "flash 1 DIWALI")
    await hub.work.run()
    await pay_the_newest(hub)

    assert "used this coupon before" in said(await hub.call("buy", "--coupon DIWALI"))
    assert "₹80" in labels(await hub.call("buy", "--coupon DIWALI", RAVI))[1]


async def test_an_unlinked_account_has_had_what_it_had(hub: Hub) -> None:
    await made(hub)
    await hub.call("buy", "flash 1 DIWALI")
    await hub.work.run()
    await pay_the_newest(hub)
    code = said(await hub.call("link")).split()
    typed = next(word for word in code if len(word) == 11 and "-" in word)
    joined = await hub.call("link", typed, ASHA_ELSEWHERE)
    press = presses(joined)[0]
    assert press is not None
    await hub.press(press, ASHA_ELSEWHERE)
    assert "used this coupon" in said(await hub.call("buy", "--coupon DIWALI", ASHA_ELSEWHERE))
    separate = presses(await hub.call("unlink"))[0]
    assert separate is not None
    await hub.press(separate)

    assert "used this coupon" in said(await hub.call("buy", "--coupon DIWALI"))


async def test_the_last_use_goes_to_one_of_two(hub: Hub) -> None:
    await made(hub, uses_max=1)
    await hub.call("buy", "flash 1 DIWALI")

    assert "all uses" in said(await hub.call("buy", "flash 1 DIWALI", RAVI))


async def test_a_command_delivered_twice_binds_one_use(hub: Hub) -> None:
    await made(hub)
    for _ in range(2):
        assert await hub.call("buy", "flash 1 DIWALI", event="same") is None
    await hub.work.run()

    assert len(hub.gateway.links) == 1


async def test_the_receipt_names_the_discount(hub: Hub) -> None:
    await made(hub)
    await hub.call("buy", "flash 1 DIWALI")
    await hub.work.run()
    await pay_the_newest(hub)

    words = said(await hub.call("receipt"))

    assert "Discount, already taken off: −₹20 · DIWALI" in words
    assert "Total: ₹80" in words


async def test_among_others_the_prices_with_it_are_for_the_asker_alone(hub: Hub) -> None:
    await made(hub)
    for reply in (
        await hub.call("buy", "flash 1 DIWALI", private=False),
        await hub.press("v1:plan:flash:1:DIWALI", private=False),
    ):
        assert reply is not None
        assert reply.private
        assert "Flash · ₹80" in labels(reply)


async def test_a_form_for_too_many_hours_buys_nothing(hub: Hub) -> None:
    assert "too old" in said(await hub.answer("v1:coupon:99", "DIWALI"))
