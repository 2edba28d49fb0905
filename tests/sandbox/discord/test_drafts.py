from collections.abc import Callable
from typing import Any

import discord
import pytest

from sandbox.client import SandboxClient
from sandbox.discord.client import DiscordPerson
from tests.sandbox.discord.conftest import Bot, file, view


@pytest.fixture
async def general(bot: Bot) -> discord.TextChannel:
    return bot.guilds[0].text_channels[0]


def button(**options: Any) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(**options)


def error(raised: pytest.ExceptionInfo[discord.HTTPException]) -> str:
    return raised.value.text


TOO_MUCH: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "content": (lambda: {"content": "x" * 2001}, "In content: Must be 2000 or fewer in length."),
    "title": (
        lambda: {"embed": discord.Embed(title="x" * 257)},
        "In embeds.0.title: Must be 256 or fewer in length.",
    ),
    "description": (
        lambda: {"embed": discord.Embed(description="x" * 4097)},
        "In embeds.0.description: Must be 4096 or fewer in length.",
    ),
    "embeds": (
        lambda: {"embeds": [discord.Embed(description="x" * 3001) for _ in range(2)]},
        "In embeds: Embed size exceeds maximum size of 6000",
    ),
    "label": (
        lambda: {"view": view(button(label="x" * 81, custom_id="a"))},
        "In components.0.components.0.label: Must be 80 or fewer in length.",
    ),
    "twice": (
        lambda: {"view": view(button(label="a", custom_id="a"), button(label="b", custom_id="a"))},
        "In components: Component custom id cannot be duplicated",
    ),
    "address": (
        lambda: {"view": view(button(label="a", url="javascript:alert(1)"))},
        "In components.0.components.0.url: Scheme must be one of ('http', 'https', 'discord').",
    ),
    "alt": (
        lambda: {"file": file(description="x" * 1025)},
        "In attachments.0.description: Must be 1024 or fewer in length.",
    ),
    "nonce": (
        lambda: {"content": "a", "nonce": "x" * 26},
        "In nonce: Must be 25 or fewer in length.",
    ),
}


@pytest.mark.parametrize("case", TOO_MUCH)
async def test_too_much_is_refused_with_the_field(general: discord.TextChannel, case: str) -> None:
    make, expected = TOO_MUCH[case]
    with pytest.raises(discord.HTTPException, match="50035") as raised:
        await general.send(**make())
    assert expected in error(raised)


async def test_an_empty_message_is_refused(general: discord.TextChannel) -> None:
    with pytest.raises(discord.HTTPException, match="50006"):
        await general.send("")
    said = await general.send("words")
    with pytest.raises(discord.HTTPException, match="50006"):
        await said.edit(content=None)


async def test_a_file_over_the_limit_is_refused(
    bot: Bot, ravi: DiscordPerson, client: SandboxClient
) -> None:
    await client.order("discord/settings", attachment_size_limit=100)
    await ravi.slash("/image", prompt="a fox")
    asked = await bot.next()
    assert asked.filesize_limit == 100
    await asked.response.defer()
    with pytest.raises(discord.HTTPException, match="40005"):
        await asked.edit_original_response(attachments=[file()])


async def test_pictures_in_embeds_are_found_by_name(
    general: discord.TextChannel, asha: DiscordPerson
) -> None:
    embed = discord.Embed(title="A fox").set_image(url="attachment://fox.png")
    said = await general.send(embed=embed, file=file("fox.png", spoiler=False))
    assert said.embeds[0].image.url
    assert "/cdn/attachments/" in said.embeds[0].image.url
    assert said.attachments == []
    shown = (await asha.messages())[0]
    assert (shown.embeds[0].image, shown.files[0].name) == ("attachment://fox.png", "fox.png")


async def test_spoilers_are_known_by_name(
    general: discord.TextChannel, asha: DiscordPerson
) -> None:
    said = await general.send(file=file(spoiler=True))
    assert said.attachments[0].is_spoiler()
    assert (await asha.messages())[0].files[0].spoiler


async def test_laid_out_messages_have_no_content(
    general: discord.TextChannel, asha: DiscordPerson
) -> None:
    layout = discord.ui.LayoutView()
    container = discord.ui.Container[discord.ui.LayoutView](
        discord.ui.TextDisplay("A fox"),
        discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://fox.png")),
        discord.ui.ActionRow(discord.ui.Button(label="Again", custom_id="again")),
    )
    layout.add_item(container)
    await general.send(view=layout, file=file("fox.png"))
    shown = (await asha.messages())[0]
    assert (shown.text, shown.buttons, shown.files[0].name) == ("A fox", ["Again"], "fox.png")
    params = discord.http.handle_message_parameters(content="words", view=layout)
    with pytest.raises(discord.HTTPException, match="50035"):
        await general._state.http.send_message(general.id, params=params)
