import re

import pytest

from handlers.gifts import bring_home
from tests.doubles.hub import ASHA_ELSEWHERE, OPERATOR, RAVI, Hub, labels, presses, said
from tests.doubles.rows import a_coupon

DAY_S = 24 * 3600


async def paid(hub: Hub, arguments: str = "flash --gift") -> str:
    """Asha pays a gift; its code."""
    assert await hub.call("buy", arguments) is None
    await hub.work.run()
    assert "A gift: as soon as it is paid" in said(hub.card().reply)
    check = presses(hub.card().reply)[1]
    assert check is not None
    hub.gateway.pay(list(hub.gateway.links.values())[-1])
    await hub.press(check)
    await hub.work.run()
    found = re.search("/claim (\\S+)", said(hub.card().reply))
    assert found is not None
    return found[1]


async def test_a_paid_gift_shows_its_code_and_a_link_and_no_hour(hub: Hub) -> None:
    code = await paid(hub)

    words = said(hub.card().reply)
    assert "Paid ✓ Flash · 1 hour · ₹100" in words
    assert "pay_1" in words
    assert re.fullmatch("[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}", code)
    assert f"https://chat.example/hub?start=g_{code}" in words
    assert "Until 15-04-2027" in words
    assert labels(hub.card().reply) == ["Receipt"]
    assert (await hub.wallet()).unstarted == ()


@pytest.mark.parametrize("taker", [RAVI, ASHA_ELSEWHERE])
async def test_the_code_opens_the_hour_on_either_platform_and_the_giver_is_told(
    hub: Hub, taker: str
) -> None:
    code = await paid(hub)
    before = len(hub.chat.messages)

    reply = await hub.call("claim", code.lower(), taker)
    await hub.work.run()

    assert reply is not None
    assert reply.private
    assert "A gift for you ✓ Flash · 1 hour" in said(reply)
    (hour,) = (await hub.wallet(taker)).unstarted
    assert presses(reply)[0] == f"v1:start:{hour.id}"
    assert len(hub.chat.messages) == before + 1, "an edit notifies nobody"
    for shown in hub.chat.messages.values():
        assert "Claimed ✓ Your gift was opened on 15-01-2027" in said(shown.reply)
        assert code not in said(shown.reply)
    looked = said(await hub.call("admin", f"order {hour.order_id}", OPERATOR))
    assert f"gift · {'' if ':' in taker else 'telegram:'}{taker}" in looked
    await hub.press(f"v1:start:{hour.id}", taker)
    assert (await hub.wallet(taker)).running is not None
    assert (await hub.wallet()).running is None


async def test_a_link_opens_it_too(hub: Hub) -> None:
    code = await paid(hub)

    assert "A gift for you ✓" in said(await hub.call("start", f"g_{code}", RAVI))


async def test_it_is_opened_once_however_often_the_word_comes(hub: Hub) -> None:
    code = await paid(hub)
    for _ in range(2):
        assert "A gift for you ✓" in said(await hub.call("claim", code, RAVI, event="same"))
    await hub.work.run()

    assert len((await hub.wallet(RAVI)).unstarted) == 1
    refused = await hub.call("claim", code)
    assert "claimed before" in said(refused)
    assert "Nothing was charged" in said(refused)


async def test_who_has_an_hour_running_keeps_the_gift_for_later(hub: Hub) -> None:
    code = await paid(hub)
    await hub.press(f"v1:start:{await hub.grant('pro', user=RAVI)}", RAVI)

    reply = await hub.call("claim", code, RAVI)

    assert "kept for you" in said(reply)
    assert presses(reply) == ["v1:session:"]


async def test_the_giver_can_open_it_and_can_look_for_it_again(hub: Hub) -> None:
    assert "opens it" in said(await hub.call("claim"))
    code = await paid(hub)
    listed = said(await hub.call("claim"))
    assert code in listed
    assert "Your gift: Flash · 1 hour" in listed
    assert code not in said(await hub.call("claim", user=RAVI))

    assert "A gift for you ✓" in said(await hub.call("claim", code))

    assert len((await hub.wallet()).unstarted) == 1
    assert code not in said(await hub.call("claim"))


async def test_a_wrong_code_opens_nothing_and_counts(hub: Hub) -> None:
    await paid(hub)
    for _ in range(5):
        assert "I know no gift" in said(await hub.call("claim", "7K2M9-QX4P1-8ZD3W", RAVI))

    assert "Too many wrong codes" in said(await hub.call("claim", "7K2M9-QX4P1-8ZD3W", RAVI))


async def test_an_unclaimed_gift_is_refunded_by_the_usual_way(hub: Hub) -> None:
    code = await paid(hub)
    asked = await hub.call("admin", 'refund pay_1 "changed their mind"', OPERATOR)
    confirm = presses(asked)[0]
    assert confirm is not None
    await hub.press(confirm, OPERATOR)
    await hub.work.run()

    assert "Refunded" in said(hub.card().reply)
    assert "taken back" in said(await hub.call("claim", code, RAVI))


async def test_what_nobody_claims_comes_home_with_a_message(hub: Hub) -> None:
    await paid(hub)
    hub.clock.pass_(90 * DAY_S)
    await bring_home(hub.services)
    await hub.work.run()

    assert "Nobody claimed this gift in time" in said(hub.card().reply)
    (hour,) = (await hub.wallet()).unstarted
    assert presses(hub.card().reply)[0] == f"v1:start:{hour.id}"


async def test_with_a_coupon_it_costs_less(hub: Hub) -> None:
    await hub.services.database.write(a_coupon)
    await paid(hub, "flash --coupon DIWALI --gift")

    assert "₹80" in said(hub.card().reply)
