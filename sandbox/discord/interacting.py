"""A new interaction, and what the gateway carries of it."""

import secrets

from sandbox.discord import asking, events, permissions, render, render_messages
from sandbox.discord.asking import NotOfferedError
from sandbox.discord.records import (
    BOT_ID,
    Channel,
    Interaction,
    Member,
    Message,
)
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue


def interact(
    discord: Discord,
    person: Member,
    channel: Channel,
    kind: int,
    data: Json,
    types: JsonValue,
    *,
    message: Message | None = None,
    opened_by: int | None = None,
    title: str = "",
) -> Interaction:
    """Let a person do something with the app; `types` are the installations that allow it.

    Raises:
        NotOfferedError: where they are not in the channel.
    """
    if person.key not in channel.members:
        raise NotOfferedError(f"{person.key} is not in {channel.key}")
    interaction = Interaction(
        id=discord.new_id(),
        token=secrets.token_urlsafe(48),
        kind=kind,
        person=person.key,
        channel=channel.key,
        created=discord.now(),
        data=data,
        owners=asking.owners(discord, channel, person, types),
        message=message.id if message else None,
        opened_by=opened_by,
        title=title,
        forced_ephemeral=_forced_ephemeral(discord, person.key, channel.key),
    )
    discord.interactions[interaction.id] = interaction
    events.tell_interaction(discord, channel, render_interaction(discord, interaction))
    return interaction


def render_interaction(discord: Discord, shown: Interaction) -> Json:
    """An Interaction as the gateway carries it."""
    channel = discord.channels[shown.channel]
    person = discord.members[shown.person]
    guild = discord.guild_of(channel)
    held = str(discord.member_permissions(person.key, channel))
    body: Json = {
        "id": str(shown.id),
        "application_id": str(BOT_ID),
        "type": shown.kind,
        "token": shown.token,
        "version": 1,
        "data": shown.data,
        "channel_id": str(channel.id),
        "channel": render.channel(discord, channel) | {"permissions": held},
        "locale": person.locale,
        "app_permissions": str(discord.app_permissions(channel)),
        "entitlements": [],
        "attachment_size_limit": discord.size_limit,
        "authorizing_integration_owners": shown.owners,
        "context": asking.context(discord, channel),
    }
    message = discord.message(shown.channel, shown.message)
    if message:
        body["message"] = render_messages.message(discord, message)
    if guild is None:
        return body | {"user": render.user(person)}
    return body | {
        "guild_id": str(guild.id),
        "guild_locale": "en-US",
        "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
        "member": render.guild_member(render.user(person)) | {"permissions": held},
    }


def _forced_ephemeral(discord: Discord, person: str, channel_key: str) -> bool:
    """Where external apps are not welcome, what a person brought answers them alone."""
    channel = discord.channels[channel_key]
    allowed = discord.member_permissions(person, channel) & permissions.USE_EXTERNAL_APPS
    return bool(channel.guild) and not discord.has_bot(channel) and not allowed
