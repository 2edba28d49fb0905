from typing import Any

import pytest

from billing.coupons import CouponClaim, check, discount, spelt
from billing.errors import CouponRefusedError, UnknownCouponError
from billing.orders import OpenedOrder
from store import users
from store.coupons import Coupon
from store.database import Transaction
from tests.doubles.gateway import FakeGateway
from tests.doubles.rows import a_coupon
from tests.doubles.shop import Shop


def coupon(percent: int | None = 20, paise_off: int | None = None, *plans: str) -> Coupon:
    return Coupon("DIWALI", percent, paise_off, plans, None, 1, None, 1)


@pytest.mark.parametrize(
    ("taken", "paise", "off"),
    [
        (coupon(20), 10_000, 2_000),
        (coupon(33), 5_000, 1_650),
        (coupon(33), 101, 1),
        (coupon(None, 5_000), 20_000, 5_000),
        (coupon(None, 5_000), 5_000, 4_900),
        (coupon(99), 5_000, 4_900),
        (coupon(20), 100, 0),
        (coupon(20, None, "pro"), 10_000, 0),
        (coupon(20, None, "pro", "flash"), 10_000, 2_000),
    ],
)
def test_a_rupee_is_left_to_be_paid_and_other_plans_keep_their_price(
    taken: Coupon, paise: int, off: int
) -> None:
    assert discount(taken, "flash", paise) == off


@pytest.mark.parametrize(
    ("taken", "stars", "off"),
    [
        (coupon(20), 75, 15),
        (coupon(33), 75, 24),
        (coupon(1), 75, 0),
        (coupon(99), 75, 74),
        (coupon(100), 75, 74),
        (coupon(50), 1, 0),
        (coupon(None, 5_000), 75, 0),
        (coupon(20, None, "pro"), 75, 0),
    ],
)
def test_of_stars_a_part_is_taken_off_in_whole_ones_and_one_is_left(
    taken: Coupon, stars: int, off: int
) -> None:
    assert discount(taken, "flash", stars, "XTR") == off


@pytest.mark.parametrize("typed", ["DIWALI26", "diwali26", " Diwali-26 ", "diwali 26"])
def test_a_code_is_found_however_it_is_typed(typed: str) -> None:
    assert spelt(typed) == "DIWALI26"


async def ordered(
    shop: Shop[FakeGateway], plan: str = "flash", *, user: int | None = None, code: str = "DIWALI"
) -> OpenedOrder:
    buyer = shop.user if user is None else user
    claim = CouponClaim(code, f"telegram:{buyer}")
    opened = await shop.database.write(
        lambda tx: shop.orders.open(tx, buyer, plan, 1, "razorpay", claim)
    )
    await shop.work.run()
    return opened


async def made(shop: Shop[FakeGateway], **terms: Any) -> None:
    await shop.database.write(lambda tx: a_coupon(tx, **terms))


async def another(shop: Shop[FakeGateway]) -> int:
    added = await shop.database.write(
        lambda tx: users.add(tx, "telegram", "77", "Ravi", "en", shop.clock())
    )
    return added.id


async def test_the_link_asks_for_what_the_coupon_leaves_and_the_hour_is_earned_whole(
    shop: Shop[FakeGateway],
) -> None:
    await made(shop)
    opened = await ordered(shop)
    link = shop.gateway.link_of(opened.attempt.id)
    assert link.amount_paise == opened.order.amount_paise == 8_000

    shop.gateway.pay(link)
    await shop.poll_after(10)

    assert await shop.status(opened) == "paid"
    assert await shop.hours_of(opened) == 1


async def test_the_full_price_does_not_buy_what_was_offered_for_less(
    shop: Shop[FakeGateway],
) -> None:
    await made(shop)
    opened = await ordered(shop)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id), amount=10_000)
    await shop.poll_after(10)

    assert await shop.status(opened) == "review"


async def test_who_paid_with_it_has_had_it(shop: Shop[FakeGateway]) -> None:
    await made(shop)
    opened = await ordered(shop)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)

    with pytest.raises(CouponRefusedError) as refused:
        await ordered(shop)
    assert refused.value.why == "had"
    ravi = await another(shop)
    assert (await ordered(shop, user=ravi)).order.amount_paise == 8_000


async def test_a_use_that_is_bound_is_free_again_when_its_order_expires(
    shop: Shop[FakeGateway],
) -> None:
    await made(shop, uses_max=1)
    opened = await ordered(shop)
    ravi = await another(shop)
    with pytest.raises(CouponRefusedError) as refused:
        await ordered(shop, user=ravi)
    assert refused.value.why == "used_up"

    shop.gateway.set_link(shop.gateway.link_of(opened.attempt.id), "expired")
    await shop.poll_after(21 * 60)
    assert await shop.status(opened) == "expired"

    assert (await ordered(shop, user=ravi)).is_new


async def test_money_that_comes_late_buys_at_the_price_that_was_shown(
    shop: Shop[FakeGateway],
) -> None:
    await made(shop, uses_max=1)
    opened = await ordered(shop)
    link = shop.gateway.link_of(opened.attempt.id)
    shop.gateway.set_link(link, "expired")
    await shop.poll_after(21 * 60)
    taken_by_another = await ordered(shop, user=await another(shop))

    shop.gateway.pay(link)
    await shop.poll_after(3600)

    assert await shop.status(opened) == "paid"
    assert taken_by_another.order.amount_paise == 8_000
    with pytest.raises(CouponRefusedError):
        await ordered(shop, "pro")


async def test_another_order_with_the_coupon_takes_the_place_of_the_unpaid_one(
    shop: Shop[FakeGateway],
) -> None:
    await made(shop, uses_max=1)
    first = await ordered(shop, "flash")
    again = await ordered(shop, "flash")
    assert again.order.id == first.order.id

    second = await ordered(shop, "pro")

    assert second.order.amount_paise == 16_000
    assert await shop.status(first) == "cancelled"


async def test_an_open_order_gets_its_coupon_and_keeps_it(shop: Shop[FakeGateway]) -> None:
    await made(shop)
    dear = await shop.opened("flash")
    cheap = await ordered(shop, "flash")
    assert await shop.status(dear) == "cancelled"

    assert (await shop.order("flash")).order.id == cheap.order.id


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"ends_at": 1}, "over"),
        ({"stopped_at": 1}, "over"),
        ({"plans": ["pro"]}, "other_plan"),
    ],
)
async def test_a_coupon_is_refused_with_its_reason_and_nothing_is_ordered(
    shop: Shop[FakeGateway], terms: dict[str, Any], why: str
) -> None:
    await made(shop, **terms)
    before = await shop.opened("flash")
    with pytest.raises(CouponRefusedError) as refused:
        await ordered(shop)
    assert refused.value.why == why
    assert await shop.status(before) == "open"


async def test_a_coupon_that_never_was_is_unknown(shop: Shop[FakeGateway]) -> None:
    async def look(tx: Transaction) -> None:
        await check(tx, CouponClaim("HOLI", "telegram:1"), shop.user, shop.clock())

    with pytest.raises(UnknownCouponError):
        await shop.database.write(look)
