from dataclasses import replace

import pytest

from billing import disputes
from billing.errors import UnavailableError
from billing.gateway import ReportLine
from billing.hours_settings import DAY_S
from billing.orders import OpenedOrder
from billing.settlements import DAYS, LATE_S, TRY_AGAIN_S
from store import reconciling, settlements
from store.disputes import Dispute
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop

LATER_S = 4 * DAY_S
"""What was paid is paid out by then."""


async def paid(shop: Shop[FakeGateway], plan: str = "flash", fee: int | None = 236) -> OpenedOrder:
    opened = await shop.opened(plan)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id), fee=fee)
    await shop.poll_after(10)
    return opened


async def compare(shop: Shop[FakeGateway], after_s: int = LATER_S) -> list[tuple[str, str]]:
    """Time passes, reports are read; everything that was found so far."""
    shop.clock.pass_(after_s)
    await shop.payments.settlements.begin_due()
    await shop.work.run()
    async with shop.database.read() as tx:
        found = await reconciling.reported(tx, "told")
    return [(each.detail["finding"], each.detail["about"]) for each in found]


def line(of: str, **fields: object) -> ReportLine:
    """Something that was taken out of a payout."""
    plain = ReportLine(
        "adj_1", "adjustment", "", of, None, None, None, 0, 10_000, "INR", 1_800_000_000
    )
    changed = replace(plain, **fields)  # type: ignore[arg-type]  # the fields of a line
    return replace(changed, settlement_id=f"setl_of_{changed.id}")


async def test_what_was_paid_out_as_it_is_booked_is_silent_and_read_once_a_day(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    await shop.database.write(
        lambda tx: shop.payments.refunds.request(tx, "pay_1", "sorry", "admin", 4_000)
    )
    await shop.work.run()
    assert await compare(shop) == []
    asked = shop.gateway.calls.count("settled_on")
    assert asked == DAYS
    assert await compare(shop, 0) == []
    assert shop.gateway.calls.count("settled_on") == asked
    async with shop.database.read() as tx:
        assert await settlements.debited(tx, "pay_1", "refund", but="") == 4_000


async def test_a_payment_that_no_report_names_is_reported_once_it_is_late(
    shop: Shop[FakeGateway],
) -> None:
    await compare(shop, 0)
    shop.clock.pass_(DAY_S)
    await paid(shop)
    shop.gateway.unsettled = {"pay_1"}
    assert await compare(shop, LATE_S - DAY_S) == []
    for _ in range(2):
        assert await compare(shop, DAY_S) == [("unsettled_payment", "pay_1")]


async def test_a_refund_that_no_report_names_is_reported_once_it_is_late(
    shop: Shop[FakeGateway],
) -> None:
    await compare(shop, 0)
    await paid(shop)
    await shop.database.write(
        lambda tx: shop.payments.refunds.request(tx, "pay_1", "sorry", "admin")
    )
    await shop.work.run()
    shop.gateway.unsettled = {"rfnd_0"}
    assert await compare(shop, LATE_S + DAY_S) == [("unsettled_refund", "rfnd_0")]


async def test_what_was_paid_before_reports_were_read_is_not_missed(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    assert await compare(shop, 2 * LATE_S) == []


async def test_another_amount_or_fee_is_reported(shop: Shop[FakeGateway]) -> None:
    await paid(shop)
    shop.gateway.unsettled = {"pay_1"}
    at = shop.clock() + 2 * DAY_S
    shop.gateway.settled = [
        line("pay_1", id="pay_1", kind="payment", credit_paise=9_000, debit_paise=0, settled_at=at)
    ]
    assert await compare(shop) == [("settled_otherwise", "pay_1")]


async def test_a_fee_that_the_books_had_not_heard_of_is_looked_up(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop, fee=None)
    shop.gateway.payments["pay_1"] = replace(shop.gateway.payments["pay_1"], fee_paise=236)

    assert await compare(shop) == []
    assert (await shop.books())["razorpay:clearing"] == -9_764


async def test_a_refund_that_nobody_here_asked_for_is_looked_up_or_reported(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    at = shop.clock() + 2 * DAY_S
    refund = line("pay_1", id="rfnd_9", kind="refund", debit_paise=4_000, settled_at=at)
    shop.gateway.settled = [refund]
    assert await compare(shop) == [("unknown_refund", "rfnd_9")]

    other = await paid(shop, "pro")
    shop.gateway.give_back("pay_2", 5_000)
    at = shop.clock() + 2 * DAY_S
    shop.gateway.settled += [
        line("pay_2", id="rfnd_10", kind="refund", debit_paise=5_000, settled_at=at)
    ]
    assert await compare(shop) == [("unknown_refund", "rfnd_9")]
    assert await shop.status(other) == "paid"


@pytest.mark.parametrize(("status", "taken"), [("lost", 10_000), ("lost", 9_999), ("open", 0)])
async def test_a_deduction_is_explained_by_a_lost_dispute_of_that_sum_alone(
    shop: Shop[FakeGateway], status: str, taken: int
) -> None:
    await paid(shop)
    dispute = Dispute("disp_1", "pay_1", "chargeback", status, 10_000, taken, None, 1, 1)
    await shop.database.write(lambda tx: disputes.heard(tx, shop.hours, shop.work, dispute))
    at = shop.clock() + 2 * DAY_S
    shop.gateway.settled = [line("pay_1", dispute_id="disp_1", settled_at=at)]

    explained = (status, taken) == ("lost", 10_000)
    assert await compare(shop) == ([] if explained else [("deduction", "adj_1")])


async def test_a_payout_of_another_sum_than_its_lines_is_reported(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    shop.gateway.paid_short = 1
    ((finding, about),) = await compare(shop)
    assert finding == "payout"
    assert about.startswith("setl_")


async def test_money_of_an_order_that_is_not_in_the_books_is_reported_and_of_others_not(
    shop: Shop[FakeGateway],
) -> None:
    await paid(shop)
    at = shop.clock() + 2 * DAY_S
    shop.gateway.settled = [
        line("pay_mug", id="pay_mug", kind="payment", settled_at=at),
        line("pay_lost", id="pay_lost", kind="payment", attempt_id="att_lost", settled_at=at),
        line("pay_mug", id="trf_1", kind="transfer", settled_at=at),
    ]
    assert await compare(shop) == [("unknown_order", "pay_lost")]


async def test_a_report_that_cannot_be_read_is_read_later(shop: Shop[FakeGateway]) -> None:
    await paid(shop)
    shop.gateway.unsettled = {"pay_1"}
    at = shop.clock() + 2 * DAY_S
    shop.gateway.settled = [line("pay_1", settled_at=at)]
    shop.gateway.fail_before = [UnavailableError("away") for _ in range(DAYS)]
    shop.clock.pass_(LATER_S)
    await shop.payments.settlements.begin_due()
    for submitted in list(shop.work.waiting):
        shop.work.waiting.remove(submitted)
        await shop.payments.settlements.read(submitted.subject)
    assert {submitted.delay_s for submitted in shop.work.waiting} == {TRY_AGAIN_S}

    await shop.work.run()
    assert await compare(shop, 0) == [("deduction", "adj_1")]


async def test_days_that_were_missed_are_read_when_the_bot_is_back(
    shop: Shop[FakeGateway],
) -> None:
    await compare(shop, 0)
    await paid(shop)
    asked = shop.gateway.calls.count("settled_on")
    assert await compare(shop, 20 * DAY_S) == []
    assert shop.gateway.calls.count("settled_on") - asked >= 20
