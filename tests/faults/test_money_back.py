"""What can happen to money on its way back."""

import asyncio

import pytest

from billing.errors import NotRefundableError
from billing.gateway import ObservedRefund
from handlers.alarms import sound_alarms
from store import disputes
from tests.doubles.hub import OPERATOR, said
from tests.doubles.till import Bought, Till


async def paid(till: Till) -> tuple[Bought, str]:
    bought = await till.buy()
    (payment,) = await till.pay(bought)
    await till.deliver_all()
    return bought, payment


async def sent_back(till: Till) -> list[int]:
    return [refund["amount"] for refund in (await till.emulator.look("state"))["refunds"]]


@pytest.mark.fault("F33")
async def test_two_admins_at_once_and_one_at_the_dashboard_send_money_back_once(
    till: Till,
) -> None:
    bought, payment = await paid(till)
    await till.emulator.emu(f"payments/{payment}/refund_external", amount=4_000)
    await till.deliver_all()
    await asyncio.gather(till.refund(payment, 6_000), till.refund(payment, 6_000))
    with pytest.raises(NotRefundableError):
        await till.refund(payment, 1, "another reason")
    await till.hub.work.run()
    await till.deliver_all()

    assert await sent_back(till) == [4_000, 6_000]
    assert await till.outcome(bought) == ("refunded", 1)


@pytest.mark.fault("F33")
async def test_a_refund_that_the_dashboard_made_first_is_refused_and_nothing_goes_twice(
    till: Till,
) -> None:
    bought, payment = await paid(till)
    await till.refund(payment)
    await till.emulator.emu(f"payments/{payment}/refund_external")
    await till.hub.work.run()
    await till.deliver_all()

    assert await sent_back(till) == [10_000]
    assert [refund.status for refund in await till.refunds(payment)] == ["failed"]
    assert (await till.outcome(bought))[0] == "refunded"


@pytest.mark.fault("F34")
@pytest.mark.parametrize("fault", ["reset_after", "http500_after", "html502_after"])
async def test_a_refund_whose_answer_is_lost_is_made_once(till: Till, fault: str) -> None:
    bought, payment = await paid(till)
    await till.emulator.emu("faults", kind=fault, method="POST", path="*/refund")
    await till.refund(payment)
    await till.hub.work.run()

    assert await sent_back(till) == [10_000]
    assert (await till.outcome(bought))[0] == "refunded"


@pytest.mark.fault("F34")
async def test_a_part_whose_answer_is_lost_goes_back_once(till: Till) -> None:
    bought, payment = await paid(till)
    await till.emulator.emu("faults", kind="reset_after", method="POST", path="*/refund")
    await till.refund(payment, 4_000)
    await till.hub.work.run()
    await till.wait(61)

    assert await sent_back(till) == [4_000]
    assert (await till.outcome(bought))[0] == "paid"


@pytest.mark.fault("F35")
async def test_a_refund_that_is_still_being_made_is_asked_for_again(till: Till) -> None:
    _, payment = await paid(till)
    busy = {"kind": "409_refund_in_progress", "method": "POST", "path": "*/refund"}
    await till.emulator.emu("faults", **busy)
    await till.refund(payment)
    await till.hub.work.run()

    assert await sent_back(till) == [10_000]
    assert [refund.status for refund in await till.refunds(payment)] == ["processed"]


@pytest.mark.fault("F36")
async def test_a_refund_that_no_bank_takes_is_told_and_the_money_stays_with_us(till: Till) -> None:
    bought, payment = await paid(till)
    await till.emulator.emu("settings", refund_result="pending")
    await till.refund(payment)
    (submitted,) = [work for work in till.hub.work.waiting if work.kind == "send_refund"]
    till.hub.work.waiting.remove(submitted)
    await till.payments.refunds.send(submitted.subject)
    (refund,) = (await till.emulator.look("state"))["refunds"]
    await till.emulator.emu(f"refunds/{refund['id']}/failed")
    await till.deliver_all()
    await sound_alarms(till.hub.services)

    assert [refund.status for refund in await till.refunds(payment)] == ["failed"]
    assert (await till.outcome(bought)) == ("paid", 1)
    told = [said(shown.reply) for shown in till.hub.chat.messages.values()]
    assert any("could not be sent back" in words for words in told)
    assert any(shown.chat == OPERATOR for shown in till.hub.chat.messages.values())


@pytest.mark.fault("F37")
async def test_the_news_of_a_refund_may_overtake_its_answer(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought, payment = await paid(till)
    make = till.gateway.refund

    async def slowly(payment_id: str, paise: int, refund_id: str) -> ObservedRefund:
        made = await make(payment_id, paise, refund_id)
        for event in reversed(await till.events("refund.created", "refund.processed")):
            await till.deliver(event)
            await till.payments.settle_event(str(len(await till.inbox())))
        return made

    monkeypatch.setattr(till.gateway, "refund", slowly)
    await till.refund(payment)
    await till.hub.work.run()

    assert await sent_back(till) == [10_000]
    assert [refund.status for refund in await till.refunds(payment)] == ["processed"]
    assert (await till.outcome(bought))[0] == "refunded"


@pytest.mark.fault("F39", "F40")
async def test_money_that_a_bank_may_take_back_is_not_sent_back_too(till: Till) -> None:
    _, payment = await paid(till)
    await till.emulator.emu(f"payments/{payment}/dispute")
    await till.deliver_all()
    await till.deliver_all()
    async with till.hub.services.database.read() as tx:
        (dispute,) = await disputes.of_payment(tx, payment)

    assert (dispute.status, dispute.amount_paise) == ("open", 10_000)
    assert dispute.respond_by is not None
    with pytest.raises(NotRefundableError):
        await till.refund(payment)
    await till.emulator.emu(f"disputes/{dispute.id}/won")
    await till.deliver_all()
    await till.refund(payment)
    await till.hub.work.run()
    assert await sent_back(till) == [10_000]
