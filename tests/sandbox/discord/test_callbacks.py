import asyncio

import discord
import pytest

from sandbox.client import NothingCame, SandboxClient
from sandbox.discord.client import DiscordPerson
from tests.sandbox.discord.conftest import Bot, file, view


async def test_thinking_becomes_the_picture(bot: Bot, ravi: DiscordPerson) -> None:
    await ravi.slash("/image", prompt="a fox", steps=4)
    asked = await bot.next()
    await asked.response.defer()
    assert [m.loading for m in await ravi.messages()] == [True]
    await asked.edit_original_response(content="a fox", attachments=[file(description="A fox")])
    drawn = await ravi.wait("a fox")
    assert (drawn.loading, drawn.edited, drawn.files[0].description) == (False, False, "A fox")
    assert drawn.photo
    assert drawn.photo == await (await asked.original_response()).attachments[0].read()


async def test_a_button_can_change_the_message_it_is_on(bot: Bot, ravi: DiscordPerson) -> None:
    await ravi.slash("/image", prompt="a fox")
    button = discord.ui.Button[discord.ui.View](label="Again", custom_id="v1:again:7")
    await (await bot.next()).response.send_message("a fox", view=view(button))
    await ravi.press(await ravi.wait("a fox"), "Again")
    pressed = await bot.next()
    assert pressed.data
    assert pressed.data["custom_id"] == "v1:again:7"  # type: ignore[typeddict-item]  # a component's data has one
    await pressed.response.edit_message(content="two foxes", view=None)
    shown = await ravi.wait("two foxes")
    assert (shown.buttons, shown.edited) == ([], True)
    assert len(await ravi.messages()) == 1


async def test_choosing_sends_the_values(bot: Bot, ravi: DiscordPerson) -> None:
    await ravi.slash("/image", prompt="a fox")
    options = [discord.SelectOption(label=name, value=name.lower()) for name in ("Anime", "Photo")]
    select = discord.ui.Select[discord.ui.View](custom_id="style", options=options)
    await (await bot.next()).response.send_message("Which style?", view=view(select))
    await ravi.choose(await ravi.wait("Which"), "Photo")
    chosen = await bot.next()
    assert chosen.data
    assert chosen.data["values"] == ["photo"]  # type: ignore[typeddict-item]  # a select's data has them
    await chosen.response.defer()
    await ravi.wait_acknowledged()


async def test_only_one_person_sees_an_ephemeral_answer(
    bot: Bot, ravi: DiscordPerson, asha: DiscordPerson
) -> None:
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    await asked.response.send_message("Pay first", ephemeral=True)
    seen = await ravi.wait("Pay first")
    assert seen.ephemeral
    assert await asha.messages() == []
    assert isinstance(asked.channel, discord.TextChannel)
    with pytest.raises(discord.NotFound, match="10008"):
        await asked.channel.fetch_message(int(seen.id))
    await asked.edit_original_response(content="Paid")
    assert (await ravi.wait("Paid")).ephemeral
    await ravi.dismiss(seen)
    assert await ravi.messages() == []
    with pytest.raises(discord.NotFound, match="10008"):
        await asked.edit_original_response(content="Too late")


async def test_answers_come_once(bot: Bot, ravi: DiscordPerson) -> None:
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    await asked.response.defer()
    asked.response._response_type = None  # the library would not even ask
    with pytest.raises(discord.HTTPException, match="40060"):
        await asked.response.send_message("again")


async def test_answers_come_within_three_seconds(
    bot: Bot, ravi: DiscordPerson, client: SandboxClient
) -> None:
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    await client.advance(3.1)
    await ravi.wait_failed()
    with pytest.raises(discord.NotFound, match="10062"):
        await asked.response.defer()


async def test_modals_come_back_with_what_was_entered(bot: Bot, ravi: DiscordPerson) -> None:
    await ravi.slash("/image", prompt="a fox")
    form = discord.ui.Modal(title="Edit the prompt", custom_id="v1:edit:7")
    form.add_item(
        discord.ui.TextInput(label="Prompt", custom_id="prompt", default="a fox", max_length=10)
    )
    await (await bot.next()).response.send_modal(form)
    shown = await ravi.wait_modal()
    assert (shown.title, shown.fields) == ("Edit the prompt", {"prompt": "a fox"})
    with pytest.raises(NothingCame, match="0 to 10 characters"):
        await ravi.submit(shown, prompt="a fox in the snow")
    await ravi.submit(shown, prompt="an owl")
    sent = await bot.next()
    assert sent.type is discord.InteractionType.modal_submit
    assert "an owl" in str(sent.data)
    await sent.response.send_message("an owl")
    await ravi.wait("an owl")


async def test_autocomplete_offers_choices(bot: Bot, client: SandboxClient) -> None:
    ravi = DiscordPerson(client, "ravi")
    async with asyncio.TaskGroup() as tasks:
        offered = tasks.create_task(ravi.complete("/image", "style", "an", prompt="a fox"))
        typed = await bot.next()
        assert typed.type is discord.InteractionType.autocomplete
        await typed.response.autocomplete(
            [discord.app_commands.Choice(name="Anime", value="anime")]
        )
    assert offered.result() == {"Anime": "anime"}


async def test_a_kind_of_answer_that_does_not_fit_is_refused(bot: Bot, ravi: DiscordPerson) -> None:
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    with pytest.raises(discord.HTTPException, match="50035"):
        await bot.http.request(
            discord.http.Route("POST", f"/interactions/{asked.id}/{asked.token}/callback"),
            json={"type": 7, "data": {"content": "there is no message"}},
        )


async def test_an_unknown_interaction_is_not_found(bot: Bot) -> None:
    with pytest.raises(discord.NotFound, match="10062"):
        await bot.http.request(
            discord.http.Route("POST", "/interactions/1/none/callback"), json={"type": 5}
        )
