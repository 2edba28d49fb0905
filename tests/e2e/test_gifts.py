"""A gift that is paid on one platform and opened on the other."""

import re

import pytest

from sandbox.client import Person
from sandbox.discord.client import DiscordPerson
from tests.e2e.world import pay

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_gift_of_telegram_is_opened_on_discord(
    newcomer: Person, guest: DiscordPerson
) -> None:
    await newcomer.say("/buy")
    await newcomer.press(await newcomer.wait("Flash Lite"), "For somebody else")
    await newcomer.press(await newcomer.wait("Whoever enters it"), "Flash Lite")
    order = await newcomer.wait("Pay by UPI")
    assert "A gift" in order.text
    await pay(order)
    paid = await newcomer.wait("Not claimed yet")
    code = re.search(r"/claim ([0-9A-Z-]+)", paid.text)
    assert code is not None

    await guest.slash("/claim", code=code[1])
    opened = await guest.wait("A gift for you")
    await newcomer.wait("Claimed ✓")
    await guest.press(opened, "Start my hour")

    await guest.wait("Flash Lite")
    await newcomer.say(f"/claim {code[1]}")
    await newcomer.wait("claimed before")
