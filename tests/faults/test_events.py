"""What can happen to webhooks on their way."""

import asyncio
import gzip
from itertools import permutations

import aiohttp
import pytest

from billing.gateway import LinkRequest, ObservedLink
from billing.invariants import READ_WITHIN_S, check
from billing.razorpay_wire import NOTE
from sandbox.razorpay.keys import KEY_ID, KEY_SECRET
from tests.doubles.hub import RAVI
from tests.doubles.till import WEBHOOK, Till
from tests.faults.conftest import OLD_SECRET
from web.app import BODY_BYTES_MAX

DAY_S = 24 * 3600
FOUR = ("payment.authorized", "payment.captured", "order.paid", "payment_link.paid")


@pytest.mark.fault("F01")
async def test_an_event_that_comes_five_times_is_kept_once(till: Till) -> None:
    bought = await till.buy()
    await till.pay(bought)
    (event,) = await till.events("payment_link.paid")
    assert await till.deliver(*[event] * 5) == [200] * 5
    await till.hub.work.run()

    assert await till.inbox() == ["done"]
    assert await till.outcome(bought) == ("paid", 1)


@pytest.mark.fault("F02")
async def test_an_event_that_comes_twenty_times_at_once_is_kept_once(till: Till) -> None:
    bought = await till.buy()
    await till.pay(bought)
    (event,) = await till.events("payment_link.paid")
    answers = await asyncio.gather(*[till.deliver(event) for _ in range(20)])
    await till.hub.work.run()

    assert answers == [[200]] * 20
    assert await till.inbox() == ["done"]
    assert await till.outcome(bought) == ("paid", 1)


@pytest.mark.fault("F03")
async def test_the_four_events_of_a_payment_may_come_in_any_order(till: Till) -> None:
    for number, order in enumerate(list(permutations(FOUR))[::3]):
        bought = await till.buy(user=str(100 + number))
        before = set(await till.events())
        await till.pay(bought)
        for name in order:
            (event,) = set(await till.events(name)) - before
            assert await till.deliver(event) == [200]
            await till.hub.work.run()
        assert await till.outcome(bought) == ("paid", 1), order
    assert set(await till.inbox()) == {"done"}


@pytest.mark.fault("F04", "F46")
async def test_an_event_of_long_ago_signed_with_the_secret_of_then_changes_nothing(
    till: Till,
) -> None:
    bought = await till.buy()
    await till.pay(bought)
    await till.deliver_all()
    till.hub.clock.pass_(15 * DAY_S)
    (event,) = await till.events("payment_link.paid")

    assert await till.deliver(event, secret=OLD_SECRET) == [200]
    assert await till.deliver(event, secret="one-that-never-was") == [400]
    await till.hub.work.run()
    assert await till.outcome(bought) == ("paid", 1)


@pytest.mark.fault("F05")
async def test_a_captured_event_sent_again_under_a_new_id_buys_nothing_more(till: Till) -> None:
    bought = await till.buy()
    await till.pay(bought)
    await till.deliver_all()
    (event,) = await till.events("payment_link.paid")
    for number in range(3):
        assert await till.deliver(event, event_id=f"invented{number}") == [200]
    await till.hub.work.run()

    assert await till.outcome(bought) == ("paid", 1)


@pytest.mark.fault("F06", "F07")
@pytest.mark.parametrize(
    "how",
    [
        {"forgery": "wrong"},
        {"forgery": "none"},
        {"forgery": "truncated"},
        {"forgery": "uppercase"},
        {"corrupt": True},
    ],
    ids=["wrong", "none", "truncated", "uppercase", "another amount"],
)
async def test_an_event_that_is_not_as_it_was_signed_is_refused_unread(
    till: Till, how: dict[str, object]
) -> None:
    bought = await till.buy()
    await till.pay(bought)

    assert set(await till.deliver(*await till.events(), **how)) == {400}
    assert await till.inbox() == []
    assert till.hub.work.waiting == []
    await till.wait(10)
    assert await till.outcome(bought) == ("paid", 1), "asking finds it all the same"


@pytest.mark.fault("F10")
async def test_what_is_sold_elsewhere_on_the_same_account_is_not_ours(till: Till) -> None:
    other = LinkRequest("mugs_1", 10_000, "INR", "a mug", till.hub.clock() + 1200, {}, None)
    link = await till.gateway.create_link(other)
    await till.emulator.pay(link.url)
    bought = await till.buy()
    await till.deliver_all()

    assert set(await till.inbox()) == {"orphan"}
    assert await till.outcome(bought) == ("open", 0)


@pytest.mark.fault("F10")
@pytest.mark.parametrize("names_our_order", [False, True])
async def test_what_is_paid_by_a_code_at_the_counter_gives_no_hours(
    till: Till, names_our_order: bool
) -> None:
    bought = await till.buy()
    (price,) = [link["amount"] for link in (await till.emulator.look("state"))["links"]]
    code = {
        "type": "upi_qr",
        "usage": "single_use",
        "fixed_amount": True,
        "payment_amount": price,
        "notes": {NOTE: bought.attempt} if names_our_order else {},
    }
    url = f"{till.emulator.origin}/v1/payments/qr_codes"
    keys = {"Authorization": aiohttp.encode_basic_auth(KEY_ID, KEY_SECRET)}
    async with till.emulator.http.post(url, json=code, headers=keys) as made:
        qr = await made.json()
    paid = await till.emulator.emu(f"qr_codes/{qr['id']}/pay")
    await till.deliver_all()
    states = dict(zip(await till.events(), await till.inbox(), strict=True))
    await till.payments.sweeps.sweep(str(till.hub.clock() - DAY_S))
    await till.wait(3600)

    (credited,) = await till.events("qr_code.credited")
    assert states[credited] == "ignored"
    assert await till.payment(paid["id"]) is None
    assert await till.suspense() == 0
    assert (await till.outcome(bought))[1] == 0


@pytest.mark.fault("F20")
async def test_an_event_may_come_before_we_know_the_link_that_it_is_about(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = till.gateway.create_link

    async def slowly(request: LinkRequest) -> ObservedLink:
        link = await create(request)
        await till.emulator.pay(link.url)
        for event in await till.events():
            assert await till.deliver(event) == [200]
            await till.payments.settle_event(str(len(await till.inbox())))
        return link

    order = await till.order()
    monkeypatch.setattr(till.gateway, "create_link", slowly)
    await till.hub.work.run()
    await till.wait(10)

    assert await till.outcome(await till.bought(order)) == ("paid", 1)


@pytest.mark.fault("F41")
async def test_an_event_that_breaks_us_holds_up_nobody_and_is_reported(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, bought = await till.buy(), await till.buy(user=RAVI)
    await till.pay(poisoned)
    (bad,) = await till.events("payment_link.paid")
    await till.deliver(bad)
    with monkeypatch.context() as broken:
        broken.setattr("billing.payments.parse", lambda _raw: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await till.hub.work.run()
    await till.pay(bought)
    await till.deliver(*[e for e in await till.events("payment_link.paid") if e != bad])
    await till.hub.work.run()

    assert await till.inbox() == ["new", "done"]
    assert await till.outcome(bought) == ("paid", 1)
    await till.wait(READ_WITHIN_S + 1)
    assert await till.outcome(poisoned) == ("paid", 1), "asking finds it all the same"
    async with till.hub.services.database.read() as tx:
        (breach,) = await check(tx, till.hub.clock())
    assert breach.invariant == "every_webhook_is_read"
    await till.payments.settle_event("1")


@pytest.mark.fault("F43")
async def test_a_body_that_unpacks_to_more_than_memory_is_not_unpacked(till: Till) -> None:
    bomb = gzip.compress(b"0" * 20 * BODY_BYTES_MAX)
    assert len(bomb) < BODY_BYTES_MAX
    answer = await till.bot.post(WEBHOOK, bomb, {"Content-Encoding": "gzip"})

    assert answer.status in {400, 413}
    assert await till.inbox() == []


@pytest.mark.fault("F47")
async def test_an_event_of_another_account_is_refused_by_its_secret(till: Till) -> None:
    bought = await till.buy()
    await till.pay(bought)
    (event,) = await till.events("payment_link.paid")

    assert await till.deliver(event, secret="the-test-modes-secret") == [400]
    assert await till.inbox() == []
    await till.wait(10)
