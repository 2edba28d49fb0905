import pytest

from bot.discord import DiscordAdapter
from bot.discord_offers import Offers
from chat.commands import Command, MenuItem
from chat.errors import TokenRejectedError
from tests.bot.discord_api import TOKEN, DiscordApi
from tests.bot.discord_events import APPLICATION, slash
from tests.bot.discord_talk import HELLO, IMAGE, SESSION, Talk, adapter_of, running

COMMANDS = f"/applications/{APPLICATION}/commands"
ANSWER = f"PATCH /webhooks/{APPLICATION}/tok-1/messages/@original"


async def test_commands_are_published_again_only_when_they_changed(
    discord_api: DiscordApi,
) -> None:
    await publish(discord_api, IMAGE, SESSION)
    # Discord adds to what it was given and leaves defaults out.
    for command in discord_api.commands:
        command |= {"id": "1", "version": "2", "dm_permission": True, "nsfw": False}
        command["contexts"].reverse()
        command.setdefault("description", "")
        for option in command.get("options", ()):
            if not option["required"]:
                del option["required"]
    await publish(discord_api, SESSION, IMAGE)
    assert len(discord_api.sent(f"PUT {COMMANDS}")) == 1

    await publish(discord_api, SESSION)
    assert [command["name"] for command in discord_api.commands] == ["session", "Variations"]


VARIATIONS = MenuItem("vary", {"en": "Variations"})


async def publish(api: DiscordApi, *commands: Command) -> None:
    connections = len(api.sent("GET /gateway/bot"))
    async with adapter_of(api) as adapter:
        adapter.introduce(Offers(commands, menu=[VARIATIONS]))
        async with running(adapter, Talk()):
            await api.until("GET /gateway/bot", connections + 1)


async def test_commands_that_cannot_be_published_do_not_stop_the_bot(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    discord_api.refuse("PUT", 400, 50035)
    async with running(discord_adapter, Talk()):
        await discord_api.until("GET /gateway/bot")
    assert "the slash commands stay as they are" in caplog.text


async def test_an_outage_is_waited_out(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    discord_api.refuse("GET /users/@me", 503)
    discord_api.refuse("GET /gateway/bot", 503)
    async with running(discord_adapter, Talk(HELLO)):
        await discord_api.report("INTERACTION_CREATE", slash("image", prompt="a fox"))
        await discord_api.until(ANSWER)


@pytest.mark.parametrize("close_code", [None, 4004])
async def test_a_token_that_discord_does_not_know_ends_the_run(
    discord_api: DiscordApi, close_code: int | None
) -> None:
    discord_api.close_code = close_code
    token = TOKEN if close_code else "another"
    async with adapter_of(discord_api, token) as adapter:
        with pytest.raises(TokenRejectedError):
            await adapter.run(Talk())


async def test_an_error_elsewhere_leaves_no_connection_behind(discord_api: DiscordApi) -> None:
    with pytest.raises(ExceptionGroup):
        async with adapter_of(discord_api) as adapter, running(adapter, Talk()):
            await discord_api.report("TYPING_START", {})
            raise ZeroDivisionError
    await discord_api.until_left()


async def test_no_privileged_intent_is_asked_for(
    discord_api: DiscordApi, discord_adapter: DiscordAdapter
) -> None:
    async with running(discord_adapter, Talk()):
        await discord_api.report("TYPING_START", {})
    [said] = discord_api.identified
    privileged = (1 << 1) | (1 << 8) | (1 << 15)  # members, presences, message content
    assert said["intents"] & privileged == 0
    assert said["shard"] == [0, 1]
