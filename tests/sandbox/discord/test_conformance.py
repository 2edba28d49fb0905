"""Everything the sandbox says, and all that discord.py says to it, fits Discord's descriptions."""

from typing import Any

import discord
import pytest
from discord import app_commands

from sandbox.client import SandboxClient
from sandbox.discord.client import DiscordPerson
from sandbox.discord.given import Picture
from sandbox.discord.routes import ENDPOINTS
from tests.sandbox.conftest import picture
from tests.sandbox.discord.conftest import ANYWHERE, Bot, file, view
from tests.sandbox.discord.specification import NEEDS_SPECS, operations, problems


@NEEDS_SPECS
def test_every_route_is_one_of_discords() -> None:
    assert {endpoint.name for endpoint in ENDPOINTS} <= operations()


@NEEDS_SPECS
def test_what_does_not_fit_is_found() -> None:
    said = {"operation": "create_message", "asked": {"content": 7}, "status": 200, "answered": {}}
    assert len(problems(said)) > 1
    frame = {"t": "MESSAGE_CREATE", "d": {"id": "7"}}
    assert problems({"operation": "gateway", "asked": None, "status": 0, "answered": frame})


@NEEDS_SPECS
async def test_registration_conforms(bot: Bot, client: SandboxClient) -> None:
    async def animate(_asked: discord.Interaction, _message: discord.Message) -> None: ...

    async def image(_asked: discord.Interaction, prompt: str, steps: int = 4) -> None: ...

    tree = app_commands.CommandTree(bot)
    tree.add_command(app_commands.ContextMenu(name="Animate", callback=animate))
    draw: app_commands.Command[Any, ..., None] = app_commands.Command(
        name="image", description="Draw", callback=image
    )
    draw.default_permissions = discord.Permissions(0)
    draw.allowed_contexts = app_commands.AppCommandContext(guild=True, dm_channel=True)
    tree.add_command(draw)
    for kept in await tree.sync():
        await kept.edit(default_member_permissions=discord.Permissions(8))
        await kept.delete()
    assert await found(client) == []


@NEEDS_SPECS
async def test_interactions_conform(bot: Bot, client: SandboxClient, ravi: DiscordPerson) -> None:
    await bot.declare({"name": "Animate", "type": 3, **ANYWHERE}, IMAGE)
    for channel in ("general", "dm", "lounge", "friends"):
        await draw(bot, ravi.elsewhere(channel))
    await ravi.say("look", files=(Picture(picture()),))
    await ravi.use_menu((await ravi.messages())[-1], "Animate")
    await (await bot.next()).response.send_message("It moves", ephemeral=True)
    assert await found(client) == []


IMAGE = {
    "name": "image",
    "description": "Draw",
    "options": [
        {"type": 3, "name": "prompt", "description": "What to draw", "required": True},
        {"type": 11, "name": "start", "description": "A picture to begin with"},
    ],
    **ANYWHERE,
}


async def draw(bot: Bot, person: DiscordPerson) -> None:
    """One picture's way: thinking, progress, result, button, select, form."""
    await person.slash("/image", prompt="a fox", start=Picture(picture()))
    asked = await bot.next()
    await asked.response.defer()
    await asked.edit_original_response(content="half done")
    embed = discord.Embed(title="A fox", description="drawn").add_field(name="Steps", value="4")
    options = [discord.SelectOption(label="Photo", value="photo", description="As if real")]
    await asked.edit_original_response(
        content=f"{asked.user.mention}",
        embed=embed.set_image(url="attachment://fox.png"),
        attachments=[file("fox.png", description="A fox"), file("owl.png")],
        view=view(
            discord.ui.Button(label="Again", custom_id="again", emoji="🔁"),
            discord.ui.Button(label="Pay", url="https://example.org"),
            discord.ui.Select(custom_id="style", options=options, placeholder="Style"),
        ),
        allowed_mentions=discord.AllowedMentions(users=[asked.user]),
    )
    drawn = await person.wait("A fox")
    await person.choose(drawn, "Photo")
    await (await bot.next()).response.defer()
    await person.press(drawn, "Again")
    form = discord.ui.Modal(title="Edit the prompt", custom_id="edit")
    form.add_item(discord.ui.TextInput(label="Prompt", custom_id="prompt"))
    await (await bot.next()).response.send_modal(form)
    await person.submit(await person.wait_modal(), prompt="an owl")
    sent = await bot.next()
    await sent.response.send_message("an owl", ephemeral=True)
    await sent.edit_original_response(content="two owls")
    more = await sent.followup.send("and more", wait=True)
    await more.edit(content="and less")
    await more.delete()
    await sent.original_response()


@NEEDS_SPECS
async def test_messages_by_token_conform(bot: Bot, client: SandboxClient) -> None:
    channel = bot.guilds[0].text_channels[0]
    said = await channel.send("hello", file=file(spoiler=True), nonce="n-1", silent=True)
    await said.edit(content="hello again", attachments=[*said.attachments, file("two.png")])
    await said.reply("yes", mention_author=False)
    layout = discord.ui.LayoutView()
    section = discord.ui.Section[discord.ui.LayoutView](
        "A fox", accessory=discord.ui.Thumbnail("attachment://fox.png")
    )
    gallery = discord.ui.MediaGallery[discord.ui.LayoutView](
        discord.MediaGalleryItem("attachment://fox.png", description="A fox")
    )
    layout.add_item(discord.ui.Container(section, gallery, discord.ui.Separator()))
    layout.add_item(discord.ui.ActionRow(discord.ui.Button(label="Again", custom_id="again")))
    await channel.send(view=layout, file=file("fox.png"))
    assert [m async for m in channel.history()]
    await channel.fetch_message(said.id)
    await channel.typing()
    await said.delete()
    assert await found(client) == []


@NEEDS_SPECS
async def test_lookups_and_refusals_conform(bot: Bot, client: SandboxClient) -> None:
    guild = await bot.fetch_guild(bot.guilds[0].id)
    member = await guild.fetch_member(guild.owner_id or 0)
    await (await bot.fetch_user(member.id)).create_dm()
    await guild.fetch_channels()
    await guild.fetch_roles()
    await bot.fetch_channel(bot.guilds[0].text_channels[0].id)
    await client.order("discord/faults", kind="429", method="create_message", retry_after=0)
    for content, code in (("x" * 2001, "50035"), ("", "50006")):
        with pytest.raises(discord.HTTPException, match=code):
            await bot.guilds[0].text_channels[0].send(content)
    assert await found(client) == []


async def found(client: SandboxClient) -> list[str]:
    exchanges = (await client.ask("discord/trace"))["exchanges"]
    assert isinstance(exchanges, list)
    assert exchanges
    return [p for e in exchanges if isinstance(e, dict) for p in problems(e)]
