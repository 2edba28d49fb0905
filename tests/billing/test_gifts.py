from dataclasses import replace

import pytest

from billing.errors import GiftRefusedError, UnknownGiftError
from billing.gifts import Gifts
from billing.hours import Hours
from billing.ledger import REVENUE, balances, deferred_account
from billing.orders import OpenedOrder, Order
from store import gifts as rows
from store import hours as hour_rows
from store import users
from store.database import Transaction
from store.gifts import Gift
from tests.doubles.clock import FakeClock
from tests.doubles.gateway import FakeGateway
from tests.doubles.shop import Shop

DAY_S = 24 * 3600


@pytest.fixture
def gifts(hours: Hours, clock: FakeClock) -> Gifts:
    return Gifts(b"key", hours, clock)


@pytest.fixture
async def ravi(shop: Shop[FakeGateway]) -> int:
    return (
        await shop.database.write(
            lambda tx: users.add(tx, "telegram", "2", "Ravi", "en", shop.clock())
        )
    ).id


async def ordered(shop: Shop[FakeGateway], hours: int = 1) -> OpenedOrder:
    opened = await shop.database.write(
        lambda tx: shop.orders.open(tx, shop.user, "flash", hours, "razorpay", is_gift=True)
    )
    await shop.work.run()
    return opened


async def bought(shop: Shop[FakeGateway], hours: int = 1) -> OpenedOrder:
    opened = await ordered(shop, hours)
    shop.gateway.pay(shop.gateway.link_of(opened.attempt.id))
    await shop.poll_after(10)
    return opened


async def gift_of(shop: Shop[FakeGateway], opened: OpenedOrder) -> Gift:
    async with shop.database.read() as tx:
        gift = await rows.of_order(tx, opened.order.id)
    assert gift is not None
    return gift


async def claimed(shop: Shop[FakeGateway], gifts: Gifts, typed: str, user: int) -> Order:
    return await shop.database.write(lambda tx: gifts.claim(tx, typed, user, f"telegram:{user}"))


async def refund(shop: Shop[FakeGateway], payment_id: str = "pay_1") -> None:
    await shop.database.write(
        lambda tx: shop.payments.refunds.request(tx, payment_id, "sorry", "telegram:9")
    )


async def owners(shop: Shop[FakeGateway], opened: OpenedOrder) -> list[int]:
    async with shop.database.read() as tx:
        return [hour.user_id for hour in await hour_rows.of_order(tx, opened.order.id)]


async def test_a_paid_gift_has_no_hours_until_somebody_enters_its_code(
    shop: Shop[FakeGateway], gifts: Gifts, ravi: int
) -> None:
    opened = await bought(shop, 2)
    assert await shop.status(opened) == "paid"
    assert await owners(shop, opened) == []

    await claimed(shop, gifts, gifts.code(await gift_of(shop, opened)), ravi)

    assert await owners(shop, opened) == [ravi, ravi]


async def test_a_code_entered_again_gives_nothing_more(
    shop: Shop[FakeGateway], gifts: Gifts, ravi: int
) -> None:
    opened = await bought(shop)
    code = gifts.code(await gift_of(shop, opened))
    first = await claimed(shop, gifts, code, ravi)
    again = await claimed(shop, gifts, f" {code.lower().replace('-', ' ')} ", ravi)

    assert first.id == again.id
    assert await owners(shop, opened) == [ravi]
    with pytest.raises(GiftRefusedError) as refused:
        await claimed(shop, gifts, code, shop.user)
    assert refused.value.why == "claimed"


async def test_ones_own_gift_can_be_opened(shop: Shop[FakeGateway], gifts: Gifts) -> None:
    opened = await bought(shop)
    await claimed(shop, gifts, gifts.code(await gift_of(shop, opened)), shop.user)

    assert await owners(shop, opened) == [shop.user]


async def test_neither_a_guess_nor_the_database_alone_opens_anything(
    shop: Shop[FakeGateway], gifts: Gifts, ravi: int, hours: Hours, clock: FakeClock
) -> None:
    gift = await gift_of(shop, await bought(shop))
    forged = Gifts(b"another key", hours, clock).code(gift)
    stranger = gifts.code(replace(gift, reference="0" * 9))
    for typed in (gift.reference, forged, stranger, "", "नमस्ते", "x" * 40):
        with pytest.raises(UnknownGiftError):
            await claimed(shop, gifts, typed, ravi)


async def test_letters_that_look_like_figures_are_read_as_such(
    shop: Shop[FakeGateway], gifts: Gifts, ravi: int
) -> None:
    opened = await bought(shop)
    code = gifts.code(await gift_of(shop, opened))

    await claimed(shop, gifts, code.replace("0", "O").replace("1", "l"), ravi)

    assert await owners(shop, opened) == [ravi]


async def test_a_gift_that_was_not_paid_is_none(
    shop: Shop[FakeGateway], gifts: Gifts, ravi: int
) -> None:
    opened = await ordered(shop)
    with pytest.raises(UnknownGiftError):
        await claimed(shop, gifts, gifts.code(await gift_of(shop, opened)), ravi)


async def test_a_gift_and_an_hour_for_oneself_are_two_orders(shop: Shop[FakeGateway]) -> None:
    own = await shop.opened("flash")
    gift = await ordered(shop)

    assert gift.order.id != own.order.id
    assert await shop.status(own) == "cancelled"
    assert (await ordered(shop)).order.id == gift.order.id
    assert (await shop.order("flash")).order.id != gift.order.id


async def test_an_unclaimed_gift_goes_back_and_its_code_opens_nothing(
    shop: Shop[FakeGateway], gifts: Gifts, ravi: int
) -> None:
    opened = await bought(shop, 2)
    code = gifts.code(await gift_of(shop, opened))
    await refund(shop)
    with pytest.raises(GiftRefusedError) as refused:
        await claimed(shop, gifts, code, ravi)
    assert refused.value.why == "refunded"

    await shop.work.run()

    assert await shop.status(opened) == "refunded"
    with pytest.raises(GiftRefusedError):
        await claimed(shop, gifts, code, ravi)
    account = deferred_account(opened.order.id)
    async with shop.database.read() as tx:
        held = await balances(tx, account, REVENUE)
    assert (held[account].posted, held[REVENUE].posted) == (0, 20_000)


async def test_a_gift_whose_refund_failed_can_be_opened_and_is_earned_once(
    shop: Shop[FakeGateway], gifts: Gifts, ravi: int, hours: Hours
) -> None:
    opened = await bought(shop)
    code = gifts.code(await gift_of(shop, opened))
    shop.gateway.refunding = "pending"
    await refund(shop)
    await shop.work.run()
    assert await shop.status(opened) == "refunded"
    (refund_id,) = shop.gateway.refunds
    shop.gateway.settle_refund(refund_id, "failed")
    await shop.payments.refunds.send(refund_id)
    await shop.work.run()
    assert await shop.status(opened) == "paid"

    await claimed(shop, gifts, code, ravi)
    await shop.database.write(lambda tx: hours.start(tx, ravi))

    async with shop.database.read() as tx:
        held = await balances(tx, REVENUE)
    assert held[REVENUE].posted == 10_000


async def test_a_claimed_gift_that_goes_back_takes_the_hours_that_did_not_begin(
    shop: Shop[FakeGateway], gifts: Gifts, ravi: int, hours: Hours
) -> None:
    opened = await bought(shop, 2)
    await claimed(shop, gifts, gifts.code(await gift_of(shop, opened)), ravi)
    await shop.database.write(lambda tx: hours.start(tx, ravi))
    await refund(shop)
    await shop.work.run()

    live = await shop.database.write(lambda tx: hours.live(tx, ravi))
    assert [hour.status for hour in live] == ["active"]


async def test_what_nobody_claims_in_time_becomes_the_givers_own(
    shop: Shop[FakeGateway], gifts: Gifts, ravi: int
) -> None:
    opened = await bought(shop)
    code = gifts.code(await gift_of(shop, opened))
    assert await shop.database.write(gifts.bring_home) == []
    shop.clock.pass_(90 * DAY_S)
    with pytest.raises(GiftRefusedError) as refused:
        await claimed(shop, gifts, code, ravi)
    assert refused.value.why == "over"

    assert await shop.database.write(gifts.bring_home) == [opened.order.id]
    assert await shop.database.write(gifts.bring_home) == []

    assert await owners(shop, opened) == [shop.user]
    assert (await gift_of(shop, opened)).account == ""


async def test_held_money_that_is_honoured_makes_a_gift_too(
    shop: Shop[FakeGateway], gifts: Gifts, ravi: int
) -> None:
    opened = await ordered(shop)
    link = shop.gateway.link_of(opened.attempt.id)
    shop.clock.pass_(2 * 3600)
    shop.gateway.pay(link)
    await shop.payments.check(opened.attempt.id)
    assert await shop.status(opened) == "review"

    async def honour(tx: Transaction) -> None:
        await shop.payments.settlement.honour(tx, "pay_1", "telegram:9")

    await shop.database.write(honour)
    await claimed(shop, gifts, gifts.code(await gift_of(shop, opened)), ravi)

    assert await owners(shop, opened) == [ravi]
