"""The operator gives hours and sends money back, on both platforms."""

import re

import pytest

from sandbox.client import Person
from sandbox.discord.client import DiscordPerson
from tests.e2e.world import buy, buy_on_discord

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


def payment_in(words: str) -> str:
    found = re.search(r"pay_\w+", words)
    assert found
    return found[0]


async def test_on_telegram_money_goes_back_to_a_customer(newcomer: Person) -> None:
    paid = await buy(newcomer)
    meera = newcomer.sandbox.person("meera")
    await meera.say(f'/admin refund {payment_in(paid.text)} "the pictures were black"')
    question = await meera.wait("Send back")
    assert "₹50 of ₹50" in question.text

    await meera.press(question, "Yes, do it")

    done = await meera.wait("On its way")
    assert done.id == question.id
    assert not done.buttons
    await newcomer.wait("Refunded")


async def test_on_discord_hours_are_given_to_a_customer_of_telegram(newcomer: Person) -> None:
    await newcomer.say("/session")
    await newcomer.wait("no hour yet")
    meera = DiscordPerson(newcomer.sandbox, "meera", "dm-meera")
    tag = f"telegram:{newcomer.key.removeprefix('newcomer')}"
    await meera.slash("/admin", action="grant", target=tag, details='flash 2 "a long night"')
    question = await meera.wait("Flash · 2 hours")

    await meera.press(question, "Yes, do it")

    await meera.wait("Given ✓")
    await newcomer.wait("A gift from the operator ✓ Flash · 2 hours")


async def test_others_know_nothing_of_it(newcomer: Person, guest: DiscordPerson) -> None:
    await newcomer.say("/admin invariants")
    await newcomer.wait("I do not know /admin")
    assert "admin" not in {command.name for command in await guest.commands()}


async def test_after_all_that_happened_the_books_are_sound(
    newcomer: Person, guest: DiscordPerson
) -> None:
    await buy_on_discord(guest)
    meera = newcomer.sandbox.person("meera")

    await meera.say("/admin invariants")

    await meera.wait("The books are sound ✓")
