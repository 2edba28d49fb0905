"""The pretended Discord's records as the objects of its API."""

import datetime as dt
import hashlib

from sandbox.discord import permissions
from sandbox.discord.records import (
    BOT,
    BOT_ID,
    BOT_NAME,
    Attachment,
    Channel,
    Guild,
    Interaction,
    Member,
    Message,
)
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue

LINK_LIFE = 24 * 3600
_JOINED = "2024-01-01T00:00:00+00:00"
_CHANNEL_TYPES = {"text": 0, "dm": 1, "group": 3}
_REPLY_KINDS = {19}


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
        "description": None,
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


def attachment_url(discord: Discord, shown: Attachment) -> str:
    """A signed address that works for a day."""
    issued = int(discord.now()) // 3600 * 3600
    expires = f"{issued + LINK_LIFE:x}"
    path = f"/cdn/attachments/{shown.channel}/{shown.id}/{shown.file.name}"
    signed = link_signature(shown, expires)
    return f"{discord.public_url}{path}?ex={expires}&is={issued:x}&hm={signed}&"


def link_signature(shown: Attachment, expires: str) -> str:
    """What proves that an address was given out with this expiry."""
    return hashlib.sha256(f"{shown.id}:{expires}:pretended".encode()).hexdigest()


def attachment(discord: Discord, shown: Attachment) -> Json:
    """An Attachment."""
    url = attachment_url(discord, shown)
    body: Json = {
        "id": str(shown.id),
        "filename": shown.file.name,
        "size": len(shown.file.content),
        "url": url,
        "proxy_url": url,
        "content_type": shown.file.mime,
        "content_scan_version": 0,
    }
    if shown.file.width:
        body |= {"width": shown.file.width, "height": shown.file.height}
    if shown.description:
        body["description"] = shown.description
    return body


def message(discord: Discord, shown: Message, *, with_reply: bool = True) -> Json:
    """A Message."""
    by_name = {a.file.name: a for a in shown.attachments}
    embeds = [_located(discord, embed, by_name) for embed in shown.embeds]
    in_embeds = {name for embed in shown.embeds for name in embedded_names(embed)}
    body: Json = {
        "id": str(shown.id),
        "type": shown.kind,
        "channel_id": str(discord.channels[shown.channel].id),
        "author": author(discord, shown.author),
        "content": shown.content,
        "timestamp": timestamp(shown.sent),
        "edited_timestamp": timestamp(shown.edited) if shown.edited else None,
        "tts": False,
        "mention_everyone": shown.everyone,
        "mentions": [author(discord, key) for key in shown.mentions],
        "mention_roles": [],
        "attachments": [
            attachment(discord, a) for a in shown.attachments if a.file.name not in in_embeds
        ],
        "embeds": [*embeds],
        "components": [_located(discord, c, by_name) for c in shown.components],
        "pinned": False,
        "flags": shown.flags,
    }
    if shown.nonce is not None:
        body["nonce"] = shown.nonce
    if shown.interaction is not None:
        body |= {"webhook_id": str(BOT_ID), "application_id": str(BOT_ID)}
        body["interaction_metadata"] = metadata(discord, discord.interactions[shown.interaction])
    if shown.reply_to is not None:
        _add_reference(discord, body, shown, with_reply=with_reply)
    return body


def _add_reference(discord: Discord, body: Json, shown: Message, *, with_reply: bool) -> None:
    where = discord.channels[shown.channel]
    guild = discord.guild_of(where)
    reference: Json = {
        "type": 0,
        "message_id": str(shown.reply_to),
        "channel_id": str(where.id),
    }
    body["message_reference"] = reference | ({"guild_id": str(guild.id)} if guild else {})
    original = discord.message(shown.channel, shown.reply_to)
    if with_reply:
        body["referenced_message"] = (
            message(discord, original, with_reply=False) if original else None
        )


def metadata(discord: Discord, shown: Interaction) -> Json:
    """Which interaction a message answers."""
    body: Json = {
        "id": str(shown.id),
        "type": shown.kind,
        "user": user(discord.members[shown.person]),
        "authorizing_integration_owners": shown.owners,
    }
    if shown.message is not None:
        body["interacted_message_id"] = str(shown.message)
    return body


def embedded_names(node: JsonValue) -> list[str]:
    """The files that `attachment://` addresses below a JSON value name."""
    if isinstance(node, str):
        return [node.removeprefix("attachment://")] if node.startswith("attachment://") else []
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [name for child in inner for name in embedded_names(child)]


def _located(discord: Discord, node: JsonValue, files: dict[str, Attachment]) -> JsonValue:
    """A copy in which every `attachment://` address has become a real one."""
    if isinstance(node, list):
        return [_located(discord, child, files) for child in node]
    if not isinstance(node, dict):
        return node
    url = node.get("url")
    copy: Json = {key: _located(discord, child, files) for key, child in node.items()}
    if isinstance(url, str) and (file := files.get(url.removeprefix("attachment://"))):
        there = attachment_url(discord, file)
        copy |= {"url": there, "proxy_url": there}
        copy |= {"width": file.file.width, "height": file.file.height}
    return copy
