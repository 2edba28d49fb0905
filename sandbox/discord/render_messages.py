"""Messages as the API shows them."""

from sandbox.discord.attachments import attachment, attachment_url
from sandbox.discord.records import (
    BOT_ID,
    Attachment,
    Interaction,
    Message,
)
from sandbox.discord.render import author, timestamp, user
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue


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
        "components": [_located(discord, c, by_name, numbered=True) for c in shown.components],
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
    if shown.opened_by is not None:
        opener = discord.interactions[shown.opened_by]
        body["triggering_interaction_metadata"] = metadata(discord, opener)
    elif shown.message is not None:
        body["interacted_message_id"] = str(shown.message)
    return body


def embedded_names(node: JsonValue) -> list[str]:
    """The files that `attachment://` addresses below a JSON value name."""
    if isinstance(node, str):
        return [node.removeprefix("attachment://")] if node.startswith("attachment://") else []
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [name for child in inner for name in embedded_names(child)]


def _located(
    discord: Discord, node: JsonValue, files: dict[str, Attachment], *, numbered: bool = False
) -> JsonValue:
    """A copy in which every `attachment://` address is a real one; components number theirs."""
    if isinstance(node, list):
        return [_located(discord, child, files, numbered=numbered) for child in node]
    if not isinstance(node, dict):
        return node
    copy: Json = {
        key: _located(discord, child, files, numbered=numbered) for key, child in node.items()
    }
    url = str(node.get("url", ""))
    if url.startswith("attachment://") and (found := files.get(url.removeprefix("attachment://"))):
        there = attachment_url(discord, found)
        copy |= {"url": there, "proxy_url": there}
        copy |= {"width": found.file.width, "height": found.file.height}
        if numbered:
            number = str(found.id)
            copy |= {"id": number, "attachment_id": number, "content_type": found.file.mime}
    return copy
