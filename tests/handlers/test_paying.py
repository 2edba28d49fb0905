from dataclasses import replace

import pytest

from billing.errors import AuthFailedError
from billing.guarded import Guarded
from engine.breaker import Breaker
from handlers.routes import build_router
from tests.doubles.hub import ASHA_ELSEWHERE, Hub, labels, presses, said
from tests.doubles.starred import with_stars


async def test_where_stars_are_all_there_is_no_word_of_rupees(hub: Hub) -> None:
    till = with_stars(hub, only=True)
    shown = await hub.call("buy", "--hours 2")
    assert labels(shown)[:2] == ["Flash · ⭐ 150", "Pro · ⭐ 300"]
    assert "₹" not in said(shown)
    press = presses(shown)[0]
    assert press is not None

    assert await hub.press(press, message="77") is None
    await hub.work.run()

    assert labels(hub.chat.messages["77"].reply) == ["Pay ⭐ 150", "Cancel"]
    assert len(till.invoices) == 1
    assert hub.gateway.links == {}
    assert "not sold for Stars" in said(await hub.call("buy", "flash-lite"))


async def test_elsewhere_rupees_stay_as_they_are(hub: Hub) -> None:
    with_stars(hub, only=True)

    assert "Flash Lite · ₹50" in labels(await hub.call("buy", user=ASHA_ELSEWHERE))


async def test_without_razorpay_stars_are_sold_where_they_are_and_nothing_elsewhere(
    hub: Hub,
) -> None:
    with_stars(hub, sells_for_rupees=False)

    assert "Flash · ⭐ 75" in labels(await hub.call("buy"))
    assert "switched off" in said(await hub.call("buy", user=ASHA_ELSEWHERE))


async def test_while_razorpay_rests_stars_are_offered(hub: Hub) -> None:
    with_stars(hub)
    resting = Guarded(hub.gateway, Breaker(failures_max=1), hub.clock)
    hub.services = replace(hub.services, gateway=resting)
    hub.router = build_router(hub.services)
    hub.gateway.fail_before = [AuthFailedError("keys")]
    with pytest.raises(AuthFailedError):
        await resting.fetch_link("plink_1")

    assert "Flash · ⭐ 75" in labels(await hub.call("buy"))
    assert "₹" not in said(await hub.call("buy", user=ASHA_ELSEWHERE))
