from dataclasses import replace
from functools import partial

import pytest

from billing.errors import AuthFailedError, RejectedError
from handlers.alarms import sound_alarms
from store import disputes, reconciling
from store.database import Transaction
from store.disputes import Dispute
from tests.doubles.hub import OPERATOR, Hub, said
from tests.handlers.test_receipt import paid


async def failed_refund(hub: Hub) -> None:
    await paid(hub)
    hub.gateway.fail_before.append(RejectedError(400, "BAD_REQUEST_ERROR", "no balance"))
    billing = hub.services.payments
    assert billing is not None
    await hub.services.database.write(
        lambda tx: billing.refunds.request(tx, "pay_1", "sorry", "test", 2_500)
    )
    await hub.work.run()


@pytest.mark.fault("F36")
async def test_admins_hear_once_of_a_refund_that_failed(hub: Hub) -> None:
    await sound_alarms(hub.services)
    await failed_refund(hub)
    for _ in range(2):
        await sound_alarms(hub.services)

    told = [shown for shown in hub.chat.messages.values() if shown.chat == OPERATOR]
    assert len(told) == 1
    assert "A refund failed: ₹25 of pay_1" in said(told[0].reply)
    assert len(hub.elsewhere.messages) == 1


@pytest.mark.fault("F28")
async def test_admins_hear_once_that_razorpay_does_not_work(hub: Hub) -> None:
    hub.gateway.fail_before.append(AuthFailedError("401"))
    await hub.call("buy", "flash")
    await hub.work.run()
    for _ in range(2):
        await sound_alarms(hub.services)

    (told,) = [shown for shown in hub.chat.messages.values() if shown.chat == OPERATOR]
    assert "Razorpay does not work: AuthFailedError: 401" in said(told.reply)
    assert "Payments: Razorpay · left alone for" in said(
        await hub.call("admin", "health", OPERATOR)
    )


@pytest.mark.fault("F08")
async def test_admins_hear_once_of_money_that_fits_nothing(hub: Hub) -> None:
    await hub.call("buy", "flash")
    await hub.work.run()
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link, amount=123_45)
    assert hub.services.payments is not None
    await hub.services.payments.check(link.reference_id)
    for _ in range(2):
        await sound_alarms(hub.services)

    (told,) = [shown for shown in hub.chat.messages.values() if shown.chat == OPERATOR]
    assert "Money that fits nothing: ₹123.45, pay_1" in said(told.reply)


@pytest.mark.fault("F39")
async def test_admins_hear_of_each_turn_of_a_dispute(hub: Hub) -> None:
    await paid(hub)
    dispute = Dispute("disp_1", "pay_1", "chargeback", "open", 10_000, 0, 1_800_000_000, 1, 1)
    for status in ("open", "open", "lost"):
        now = replace(dispute, status=status)
        await hub.services.database.write(partial(put, now))
        await sound_alarms(hub.services)

    told = [said(shown.reply) for shown in hub.chat.messages.values() if shown.chat == OPERATOR]
    assert ["open" in words for words in told] == [True, False]
    assert "pay_1, lost. Answer until 15-01-2027" in told[1]


@pytest.mark.fault("F39")
async def test_admins_are_reminded_twice_of_a_dispute_that_nobody_answered(hub: Hub) -> None:
    await paid(hub)
    last = hub.clock() + 5 * 86_400
    dispute = Dispute("disp_1", "pay_1", "chargeback", "open", 10_000, 0, last, 1, 1)
    await hub.services.database.write(partial(put, dispute))
    heard = []
    for _ in range(7):
        hub.chat.messages.clear()
        for _ in range(2):
            await sound_alarms(hub.services)
        heard.append([said(shown.reply) for shown in hub.chat.messages.values()])
        hub.clock.pass_(86_400)

    assert [len(told) for told in heard] == [1, 0, 1, 0, 1, 0, 0]
    assert "/admin dispute pay_1" in heard[2][0]


async def put(dispute: Dispute, tx: Transaction) -> None:
    await disputes.put(tx, dispute)


@pytest.mark.parametrize(
    ("finding", "subject", "words"),
    [
        ("unknown_order", "pay_9", "not in the books"),
        ("unsettled", "pay_9", "stands otherwise at Razorpay"),
        ("other_amount", "pay_9", "another amount at Razorpay"),
        ("missing", "pay_9", "not among Razorpay's payments"),
        ("payout", "setl_1", "than its lines add up to"),
        ("settled_otherwise", "pay_9", "with another amount or fee"),
        ("unknown_refund", "rfnd_9", "the books know of none"),
        ("deduction", "adj_9", "no lost dispute"),
        ("unsettled_payment", "pay_9", "no settlement report named it"),
        ("unsettled_refund", "rfnd_9", "no settlement report named it"),
        ("silence", "1800000000", "15-01-2027 13:30 IST is when the last webhook came"),
    ],
)
async def test_admins_hear_once_of_what_does_not_agree_with_razorpay(
    hub: Hub, finding: str, subject: str, words: str
) -> None:
    await hub.services.database.write(lambda tx: reconciling.report(tx, 1, finding, subject))
    for _ in range(2):
        await sound_alarms(hub.services)

    (told,) = [shown for shown in hub.chat.messages.values() if shown.chat == OPERATOR]
    assert words in said(told.reply)


async def test_the_buyer_hears_that_the_money_is_safe(hub: Hub) -> None:
    await failed_refund(hub)

    assert "₹25 could not be sent back" in said(hub.card().reply)
    assert "Paid ✓" in said(hub.card().reply)
