"""Formatted text: what a request asks for, what Telegram finds by itself, what it sends back."""

import re
from dataclasses import replace

from sandbox.records import Entity, Json, JsonValue, Person
from sandbox.telegram.errors import bad_request
from sandbox.telegram.markup import parse_html, utf16_length
from sandbox.telegram.params import Params, number, string

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_MOST_ENTITIES = 100
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.]*\w)"
    r"|(?P<mention>(?<![\w/@])@[A-Za-z]\w{3,31}\b)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{3,31})?(?![\w/]))"
    r"|(?P<hashtag>(?<![\w&])#\w*[^\W\d]\w*)"
)

Formatted = tuple[str, tuple[Entity, ...]]


def read_text(params: Params, name: str, explicit: str, limit: int) -> Formatted:
    """The text parameter `name` with its entities, checked as the real server checks it.

    Raises:
        ApiError: 400 for markup that cannot be parsed and for too long a text.
    """
    return format_text(
        params.text(name),
        params.text("parse_mode"),
        params.objects(explicit, "entities"),
        limit,
    )


def format_text(source: str, mode: str, explicit: list[Json], limit: int) -> Formatted:
    """Text and entities from any of the three ways to ask for formatting."""
    if mode and mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    text, entities = parse_html(source) if mode else (source, read_entities(source, explicit))
    text, entities = _strip(text, entities)
    if len(text) > limit:
        caption = limit == LONGEST_CAPTION
        raise bad_request(f"message {'caption ' if caption else ''}is too long")
    return text, with_found(text, entities)


def read_entities(text: str, items: list[Json]) -> tuple[Entity, ...]:
    """Entities given as JSON; those that do not lie within the text are refused."""
    length = utf16_length(text)
    found = []
    for item in items:
        offset, size = number(item.get("offset")), number(item.get("length"))
        if offset < 0 or size <= 0 or offset + size > length:
            raise bad_request("entity beginning or end is outside of the text")
        user = item.get("user")
        found.append(
            Entity(
                string(item.get("type")),
                offset,
                size,
                url=_optional(item.get("url")),
                language=_optional(item.get("language")),
                user_id=number(user.get("id")) if isinstance(user, dict) else None,
                custom_emoji_id=_optional(item.get("custom_emoji_id")),
            )
        )
    return tuple(found)


def with_found(text: str, entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Add the links, mentions, hashtags and commands that Telegram finds in plain text."""
    taken = [(e.offset, e.offset + e.length) for e in entities if e.kind not in _MAY_CONTAIN_LINKS]
    found = list(entities)
    for match in _FOUND.finditer(text):
        offset = utf16_length(text[: match.start()])
        end = offset + utf16_length(match.group())
        if not any(offset < stop and start < end for start, stop in taken):
            found.append(Entity(match.lastgroup or "", offset, end - offset))
    found.sort(key=lambda entity: (entity.offset, -entity.length))
    return tuple(found[:_MOST_ENTITIES])


_MAY_CONTAIN_LINKS = {
    "bold", "italic", "underline", "strikethrough", "spoiler", "blockquote",
    "expandable_blockquote",
}  # fmt: skip


def render_entities(entities: tuple[Entity, ...], people: dict[int, Person]) -> list[JsonValue]:
    """Entities as the Bot API sends them."""
    return [_render(entity, people) for entity in entities]


def _render(entity: Entity, people: dict[int, Person]) -> Json:
    body: Json = {"type": entity.kind, "offset": entity.offset, "length": entity.length}
    if entity.url:
        body["url"] = entity.url
    if entity.language:
        body["language"] = entity.language
    if entity.custom_emoji_id:
        body["custom_emoji_id"] = entity.custom_emoji_id
    if entity.user_id in people:
        body["user"] = render_person(people[entity.user_id])
    return body


def render_person(person: Person) -> Json:
    """A person as a Bot API User."""
    return {
        "id": person.id,
        "is_bot": False,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "username": person.username,
        "language_code": person.language,
    }


def _optional(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None


def _strip(text: str, entities: tuple[Entity, ...]) -> Formatted:
    """Take white space off both ends and keep the entities where they belong."""
    stripped = text.strip()
    ahead = utf16_length(text[: len(text) - len(text.lstrip())])
    length = utf16_length(stripped)
    kept = []
    for entity in entities:
        start = max(entity.offset - ahead, 0)
        end = min(entity.offset - ahead + entity.length, length)
        if end > start:
            kept.append(replace(entity, offset=start, length=end - start))
    return stripped, tuple(kept)
