"""The control plane's JSON as what a person sees."""

from collections.abc import Iterator
from typing import cast

from sandbox.discord.components import TEXT_INPUT, walk
from sandbox.discord.seen import SeenCommand, SeenEmbed, SeenFile, SeenMessage, SeenModal, objects
from sandbox.records import Json, JsonValue


def read_message(shown: Json, files: tuple[SeenFile, ...]) -> SeenMessage:
    """A message from the control plane's JSON."""
    return SeenMessage(
        id=str(shown["id"]),
        channel=str(shown["channel"]),
        author=str(shown["author"]),
        content=str(shown["content"]),
        embeds=tuple(_embed(e) for e in objects(shown["embeds"])),
        components=tuple(objects(shown["components"])),
        files=files,
        ephemeral=shown["ephemeral"] is True,
        loading=shown["loading"] is True,
        edited=shown["edited"] is not None,
        mentions=tuple(str(key) for key in _keys(shown["mentions"])),
        reply_to=cast("str | None", shown["reply_to"]),
        seq=cast("int", shown["seq"]),
    )


def read_file(shown: Json, content: bytes) -> SeenFile:
    """An attachment from the control plane's JSON."""
    return SeenFile(
        id=str(shown["id"]),
        name=str(shown["name"]),
        url=str(shown["url"]),
        mime=str(shown["mime"]),
        width=cast("int", shown["width"]),
        height=cast("int", shown["height"]),
        description=str(shown["description"] or ""),
        spoiler=shown["spoiler"] is True,
        content=content,
    )


def read_modal(shown: Json) -> SeenModal:
    """A form from the control plane's JSON."""
    rows = objects(shown["components"])
    fields = [(c, label) for row in rows for c, label in _fields(row)]
    return SeenModal(
        id=str(shown["id"]),
        title=str(shown["title"]),
        fields={str(c["custom_id"]): str(c.get("value") or "") for c, _ in fields},
        labels={str(c["custom_id"]): label for c, label in fields},
    )


def _fields(row: Json) -> Iterator[tuple[Json, str]]:
    for found in walk([row]):
        if "custom_id" in found:
            label = found.get("label") if found["type"] == TEXT_INPUT else None
            yield found, str(label or row.get("label") or "")


def read_command(shown: Json) -> SeenCommand:
    """A command from the control plane's JSON."""
    return SeenCommand(
        name=str(shown["name"]),
        label=str(shown["label"]),
        description=str(shown["description"]),
        kind=cast("int", shown["type"]),
        options=tuple(objects(shown["options"])),
    )


def _embed(shown: Json) -> SeenEmbed:
    footer, image = shown.get("footer"), shown.get("image")
    return SeenEmbed(
        title=str(shown.get("title") or ""),
        description=str(shown.get("description") or ""),
        fields={str(f["name"]): str(f["value"]) for f in objects(shown.get("fields"))},
        footer=str(footer["text"]) if isinstance(footer, dict) else "",
        image=str(image["url"]) if isinstance(image, dict) else "",
    )


def _keys(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
