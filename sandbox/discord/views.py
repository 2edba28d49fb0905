"""The pretended Discord as the window and the tests' client see it: JSON of our own making."""

from sandbox import views as world_views
from sandbox.discord import asking, permissions
from sandbox.discord.records import (
    BOT,
    Attachment,
    Channel,
    Choices,
    Event,
    Member,
    Message,
    Modal,
    Notice,
)
from sandbox.discord.render_messages import embedded_names
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue


def message(discord: Discord, shown: Message, seq: int = 0) -> Json:
    """A message; `seq` is the event that made it what it is."""
    files = {a.file.name: _attachment(a) for a in shown.attachments}
    placed = {name for part in (*shown.embeds, *shown.components) for name in embedded_names(part)}
    asked = discord.interactions.get(shown.interaction or 0)
    return {
        "id": str(shown.id),
        "channel": shown.channel,
        "author": shown.author,
        "sent": shown.sent,
        "edited": shown.edited,
        "content": shown.content,
        "embeds": [*shown.embeds],
        "components": [*shown.components],
        "attachments": [files[a.file.name] for a in shown.attachments],
        "placed": [*sorted(placed)],
        "ephemeral": shown.ephemeral,
        "loading": shown.loading,
        "silent": bool(shown.flags & 1 << 12),
        "mentions": [*shown.mentions],
        "everyone": shown.everyone,
        "reply_to": str(shown.reply_to) if shown.reply_to else None,
        "asked_by": asked.person if asked else None,
        "asked": asked.title if asked else "",
        "interaction": str(shown.interaction) if shown.interaction else None,
        "seq": seq,
    }


def _attachment(shown: Attachment) -> Json:
    return {
        "id": str(shown.id),
        "name": shown.file.name,
        "url": world_views.file_url(shown.file),
        "mime": shown.file.mime,
        "bytes": len(shown.file.content),
        "width": shown.file.width,
        "height": shown.file.height,
        "description": shown.description,
        "spoiler": shown.spoiler,
    }


def event(discord: Discord, happened: Event) -> Json:
    """Something that happened, with what it concerns."""
    body: Json = {
        "seq": happened.seq,
        "kind": happened.kind,
        "channel": happened.channel,
        "person": happened.person,
    }
    match happened.subject:
        case Message() as subject:
            body["message"] = message(discord, subject, happened.seq)
        case Modal() as subject:
            body["modal"] = modal(subject)
        case Choices() as subject:
            body["interaction"] = str(subject.interaction)
            body["choices"] = [*subject.choices]
        case Notice() as subject:
            body["interaction"] = str(subject.interaction)
            body["title"] = subject.title
        case None:
            pass
    return body


def modal(shown: Modal) -> Json:
    """A form that waits for a person."""
    return {
        "id": shown.id,
        "person": shown.person,
        "channel": shown.channel,
        "message": str(shown.message) if shown.message else None,
        "title": shown.data["title"],
        "components": shown.data["components"],
    }


def visible(shown: Message, person: str) -> bool:
    """Whether a person sees a message."""
    return shown.viewer in {"", person}


def channel(discord: Discord, shown: Channel) -> JsonValue:
    """A channel."""
    return {
        "key": shown.key,
        "id": str(shown.id),
        "kind": shown.kind,
        "name": shown.name,
        "guild": shown.guild,
        "members": list(shown.members),
        "age_restricted": shown.age_restricted,
        "has_bot": discord.has_bot(shown),
        "denied": {
            subject: [*permissions.names(discord.denied.get((shown.key, subject), 0))]
            for subject in (BOT, "everyone")
        },
    }


def command(shown: Json, person: Member) -> JsonValue:
    """A command in a person's language."""
    return {
        "name": shown["name"],
        "type": shown["type"],
        "label": asking.localized(shown, "name", person.locale),
        "description": _described(shown, person),
        "options": _options(shown, person),
    }


def _described(node: Json, person: Member) -> str:
    return asking.localized(node, "description", person.locale) if node["description"] else ""


def _options(node: Json, person: Member) -> list[JsonValue]:
    found = node.get("options")
    listed = [o for o in found if isinstance(o, dict)] if isinstance(found, list) else []
    return [
        {
            **{key: value for key, value in option.items() if not key.endswith("_localizations")},
            "label": asking.localized(option, "name", person.locale),
            "description": _described(option, person),
            "choices": _choices(option, person),
            "options": _options(option, person),
        }
        for option in listed
    ]


def _choices(option: Json, person: Member) -> list[JsonValue]:
    found = option.get("choices")
    listed = [c for c in found if isinstance(c, dict)] if isinstance(found, list) else []
    return [
        {"name": asking.localized(choice, "name", person.locale), "value": choice["value"]}
        for choice in listed
    ]
