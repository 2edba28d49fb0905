"""The world as the chat window and the tests' client see it: JSON of our own making."""

from sandbox.records import (
    Action,
    Answer,
    Button,
    Chat,
    Event,
    File,
    Json,
    JsonValue,
    Media,
    Message,
)
from sandbox.world import World


def message(shown: Message, seq: int = 0) -> Json:
    """A message; `seq` is the event that made it what it is."""
    return {
        "id": shown.id,
        "chat": shown.chat,
        "sender": shown.sender,
        "sent": shown.sent,
        "edited": shown.edited,
        "text": shown.text,
        "entities": [
            {
                "type": e.kind,
                "offset": e.offset,
                "length": e.length,
                "url": e.url,
                "language": e.language,
            }
            for e in shown.entities
        ],
        "media": _media(shown.media) if shown.media else None,
        "keyboard": [[_button(button) for button in row] for row in shown.keyboard],
        "reply_to": shown.reply_to,
        "album": shown.album,
        "caption_above": shown.caption_above,
        "silent": shown.silent,
        "asks": list(shown.asks),
        "placeholder": shown.placeholder,
        "seq": seq,
    }


def _button(button: Button) -> JsonValue:
    return {
        "text": button.text,
        "data": button.data,
        "url": button.url,
        "copy": button.copy,
        "style": button.style,
    }


def _media(media: Media) -> Json:
    return {
        "kind": media.kind,
        "url": file_url(media.file),
        "poster": file_url(media.thumbnail) if media.thumbnail else None,
        "name": media.file.name,
        "mime": media.file.mime,
        "bytes": len(media.file.content),
        "width": media.width,
        "height": media.height,
        "duration": media.duration,
        "spoiler": media.spoiler,
    }


def file_url(file: File) -> str:
    """Where the window loads a file from."""
    return f"/_sandbox/files/{file.id}"


def event(happened: Event) -> Json:
    """Something that happened, with what it concerns."""
    body: Json = {"seq": happened.seq, "kind": happened.kind, "chat": happened.chat}
    match happened.subject:
        case Message() as subject:
            body["message"] = message(subject, happened.seq)
        case Answer() as subject:
            body["answer"] = {
                "person": subject.person,
                "query_id": subject.query_id,
                "text": subject.text,
                "alert": subject.alert,
                "url": subject.url,
            }
        case Action() as subject:
            body["action"] = subject.name
        case None:
            pass
    return body


def people(world: World) -> list[JsonValue]:
    """Everybody the window can be."""
    return [
        {
            "key": p.key,
            "id": p.id,
            "name": f"{p.first_name} {p.last_name}",
            "username": p.username,
            "language": p.language,
            "blocked": p.key in world.blocked,
            "started": p.key in world.started,
        }
        for p in world.people.values()
    ]


def chat(shown: Chat) -> JsonValue:
    """A chat."""
    return {
        "key": shown.key,
        "id": shown.id,
        "kind": shown.kind,
        "title": shown.title,
        "members": list(shown.members),
    }
