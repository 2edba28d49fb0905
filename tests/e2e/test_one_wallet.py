"""Buy on one platform, draw on the other."""

import re

import pytest

from sandbox.client import Person
from sandbox.discord.client import DiscordPerson
from tests.e2e.world import buy, buy_on_discord

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


def code_in(words: str) -> str:
    found = re.search(r"/link (\w{5}-\w{5})", words)
    assert found
    return found[1]


async def test_bought_on_telegram_drawn_on_discord(newcomer: Person, guest: DiscordPerson) -> None:
    await buy(newcomer)
    await newcomer.say("/link")
    offer = await newcomer.wait("/link ")

    await guest.slash("/link", code=code_in(offer.text))
    question = await guest.wait("one wallet")
    assert question.ephemeral
    assert "1 × Flash Lite" in question.text
    assert "no hour yet" in question.text
    await guest.press(question, "Yes, make it one wallet")
    linked = await guest.wait("One wallet ✓")
    assert linked.id == question.id
    assert linked.ephemeral

    await guest.slash("/image", prompt="a boat")
    result = await guest.wait(lambda message: message.photo is not None)
    assert "2 of 3 left" in result.text
    await newcomer.say("/image a fox")
    await newcomer.wait(lambda message: message.media is not None)
    await guest.slash("/session")
    assert "2 / 3 pictures" in (await guest.wait("pictures")).text


async def test_bought_on_discord_drawn_on_telegram_and_separated_again(
    newcomer: Person, guest: DiscordPerson
) -> None:
    await guest.slash("/link")
    offer = await guest.wait("/link ")
    assert offer.ephemeral
    await newcomer.say(f"/link {code_in(offer.text)}")
    question = await newcomer.wait("one wallet")
    await newcomer.press(question, "Yes, make it one wallet")
    linked = await newcomer.wait("One wallet ✓")
    assert linked.id == question.id

    await buy_on_discord(guest)
    await newcomer.say("/image a fox")
    await newcomer.wait(lambda message: message.media is not None)

    await newcomer.say("/unlink")
    await newcomer.press(await newcomer.wait("stay with"), "Yes, separate this app")
    await newcomer.wait("wallet of its own now")
    await newcomer.say("/session")
    await newcomer.wait("no hour yet")
    await guest.slash("/session")
    assert "1 / 3 pictures" in (await guest.wait("pictures")).text


async def test_a_link_opens_the_other_app_with_the_code(
    newcomer: Person, guest: DiscordPerson
) -> None:
    await guest.slash("/link")
    url = (await guest.wait("/link ")).button("Open the other app").url
    assert url is not None
    assert url.startswith("https://t.me/")

    await newcomer.say(f"/start {url.partition('start=')[2]}")
    await newcomer.press(await newcomer.wait("one wallet"), "Yes, make it one wallet")
    await newcomer.wait("One wallet ✓")


async def test_a_group_never_sees_a_code(newcomer: Person) -> None:
    in_group = newcomer.sandbox.person("asha", "friends")
    at_home = newcomer.sandbox.person("asha")
    await at_home.say("/start")
    await at_home.wait("Welcome")

    await in_group.say("/link")

    assert code_in((await at_home.wait("/link ")).text)
    assert not any("One wallet" in message.text for message in await in_group.messages())
