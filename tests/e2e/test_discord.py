"""The whole product on Discord, through the real library: what works there as it does elsewhere."""

import asyncio
import io
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from sandbox.app import Sandbox, serve
from sandbox.client import NothingCame, SandboxClient
from sandbox.discord.client import DiscordPerson, ready
from sandbox.discord.seen import SeenMessage
from tests.e2e.conftest import free_port
from tests.e2e.world import Hub, buy_on_discord, on_discord, pay, send_webhooks_to, started

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

Town = tuple[Sandbox, Hub]


def has_picture(message: SeenMessage) -> bool:
    return message.photo is not None


async def picture(person: DiscordPerson, prompt: str) -> SeenMessage:
    await person.slash("/image", prompt=prompt)
    return await person.wait(has_picture)


async def test_a_newcomer_buys_an_hour_and_draws(guest: DiscordPerson) -> None:
    await guest.slash("/start")
    welcome = await guest.wait("Welcome")
    await guest.press(welcome, "See plans")
    plans = await guest.wait("₹")
    assert plans.ephemeral, "nobody buys in front of others"
    assert [button.split(" · ")[1] for button in plans.buttons[:3]] == ["₹50", "₹100", "₹200"]
    assert plans.buttons[-1] == "For somebody else"

    await guest.press(plans, "Flash Lite")
    order = await guest.wait("Pay by UPI")
    assert order.id == plans.id, "the order takes the place of the list"
    await pay(order)
    paid = await guest.wait("Paid ✓")
    assert paid.id == order.id

    await guest.press(paid, "Start my hour")
    assert (await guest.wait("is running")).ephemeral
    result = await picture(guest, "a red balloon over the sea")
    assert result.photo is not None
    assert Image.open(io.BytesIO(result.photo)).size == (64, 64)
    assert result.files[0].description == "a red balloon over the sea"
    assert "1 picture taken · 2 of 3 left" in result.text
    assert not result.ephemeral, "pictures are shown where they were asked for"

    await guest.slash("/session")
    session = await guest.wait("1 / 3 pictures")
    assert session.ephemeral
    assert await guest.sandbox.faults() == []


async def test_one_message_grows_from_the_queue_to_the_picture(guest: DiscordPerson) -> None:
    await buy_on_discord(guest)

    await guest.slash("/image", prompt="a boat", shape="large", steps=50)
    queued = await guest.wait("Queued")
    running = await guest.wait("%", patience=60)
    result = await guest.wait(has_picture, patience=60)

    assert queued.id == running.id == result.id
    assert "Cancel" in running.buttons
    assert "Cancel" not in result.buttons


async def test_spent_credits_answer_with_the_limit_and_an_upgrade(guest: DiscordPerson) -> None:
    await buy_on_discord(guest)
    for number in range(3):
        await picture(guest, f"picture {number}")

    await guest.slash("/image", prompt="one too many")
    refusal = await guest.wait("All 3 pictures")

    assert refusal.ephemeral, "what somebody has used concerns nobody else"
    assert "Nothing was charged" in refusal.text
    assert any(button.startswith("Upgrade to Flash") for button in refusal.buttons)


async def test_every_button_under_a_picture_works(guest: DiscordPerson) -> None:
    await buy_on_discord(guest)
    first = await picture(guest, "a boat")

    await guest.press(first, "Again")
    second = await guest.wait(has_picture)
    await guest.press(first, "Original file")
    file = await guest.wait(lambda m: has_picture(m) and m.id != second.id)
    await guest.press(first, "Details")
    details = await guest.wait("sampler")
    await guest.press(first, "My hour")
    session = await guest.wait("2 / 3 pictures")

    assert second.id != first.id
    assert file.photo is not None
    assert Image.open(io.BytesIO(file.photo)).format == "PNG"
    assert details.ephemeral
    assert session.ephemeral


async def test_a_picture_is_drawn_again_in_other_words_by_form_and_by_menu(
    guest: DiscordPerson,
) -> None:
    await buy_on_discord(guest)
    await guest.slash("/image", prompt="a boat", seed=7)
    first = await guest.wait(has_picture)

    await guest.press(first, "Edit prompt")
    form = await guest.wait_modal()
    assert form.fields == {"words": "a boat"}
    await guest.submit(form, words="a boat at night")
    second = await guest.wait(has_picture)
    await guest.use_menu(first, "Edit image")
    await guest.submit(await guest.wait_modal(), words="a boat at noon")
    third = await guest.wait(has_picture)

    assert len({first.id, second.id, third.id}) == 3
    assert "a boat at night" in second.text
    assert "a boat at noon" in third.text
    assert "seed 7" in third.text
    await guest.use_menu(third, "Variations")
    assert "All 3 pictures" in (await guest.wait("Nothing was charged")).text
    assert await guest.sandbox.faults() == []


async def test_a_template_s_blank_is_filled_in_by_a_form(guest: DiscordPerson) -> None:
    await buy_on_discord(guest)
    await guest.slash("/templates")
    await guest.press(await guest.wait("belongs in the blank"), "postcard")
    await guest.submit(await guest.wait_modal(), words="the sea")

    assert "a beautiful sunset over the sea" in (await guest.wait(has_picture)).text
    assert await guest.sandbox.faults() == []


async def test_a_menu_on_a_message_of_people_says_what_it_is_for(guest: DiscordPerson) -> None:
    await guest.say("look")
    [*_, words] = await guest.messages()
    for item in ("Variations", "Edit image"):
        await guest.use_menu(words, item)
        refusal = await guest.wait("pictures that I drew")
        assert refusal.ephemeral


async def test_several_pictures_come_in_one_message(guest: DiscordPerson) -> None:
    await buy_on_discord(guest)
    await guest.slash("/image", prompt="a boat", count=2, seed=7)
    album = await guest.wait(lambda message: len(message.files) == 2)
    assert "2 pictures taken" in album.text

    await guest.press(album, "2")
    second = await guest.wait("seed 8")
    assert second.ephemeral
    assert second.photo == album.files[1].content


async def test_a_picture_of_earlier_is_offered_while_typing_and_shown_again(
    guest: DiscordPerson,
) -> None:
    await buy_on_discord(guest)
    first = await picture(guest, "a boat at night")
    await picture(guest, "a fox")

    (offered,) = (await guest.complete("/pictures", "picture", "boat")).values()
    await guest.slash("/pictures", picture=str(offered))
    again = await guest.wait(has_picture)

    assert again.photo == first.photo
    assert again.ephemeral
    assert "Nothing is charged" in again.text


@pytest.mark.parametrize("channel", ["dm", "lounge"])
async def test_the_bots_own_chat_and_servers_without_it_do_as_well(
    guest: DiscordPerson, channel: str
) -> None:
    there = guest.elsewhere(channel)
    await buy_on_discord(there)

    result = await picture(there, "a boat")

    assert "2 of 3 left" in result.text


async def test_nobody_presses_anothers_buttons(town: Town, guest: DiscordPerson) -> None:
    await buy_on_discord(guest)
    result = await picture(guest, "a boat")
    async with SandboxClient(town[0].url) as client:
        stranger = DiscordPerson(client, "meera", "general")

        await stranger.press(result, "Again")
        refusal = await stranger.wait("somebody else")

    assert refusal.ephemeral
    assert "Nothing was charged" in refusal.text


async def test_where_pictures_may_not_be_shown_none_is_begun_or_charged(
    guest: DiscordPerson,
) -> None:
    await buy_on_discord(guest)
    there = guest.elsewhere("words-only")

    await there.slash("/image", prompt="a boat")
    refusal = await there.wait("may not show pictures")

    assert refusal.ephemeral
    await guest.slash("/session")
    assert "Not started yet: 1 × Flash Lite" in (await guest.wait("Flash Lite")).text


async def test_a_picture_that_nobody_could_be_shown_comes_with_the_next_command(
    guest: DiscordPerson,
) -> None:
    await buy_on_discord(guest)
    there = guest.elsewhere("lounge")
    await guest.sandbox.order("discord/settings", closed_dms=[guest.key])
    await there.slash("/image", prompt="a boat", shape="large", steps=50)
    await there.wait("%", patience=60)

    await guest.sandbox.advance(20 * 60)  # the interaction is over before the picture is there
    owed = None
    for _ in range(10):
        await guest.slash("/help")
        with suppress(NothingCame):  # it is still being drawn
            owed = await guest.wait(has_picture, patience=10)
            break

    assert owed is not None
    assert owed.ephemeral
    assert "a boat" in owed.text
    await guest.sandbox.order("discord/settings", closed_dms=[])


@pytest.mark.parametrize("prompt", ["**bold** @everyone <@1> `x`", "एक लाल गुब्बारा 🎈", "a\nb"])
async def test_any_prompt_comes_back_as_it_was_written(guest: DiscordPerson, prompt: str) -> None:
    await buy_on_discord(guest)

    result = await picture(guest, prompt)

    assert result.files[0].description == prompt
    assert set(result.mentions) <= {guest.key}


async def test_an_interaction_that_comes_twice_is_charged_once(guest: DiscordPerson) -> None:
    await buy_on_discord(guest)
    await picture(guest, "a boat")

    await guest.sandbox.order("discord/redeliver", count=1)
    await asyncio.sleep(1)

    await guest.slash("/session")
    assert "1 / 3 pictures" in (await guest.wait("pictures")).text


async def test_buttons_from_before_a_crash_work_and_a_picture_is_drawn_once(
    tmp_path: Path,
) -> None:
    async with (
        serve(limits="none") as world,
        started(tmp_path, world.url, free_port(), **on_discord(world.url)) as hub,
        SandboxClient(world.url) as client,
    ):
        await send_webhooks_to(hub, world.url)
        await ready(client)
        asha = DiscordPerson(client, "asha", "general")
        await asha.slash("/start")
        welcome = await asha.wait("Welcome")
        await buy_on_discord(asha)
        await asha.slash("/image", prompt="a boat", shape="portrait", steps=50)
        queued = await asha.wait("%", patience=60)

        await hub.kill()
        await hub.start()
        result = await asha.wait(has_picture, patience=60)
        await ready(client)
        await asha.press(welcome, "My hour")
        session = await asha.wait("pictures", patience=40)

    assert result.id == queued.id
    assert "1 / 3 pictures" in session.text
