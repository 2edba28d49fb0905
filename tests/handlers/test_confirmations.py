import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from handlers.routes import build_router
from tests.doubles.hub import ASHA, OPERATOR, OPERATOR_ELSEWHERE, Hub, presses, said
from tests.handlers.test_admin import bought


async def asked(hub: Hub, arguments: str, user: str = OPERATOR) -> str:
    """An admin asks for something; returns what the button says that confirms it."""
    reply = await hub.call("admin", arguments, user)
    assert reply is not None
    assert reply.private
    confirm, _ = presses(reply)
    assert confirm is not None
    return confirm


async def refused(hub: Hub, arguments: str) -> str:
    reply = await hub.call("admin", arguments, OPERATOR)
    assert presses(reply) == []
    return said(reply)


async def audited(hub: Hub, action: str) -> list[dict[str, object]]:
    query = sa.text("SELECT actor, subject, detail FROM audit_log WHERE action = :action")
    async with hub.services.database.read() as tx:
        found = await tx.execute(query, {"action": action})
        rows = [{"actor": r.actor, "subject": r.subject} | json.loads(r.detail) for r in found]
    return [row for row in rows if row["actor"] != "test"]


async def test_hours_are_given_after_a_confirmation_and_the_person_is_told(hub: Hub) -> None:
    await hub.grant("pro")
    confirm = await asked(hub, 'grant telegram:1 flash 2 "the queue was long"')
    assert len((await hub.wallet()).unstarted) == 1, "nothing happens before the word"

    done = await hub.press(confirm, OPERATOR)
    await hub.work.run()

    assert "Given ✓ Flash · 2 hours" in said(done)
    assert done is not None
    assert done.edit
    assert len((await hub.wallet()).unstarted) == 3
    assert hub.card().chat == ASHA
    assert "A gift from the operator ✓ Flash · 2 hours" in said(hub.card().reply)
    (row,) = await audited(hub, "grant")
    assert row["actor"] == "telegram:9"
    assert (row["reason"], row["plan"], row["hours"]) == ("the queue was long", "flash", 2)
    assert (row["before"], row["after"]) == (1, 3)


async def test_pressing_twice_gives_once(hub: Hub) -> None:
    await hub.grant("pro")
    confirm = await asked(hub, "grant 1 flash 1 sorry")
    await hub.press(confirm, OPERATOR)
    again = await hub.press(confirm, OPERATOR)

    assert "answered before" in said(again)
    assert len((await hub.wallet()).unstarted) == 2


async def test_a_command_that_is_delivered_twice_asks_one_question(hub: Hub) -> None:
    await hub.grant("pro")
    first = await hub.call("admin", "grant 1 flash 1 sorry", OPERATOR, event="e1")
    second = await hub.call("admin", "grant 1 flash 1 sorry", OPERATOR, event="e1")

    assert presses(first) == presses(second)


async def test_what_was_left_alone_cannot_be_confirmed(hub: Hub) -> None:
    await hub.grant("pro")
    reply = await hub.call("admin", "grant 1 flash 1 sorry", OPERATOR)
    confirm, drop = presses(reply)
    assert confirm is not None
    assert drop is not None

    assert "Left alone" in said(await hub.press(drop, OPERATOR))
    assert "answered before" in said(await hub.press(drop, OPERATOR))
    assert "answered before" in said(await hub.press(confirm, OPERATOR))
    assert len((await hub.wallet()).unstarted) == 1


async def test_a_button_works_after_a_restart(hub: Hub) -> None:
    await hub.grant("pro")
    confirm = await asked(hub, "grant 1 flash 1 sorry")
    hub.router = build_router(hub.services)

    assert "Given" in said(await hub.press(confirm, OPERATOR))


async def test_only_the_admin_who_asked_may_confirm(hub: Hub) -> None:
    await hub.grant("pro")
    confirm = await asked(hub, "grant 1 flash 1 sorry")

    assert "somebody else" in said(await hub.press(confirm, OPERATOR_ELSEWHERE))
    assert said(await hub.press(confirm)) == said(await hub.press("v1:never_was:1"))
    assert "nothing to show" in said(await hub.press("v1:admin_confirm:adm_none", OPERATOR))
    assert len((await hub.wallet()).unstarted) == 1


@pytest.mark.parametrize(
    ("details", "complaint"),
    [
        ("", "needs plan"),
        ("gold 1 sorry", "flash-lite, flash, pro"),
        ("flash many sorry", "1–12"),
        ("flash 13 sorry", "1–12"),
        ("flash 1", "needs reason"),
        ("flash 1 " + "x" * 201, "≤ 200"),
    ],
)
async def test_a_gift_needs_a_plan_hours_and_a_reason(
    hub: Hub, details: str, complaint: str
) -> None:
    await hub.grant("pro")

    assert complaint in await refused(hub, f"grant 1 {details}")


async def test_hours_are_given_to_a_person_on_the_other_platform(hub: Hub) -> None:
    await hub.call("session", user="discord:7")
    options = {"action": "grant", "target": "discord:7", "details": 'pro 1 "welcome"'}
    reply = await hub.call("admin", options, OPERATOR)
    confirm, _ = presses(reply)
    assert confirm is not None
    await hub.press(confirm, OPERATOR)
    await hub.work.run()

    assert "A gift" in said(hub.elsewhere.last.reply)


async def test_money_goes_back_and_the_orders_card_tells(hub: Hub) -> None:
    await bought(hub)
    question = await hub.call("admin", 'refund pay_1 "bad pictures"', OPERATOR)
    assert "Send back ₹100 of ₹100 of pay_1?" in said(question)
    assert "0 began and stay; 1 did not begin" in said(question)
    confirm, _ = presses(question)
    assert confirm is not None

    assert "On its way ✓ ₹100 of pay_1" in said(await hub.press(confirm, OPERATOR))
    await hub.work.run()

    assert hub.gateway.payments["pay_1"].refunded_paise == 10_000
    assert "Refunded" in said(hub.card().reply)
    assert (await hub.wallet()).unstarted == ()
    (row,) = await audited(hub, "refund")
    assert (row["actor"], row["subject"]) == ("telegram:9", "pay_1")
    assert (row["before"], row["after"], row["amount"]) == (10_000, 0, 10_000)
    assert row["reason"] == "bad pictures"


async def test_a_part_goes_back_and_the_hour_stays(hub: Hub) -> None:
    await bought(hub)
    await hub.press(await asked(hub, 'refund pay_1 33.5 "half was black"'), OPERATOR)
    await hub.work.run()

    assert hub.gateway.payments["pay_1"].refunded_paise == 3_350
    assert "₹33.50 of it were refunded" in said(hub.card().reply)
    assert len((await hub.wallet()).unstarted) == 1
    assert "₹66.50 of this payment can be" in await refused(hub, "refund pay_1 66.51 more")


async def test_pressing_twice_sends_money_once(hub: Hub) -> None:
    await bought(hub)
    confirm = await asked(hub, 'refund pay_1 20 "sorry"')
    await hub.press(confirm, OPERATOR)
    await hub.press(confirm, OPERATOR)
    await hub.work.run()

    assert len(hub.gateway.refunds) == 1
    assert hub.gateway.payments["pay_1"].refunded_paise == 2_000


async def test_no_more_goes_back_than_came_however_many_questions_are_open(hub: Hub) -> None:
    await bought(hub)
    first = await asked(hub, "refund pay_1 60 first")
    second = await asked(hub, "refund pay_1 60 second")
    assert "₹100 of this payment" in await refused(hub, "refund pay_1 101 too much")
    assert "₹100 of this payment" in await refused(hub, "refund pay_1 0 nothing")

    await hub.press(first, OPERATOR)
    late = await hub.press(second, OPERATOR)
    await hub.work.run()

    assert "₹40 of this payment can be sent back" in said(late)
    assert hub.gateway.payments["pay_1"].refunded_paise == 6_000


async def test_the_same_reason_again_is_asked_about(hub: Hub) -> None:
    await bought(hub)
    second = await asked(hub, "refund pay_1 30 sorry")
    await hub.press(await asked(hub, "refund pay_1 20 sorry"), OPERATOR)

    assert "for this very reason" in await refused(hub, "refund pay_1 30 sorry")
    assert "for this very reason" in said(await hub.press(second, OPERATOR))
    await hub.work.run()
    assert hub.gateway.payments["pay_1"].refunded_paise == 2_000


async def test_an_hour_that_runs_goes_on_when_its_order_is_refunded(hub: Hub) -> None:
    await bought(hub)
    await hub.press("v1:start:")
    question = await hub.call("admin", "refund pay_1 power cut", OPERATOR)
    assert "1 began and stay; 0 did not begin" in said(question)
    confirm, _ = presses(question)
    assert confirm is not None
    await hub.press(confirm, OPERATOR)
    await hub.work.run()

    assert (await hub.wallet()).running is not None
    assert await hub.draw() is not None
    assert "Refunded" in said(next(iter(hub.chat.messages.values())).reply)


async def test_held_money_goes_back(hub: Hub) -> None:
    await bought(hub, amount=100)
    await hub.press(await asked(hub, "refund pay_1 wrong amount"), OPERATOR)
    await hub.work.run()

    assert "nothing of that kind" in said(await hub.call("admin", "suspense", OPERATOR))
    assert "Refunded" in said(hub.card().reply)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("refund pay_none sorry", "pay_none"),
        ("refund pay_1", "needs reason"),
        ("refund pay_1 50", "needs reason"),
    ],
)
async def test_a_refund_needs_a_payment_and_a_reason(
    hub: Hub, arguments: str, complaint: str
) -> None:
    await bought(hub)

    assert complaint in await refused(hub, arguments)


async def test_a_bot_that_sells_nothing_sends_nothing_back(hub: Hub) -> None:
    hub.router = build_router(replace(hub.services, payments=None))

    assert "switched off" in await refused(hub, "refund pay_1 sorry")
