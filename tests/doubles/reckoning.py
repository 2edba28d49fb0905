"""What must be true of money in the end, whatever happened: each payment bought, or went back."""

import sqlalchemy as sa

from billing.errors import NotRefundableError
from billing.invariants import check
from billing.ledger import CLEARING, balances
from store import orders, payments, reconciling
from store.database import Transaction
from tests.doubles.mortal import Lives

DAYS_S = (60, 1300, 3600, 4 * 24 * 3600)
TAKEN = ("captured", "refunded")
OF_SETTLEMENTS = (
    "payout", "settled_otherwise", "unknown_refund", "deduction", "unsettled_payment",
    "unsettled_refund",
)  # fmt: skip


async def settle_down(lives: Lives) -> None:
    """Nothing breaks any more, time passes, and an admin sends back what is held."""
    await lives.stop()
    await lives.start()
    gateway = lives.gateway
    gateway.fail_before.clear()
    gateway.fail_after.clear()
    gateway.refunding = "processed"
    for refund_id, refund in list(gateway.refunds.items()):
        if refund.status == "pending":
            gateway.settle_refund(refund_id, "processed")
    gateway.decide_disputes()
    for seconds in DAYS_S:
        await let_pass(lives, seconds)
    await lives.payments.dispute_sweep.begin_due()
    await lives.work.run()
    await lives.database.write(lambda tx: _send_back(lives, tx))
    for seconds in (60, 3600):
        await let_pass(lives, seconds)
    await read_reports(lives)


async def let_pass(lives: Lives, seconds: int) -> None:
    """Time passes, and the bot does what it does by itself."""
    lives.clock.pass_(seconds)
    lives.gateway.expire_due()
    await lives.payments.poll_due()
    await lives.payments.sweeps.begin_due()
    await lives.work.run()


async def read_reports(lives: Lives) -> None:
    """The bot reads what was paid out in the last days."""
    await lives.payments.settlements.begin_due()
    await lives.work.run()


async def _send_back(lives: Lives, tx: Transaction) -> None:
    for held in await payments.in_suspense(tx):
        try:
            await lives.payments.refunds.request(tx, held.id, "by hand", "telegram:9")
        except NotRefundableError:
            continue  # a refund is under way


async def reckon(lives: Lives) -> None:
    """Look at every payment that the gateway took, and at the books."""
    async with lives.database.read() as tx:
        assert await check(tx, lives.clock()) == []
        owed = 0
        lost = {each.payment_id: each.deducted_paise for each in lives.gateway.disputed}
        for paid in lives.gateway.payments.values():
            if paid.status in TAKEN:
                owed -= lost.get(paid.id, 0)
                owed += paid.amount_paise - paid.refunded_paise - (paid.fee_paise or 0)
                gone = paid.refunded_paise
                await _bought_or_went_back(tx, paid.id, gone, taken=lost.get(paid.id, 0))
        clearing = (await balances(tx, CLEARING))[CLEARING].posted
        assert clearing == -owed, "the books say what the gateway's say"
        assert [
            found.subject
            for found in await reconciling.reported(tx, "told")
            if found.detail["finding"] in OF_SETTLEMENTS
        ] == [], "what was paid out is in the books"
        for refund_id, (payment_id, _) in lives.gateway.refunded.items():
            known = {refund.id for refund in await payments.refunds_of(tx, payment_id)}
            assert refund_id in known


async def _bought_or_went_back(tx: Transaction, payment_id: str, gone: int, *, taken: int) -> None:
    known = await payments.get(tx, payment_id)
    assert known is not None, "somebody paid and nobody noticed"
    assert known.refunded_paise == gone
    if known.decision == "suspense":
        assert known.amount_paise in (gone, taken), "held money went back, or a bank took it"
        return
    order = await orders.get(tx, known.order_id or "")
    assert order is not None
    question = sa.text("SELECT count(*) FROM user_sessions WHERE order_id = :order")
    given = (await tx.execute(question, {"order": order.id})).scalar_one()
    assert given == order.hours, "what was paid was given, once"
    assert order.status == ("refunded" if gone == known.amount_paise else "paid")
