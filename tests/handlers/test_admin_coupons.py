import pytest

from tests.doubles.hub import OPERATOR, OPERATOR_ELSEWHERE, RAVI, Hub, labels, presses, said
from tests.handlers.test_confirmations import asked, audited, refused


async def make(hub: Hub, arguments: str) -> str:
    confirm = await asked(hub, f"coupon {arguments}")
    return said(await hub.press(confirm, OPERATOR))


@pytest.mark.parametrize("admin", [OPERATOR, OPERATOR_ELSEWHERE])
async def test_a_coupon_is_made_after_a_confirmation_and_written_down(hub: Hub, admin: str) -> None:
    reply = await hub.call(
        "admin", "coupon diwali-26 20% uses 100 until 2027-01-31 plans flash,pro", admin
    )
    assert "20% off · for flash, pro · 100 uses in all · 1 each · until 31-01-2027 23:59" in said(
        reply
    )
    assert "I know no coupon" in said(await hub.call("buy", "--coupon DIWALI26", RAVI))
    confirm = presses(reply)[0]
    assert confirm is not None

    done = await hub.press(confirm, admin)

    assert "Made ✓ /buy --coupon DIWALI26" in said(done)
    assert "Flash · ₹80" in labels(await hub.call("buy", "--coupon DIWALI26", RAVI))
    (row,) = await audited(hub, "coupon")
    assert row["subject"] == "DIWALI26"
    assert "20%" in str(row["terms"])


async def test_rupees_can_be_taken_off_too(hub: Hub) -> None:
    await make(hub, "WELCOME ₹50 each 2")

    assert labels(await hub.call("buy", "--coupon welcome"))[1] == "Flash · ₹50"


async def test_pressing_twice_makes_one(hub: Hub) -> None:
    confirm = await asked(hub, "coupon DIWALI 20%")
    await hub.press(confirm, OPERATOR)

    assert "answered before" in said(await hub.press(confirm, OPERATOR))
    assert len(await audited(hub, "coupon")) == 1


async def test_the_same_code_is_not_made_again_however_it_was_asked_for(hub: Hub) -> None:
    earlier = await asked(hub, "coupon DIWALI 30%")
    await make(hub, "DIWALI 20%")

    assert "terms never change" in await refused(hub, "coupon DIWALI 30%")
    assert "terms never change" in said(await hub.press(earlier, OPERATOR))
    assert "Flash · ₹80" in labels(await hub.call("buy", "--coupon DIWALI", RAVI))


async def test_a_coupon_that_is_stopped_is_refused_and_orders_keep_their_price(hub: Hub) -> None:
    await make(hub, "DIWALI 20%")
    await hub.call("buy", "flash 1 DIWALI")
    await hub.work.run()
    confirm = await asked(hub, "coupon DIWALI stop")

    assert "Stopped ✓" in said(await hub.press(confirm, OPERATOR))

    assert "time is over" in said(await hub.call("buy", "--coupon DIWALI", RAVI))
    assert "Pay ₹80" in labels(hub.card().reply)
    assert len(await audited(hub, "stop coupon")) == 1
    again = await asked(hub, "coupon DIWALI stop")
    assert "Stopped ✓" in said(await hub.press(again, OPERATOR))
    assert len(await audited(hub, "stop coupon")) == 1


async def test_the_list_says_how_often_each_was_paid_with(hub: Hub) -> None:
    assert "nothing of that kind" in said(await hub.call("admin", "coupons", OPERATOR))
    await make(hub, "DIWALI 20% uses 5")
    await hub.call("buy", "flash 1 DIWALI", RAVI)
    await hub.work.run()
    hub.gateway.pay(next(iter(hub.gateway.links.values())))
    check = presses(hub.card().reply)[1]
    assert check is not None
    await hub.press(check, RAVI)
    await hub.work.run()

    listed = said(await hub.call("admin", "coupons", OPERATOR))

    assert "DIWALI · 20% off · for all plans · 5 uses in all · 1 each" in listed
    assert "1 order paid with it" in listed
    assert "· over" not in listed
    await hub.press(await asked(hub, "coupon DIWALI stop"), OPERATOR)
    assert "· over" in said(await hub.call("admin", "coupons", OPERATOR))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("coupon", "needs target"),
        ("coupon DIWALI", "needs off"),
        ("coupon DIWALI 100%", "20%, ₹50"),
        ("coupon DIWALI free", "20%, ₹50"),
        ("coupon DIWALI 0", "20%, ₹50"),
        ("coupon DIWALI 20% uses 0", "uses can be"),
        ("coupon DIWALI 20% each none", "each can be"),
        ("coupon DIWALI 20% until yesterday", "until can be"),
        ("coupon DIWALI 20% until 2020-01-01", "until can be"),
        ("coupon DIWALI 20% until 9999-12-31", "until can be"),
        ("coupon DIWALI 20% plans gold", "flash-lite, flash, pro"),
        ("coupon NO 20%", "3–20"),
        ("coupon HOLI stop", "I know nothing by the name"),
    ],
)
async def test_what_makes_no_sense_is_explained_and_makes_nothing(
    hub: Hub, arguments: str, complaint: str
) -> None:
    assert complaint in await refused(hub, arguments)
    assert await audited(hub, "coupon") == []


async def test_a_customer_makes_no_coupons(hub: Hub) -> None:
    assert "I do not know /admin" in said(await hub.call("admin", "coupon MINE 99%", RAVI))
