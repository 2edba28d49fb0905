"""The pretended Discord's records as the objects of its API."""

import datetime as dt

from sandbox.discord import permissions
from sandbox.discord.records import (
    BOT,
    BOT_ID,
    BOT_NAME,
    Channel,
    Guild,
    Member,
)
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue

_JOINED = "2024-01-01T00:00:00+00:00"
_CHANNEL_TYPES = {"text": 0, "dm": 1, "group": 3}


def timestamp(moment: float) -> str:
    """Unix seconds as ISO 8601."""
    return dt.datetime.fromtimestamp(moment, dt.UTC).isoformat()


def bot_user() -> Json:
    """The bot as a User."""
    return _user(BOT_ID, "sandbox_hub", BOT_NAME) | {"bot": True}


def user(member: Member) -> Json:
    """A person as a User."""
    return _user(member.id, member.username, member.name)


def _user(number: int, username: str, name: str) -> Json:
    return {
        "id": str(number),
        "username": username,
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }


def author(discord: Discord, key: str) -> Json:
    """Whoever wrote a message, as a User."""
    return bot_user() if key == BOT else user(discord.members[key])


def guild_member(whose: Json) -> Json:
    """A User as a member of a server."""
    return {**member_fields(), "user": whose}


def member_fields() -> Json:
    """What a membership says beside who it is."""
    return {
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [],
        "joined_at": _JOINED,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }


def channel(discord: Discord, shown: Channel) -> Json:
    """A channel as its guild or the REST API shows it."""
    newest = next(reversed(discord.messages(shown.key)), None)
    body: Json = {
        "id": str(shown.id),
        "type": _CHANNEL_TYPES[shown.kind],
        "last_message_id": str(newest.id) if newest else None,
        "flags": 0,
    }
    guild = discord.guild_of(shown)
    if guild is None:
        body["recipients"] = [user(discord.members[key]) for key in shown.members]
        if shown.kind == "group":
            body |= {"name": shown.name, "icon": None}
            body["owner_id"] = str(discord.members[shown.members[0]].id)
        return body
    return body | {
        "guild_id": str(guild.id),
        "name": shown.name,
        "position": list(discord.channels).index(shown.key),
        "permission_overwrites": _overwrites(discord, shown, guild),
        "nsfw": shown.age_restricted,
        "topic": None,
        "parent_id": None,
        "rate_limit_per_user": 0,
    }


def _overwrites(discord: Discord, shown: Channel, guild: Guild) -> list[JsonValue]:
    found: list[JsonValue] = []
    for subject, number, kind in (("everyone", guild.id, 0), (BOT, BOT_ID, 1)):
        denied = discord.denied.get((shown.key, subject), 0)
        if denied:
            found.append({"id": str(number), "type": kind, "allow": "0", "deny": str(denied)})
    return found


def role_everyone(guild: Guild) -> Json:
    """The one role of a server."""
    return {
        "id": str(guild.id),
        "name": "@everyone",
        "permissions": str(permissions.EVERYONE),
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
