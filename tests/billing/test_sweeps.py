from dataclasses import replace

import pytest

from billing.errors import UnavailableError, UnknownOutcomeError
from billing.hours_settings import DAY_S
from billing.sweeps import CAPTURE_AFTER_S, EVERY_S, LAG_S, LONG_WINDOW_S, WINDOW_S
from store import payments as rows
from store import reconciling
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop


async def sweep(shop: Shop[FakeGateway], window_s: int = WINDOW_S) -> list[tuple[str, str]]:
    """Compare, and say what was reported so far."""
    await shop.payments.sweeps.sweep(str(shop.clock() - window_s))
    async with shop.database.read() as tx:
        found = await reconciling.reported(tx, "told")
    return [(each.detail["finding"], each.detail["about"]) for each in found]


async def test_a_payment_that_nobody_told_of_is_settled_once(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    shop.clock.pass_(1)
    assert await sweep(shop) == []
    assert await shop.hours_of(opened) == 1
    asked = len(shop.gateway.calls)
    assert await sweep(shop) == []
    assert shop.gateway.calls[asked:] == ["payments_since"], "what agrees is not looked at again"


@pytest.mark.fault("F30")
async def test_a_link_that_never_names_its_order_is_paid_through_the_list(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()
    link = shop.gateway.link_of(opened.attempt.id)
    shop.gateway.pay(link)
    shop.gateway.links[link.id] = replace(shop.gateway.links[link.id], order_id=None)
    await shop.poll_after(10)
    assert await shop.status(opened) == "open"

    assert await sweep(shop) == []
    assert (await shop.status(opened), await shop.hours_of(opened)) == ("paid", 1)


@pytest.mark.fault("F17")
@pytest.mark.parametrize(
    ("cancelled", "amount", "end"),
    [(False, None, "paid"), (True, None, "cancelled"), (False, 9_999, "open")],
)
async def test_money_a_bank_has_set_aside_is_taken_while_it_is_wanted(
    shop: Shop[FakeGateway], *, cancelled: bool, amount: int | None, end: str
) -> None:
    opened = await shop.opened()
    link = shop.gateway.link_of(opened.attempt.id)
    shop.gateway.pay(link, status="authorized", amount=amount)
    await sweep(shop)
    assert "capture" not in shop.gateway.calls, "the gateway has its time"
    if cancelled:
        await shop.cancel(opened)
        await shop.work.run()
    shop.clock.pass_(CAPTURE_AFTER_S)

    assert await sweep(shop) == []
    assert await shop.status(opened) == end
    assert ("capture" in shop.gateway.calls) == (end == "paid")


async def test_a_capture_that_somebody_else_made_first_is_as_good(
    shop: Shop[FakeGateway], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await shop.opened()
    link = shop.gateway.link_of(opened.attempt.id)
    paid = shop.gateway.pay(link, status="authorized")
    listed = await shop.gateway.payments_since(0)
    shop.gateway.payments[paid.id] = replace(paid, status="captured")
    shop.clock.pass_(CAPTURE_AFTER_S)

    async def old_list(_since: int) -> object:
        return listed

    monkeypatch.setattr(shop.gateway, "payments_since", old_list)
    assert await sweep(shop) == []
    assert await shop.status(opened) == "paid"


async def test_money_for_an_order_that_is_not_in_the_books_is_reported_once(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()
    link = shop.gateway.link_of(opened.attempt.id)
    shop.gateway.links[link.id] = replace(link, reference_id="att_lost")
    shop.gateway.pay(shop.gateway.links[link.id])
    mug = shop.gateway.pay(link, payment_id="pay_mug")
    shop.gateway.payments["pay_mug"] = replace(mug, order_id="order_mug")

    for _ in range(2):
        assert await sweep(shop) == [("unknown_order", "pay_1")]
    assert await shop.hours_of(opened) == 0


async def test_what_looking_does_not_settle_is_reported(
    shop: Shop[FakeGateway], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))

    async def finds_nothing(_order: str) -> tuple[()]:
        return ()

    monkeypatch.setattr(shop.gateway, "order_payments", finds_nothing)
    assert await sweep(shop) == [("unsettled", "pay_1")]


async def test_another_amount_and_a_payment_that_the_gateway_does_not_know_are_reported(
    shop: Shop[FakeGateway],
) -> None:
    opened, other = await shop.opened("flash"), await shop.opened("pro")
    for each in (opened, other):
        shop.gateway.pay(shop.gateway.link_of(each.attempt.id))
    await shop.poll_after(10)
    shop.gateway.payments["pay_1"] = replace(shop.gateway.payments["pay_1"], amount_paise=9_999)
    del shop.gateway.payments["pay_2"]
    assert await sweep(shop) == [("other_amount", "pay_1")], "the list may be late"
    shop.clock.pass_(LAG_S)

    assert ("missing", "pay_2") in await sweep(shop)


async def test_money_on_a_link_that_was_made_unheard_and_given_up_is_settled(
    shop: Shop[FakeGateway],
) -> None:
    shop.gateway.fail_after.append(UnknownOutcomeError("502"))
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    shop.gateway.fail_before += [UnavailableError("down")] * 2
    await shop.poll_after(2)
    await shop.poll_after(20 * 60)
    assert await shop.status(opened) == "rejected"

    assert await sweep(shop) == []
    assert (await shop.status(opened), await shop.hours_of(opened)) == ("paid", 1)


async def test_a_refund_made_at_the_dashboard_is_booked(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    paid = shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)
    shop.gateway.payments[paid.id] = replace(paid, status="refunded", refunded_paise=10_000)

    assert await sweep(shop) == []
    assert await shop.status(opened) == "refunded"


@pytest.mark.fault("F19")
async def test_money_that_comes_without_webhooks_where_there_were_some_is_reported_once(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()
    await shop.webhook({"event": "payment_link.cancelled", "payload": {}}, "evt")
    await shop.work.run()
    heard = shop.clock()
    shop.clock.pass_(60)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)
    assert await sweep(shop) == []
    shop.clock.pass_(15 * 60)

    for _ in range(2):
        assert await sweep(shop) == [("silence", str(heard))]


async def test_a_shop_that_never_had_webhooks_misses_none(shop: Shop[FakeGateway]) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(15 * 60)

    assert await sweep(shop) == []


async def test_a_gateway_that_cannot_be_asked_is_asked_next_time(
    shop: Shop[FakeGateway],
) -> None:
    opened = await shop.opened()
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    shop.gateway.fail_before.append(UnavailableError("down"))
    assert await sweep(shop) == []
    async with shop.database.read() as tx:
        assert await rows.of_order(tx, opened.order.id) == []
    await sweep(shop)

    assert await shop.status(opened) == "paid"


async def test_sweeps_are_short_and_long_once_a_day_and_at_the_start(
    shop: Shop[FakeGateway],
) -> None:
    windows = []
    for _ in range(DAY_S // EVERY_S + 1):
        for _ in range(2):
            await shop.payments.sweeps.begin_due()
        (due,) = [work for work in shop.work.waiting if work.kind == "sweep_payments"]
        windows.append(shop.clock() - int(due.subject))
        await shop.work.run()
        shop.clock.pass_(EVERY_S)

    assert windows[0] == LONG_WINDOW_S
    assert windows[1:].count(LONG_WINDOW_S) == 1
    assert set(windows) == {LONG_WINDOW_S, WINDOW_S}
