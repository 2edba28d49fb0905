import pytest

from billing.ledger import SUSPENSE
from tests.doubles.hub import ASHA, OPERATOR, RAVI, Hub, labels, presses, said


async def held(hub: Hub, amount: int = 10_000) -> str:
    """Somebody pays, too late to be served by itself; returns the order's id."""
    assert await hub.call("buy", "flash") is None
    await hub.work.run()
    check = presses(hub.card().reply)[1]
    assert check is not None
    (link,) = hub.gateway.links.values()
    hub.clock.pass_(3600)
    hub.gateway.pay(link, amount=amount)
    await hub.press(check)
    await hub.work.run()
    return check.removeprefix("v1:check:")


async def buttons_of_suspense(hub: Hub) -> tuple[str, str]:
    reply = await hub.call("admin", "suspense", OPERATOR)
    assert labels(reply) == ["Honour …pay_1", "Send back …pay_1"]
    honour, send_back = presses(reply)
    assert honour
    assert send_back
    return honour, send_back


async def test_held_money_is_told_of_in_a_message_of_its_own(hub: Hub) -> None:
    await held(hub)

    assert len(hub.chat.messages) == 2
    assert "money is safe" in said(hub.card().reply)


async def test_an_admin_honours_held_money_by_a_button_and_a_word(hub: Hub) -> None:
    order_id = await held(hub)
    honour, _ = await buttons_of_suspense(hub)
    asked = await hub.press(honour, OPERATOR)
    assert "Flash · 1 hour · ₹100" in said(asked)
    assert (await hub.wallet()).unstarted == ()
    yes = presses(asked)[0]
    assert yes is not None
    done = await hub.press(yes, OPERATOR)
    await hub.work.run()

    assert "Honoured ✓" in said(done)
    assert len((await hub.wallet()).unstarted) == 1
    assert "Paid ✓" in said(hub.card().reply)
    assert hub.card().chat == ASHA
    assert "R/26-27/000001" in said(await hub.call("receipt", order_id))
    assert (await hub.balance(SUSPENSE)).posted == 0
    assert "answered before" in said(await hub.press(yes, OPERATOR))
    assert "nothing of that kind" in said(await hub.call("admin", "suspense", OPERATOR))
    hub.clock.pass_(3600)
    assert hub.services.payments is not None
    await hub.services.payments.poll_due()
    await hub.work.run()
    assert len((await hub.wallet()).unstarted) == 1


async def test_an_honoured_hour_can_be_used_and_refunded_like_any_other(hub: Hub) -> None:
    await held(hub)
    honour, _ = await buttons_of_suspense(hub)
    yes = presses(await hub.press(honour, OPERATOR))[0]
    assert yes is not None
    await hub.press(yes, OPERATOR)
    await hub.press("v1:start:")
    confirm = presses(await hub.call("admin", 'refund pay_1 "sorry"', OPERATOR))[0]
    assert confirm is not None
    await hub.press(confirm, OPERATOR)
    await hub.work.run()

    assert "Refunded" in said(hub.card().reply)


async def test_an_admin_sends_held_money_back_by_a_button_and_a_word(hub: Hub) -> None:
    await held(hub, amount=99)
    _, send_back = await buttons_of_suspense(hub)
    asked = await hub.press(send_back, OPERATOR)
    assert "₹0.99" in said(asked)
    yes = presses(asked)[0]
    assert yes is not None
    await hub.press(yes, OPERATOR)
    await hub.work.run()

    assert [paise for _, paise in hub.gateway.refunded.values()] == [99]
    assert "Refunded" in said(hub.card().reply)
    assert "very reason" in said(await hub.press(send_back, OPERATOR))


async def test_money_of_another_amount_or_on_its_way_back_is_not_honoured(hub: Hub) -> None:
    await held(hub, amount=9_999)
    honour, send_back = await buttons_of_suspense(hub)
    assert "cannot be honoured" in said(await hub.press(honour, OPERATOR))
    assert "cannot be honoured" in said(await hub.press("v1:honour:pay_0", OPERATOR))
    yes = presses(await hub.press(send_back, OPERATOR))[0]
    assert yes is not None
    await hub.press(yes, OPERATOR)

    assert "cannot be honoured" in said(await hub.press(honour, OPERATOR))


async def test_what_was_refunded_between_question_and_word_is_not_honoured(hub: Hub) -> None:
    await held(hub)
    honour, send_back = await buttons_of_suspense(hub)
    asks = [await hub.press(button, OPERATOR) for button in (honour, send_back)]
    yes, back = (presses(asked)[0] for asked in asks)
    assert yes
    assert back
    await hub.press(back, OPERATOR)

    assert "cannot be honoured" in said(await hub.press(yes, OPERATOR))
    assert (await hub.wallet()).unstarted == ()


@pytest.mark.parametrize("verb", ["honour", "send_back"])
async def test_the_buttons_are_for_admins(hub: Hub, verb: str) -> None:
    await held(hub)

    assert "too old" in said(await hub.press(f"v1:{verb}:pay_1", RAVI))
