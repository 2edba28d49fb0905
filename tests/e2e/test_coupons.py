"""A coupon from the admin's word to the paid order, on both platforms."""

import re

import pytest

from sandbox.client import Person
from sandbox.discord.client import DiscordPerson
from tests.e2e.world import pay

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def made(newcomer: Person, terms: str = "20%") -> str:
    """Meera makes a coupon for this person's test alone; its code."""
    code = f"C{re.sub('[^0-9]', '', newcomer.key)}"
    meera = newcomer.sandbox.person("meera")
    await meera.say(f"/admin coupon {code} {terms}")
    question = await meera.wait(f"Make the coupon {code}")
    await meera.press(question, "Yes, do it")
    await meera.wait(f"/buy --coupon {code}")
    return code


async def test_on_telegram_a_coupon_in_the_form_makes_the_order_cheaper(newcomer: Person) -> None:
    code = await made(newcomer)
    await newcomer.say("/buy")
    await newcomer.press(await newcomer.wait("Flash Lite"), "I have a coupon")
    asked = await newcomer.wait("Write the coupon's code")
    await newcomer.say(code.lower(), reply_to=asked)
    plans = await newcomer.wait(f"{code}: 20% off")
    await newcomer.press(plans, "Flash · ₹80")
    order = await newcomer.wait("Pay by UPI")
    assert "₹20 off" in order.text

    await pay(order)

    await newcomer.wait("Paid ✓ Flash · 1 hour · ₹80")
    await newcomer.say(f"/buy flash --coupon {code}")
    await newcomer.wait("used this coupon before")


async def test_on_discord_a_coupon_works_in_the_window_and_in_the_command(
    newcomer: Person, guest: DiscordPerson
) -> None:
    code = await made(newcomer, "₹30 plans flash-lite")
    await guest.slash("/buy")
    await guest.press(await guest.wait("Flash Lite"), "I have a coupon")
    await guest.submit(await guest.wait_modal(), words=code)
    with_it = (await guest.wait("₹30 off")).buttons
    assert with_it[:3] == ["Flash Lite · ₹20", "Flash · ₹100", "Pro · ₹200"]

    await guest.slash("/buy", plan="flash-lite", coupon=code)
    await pay(await guest.wait("Pay by UPI"))

    assert "Flash Lite · 1 hour · ₹20" in (await guest.wait("Paid")).text
