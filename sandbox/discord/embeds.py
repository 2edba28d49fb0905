"""The limits of embeds."""

from sandbox.discord.errors import FormErrors
from sandbox.records import Json, JsonValue

MOST_EMBEDS, MOST_FIELDS, LONGEST_IN_ALL = 10, 25, 6_000


def check_embeds(errors: FormErrors, embeds: list[Json]) -> None:
    """Note everything wrong with a message's embeds."""
    if len(embeds) > MOST_EMBEDS:
        errors.add("embeds", "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_EMBEDS} or fewer in length.")
    for index, embed in enumerate(embeds):
        _check_embed(errors, f"embeds.{index}", embed)
    if sum(_length(embed) for embed in embeds) > LONGEST_IN_ALL:
        code = "MAX_EMBED_SIZE_EXCEEDED"
        errors.add("embeds", code, f"Embed size exceeds maximum size of {LONGEST_IN_ALL}")


def _check_embed(errors: FormErrors, path: str, embed: Json) -> None:
    errors.length(f"{path}.title", embed.get("title") or "", 256)
    errors.length(f"{path}.description", embed.get("description") or "", 4096)
    errors.length(f"{path}.footer.text", _part(embed, "footer", "text"), 2048)
    errors.length(f"{path}.author.name", _part(embed, "author", "name"), 256)
    fields = _fields(embed)
    if len(fields) > MOST_FIELDS:
        message = f"Must be {MOST_FIELDS} or fewer in length."
        errors.add(f"{path}.fields", "BASE_TYPE_MAX_LENGTH", message)
    for index, field in enumerate(fields):
        for name, longest in (("name", 256), ("value", 1024)):
            if field.get(name):
                errors.length(f"{path}.fields.{index}.{name}", field[name], longest)
            else:
                errors.required(f"{path}.fields.{index}.{name}")
    for name in ("image", "thumbnail"):
        url = _part(embed, name, "url")
        if url and not url.startswith(("http://", "https://", "attachment://")):
            code = "URL_TYPE_INVALID_SCHEME"
            message = f'Scheme "{url.partition(":")[0]}" is not supported.'
            errors.add(f"{path}.{name}.url", code, message)


def _length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [_part(embed, "footer", "text"), _part(embed, "author", "name")]
    for field in _fields(embed):
        texts += [field.get("name"), field.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))


def _fields(embed: Json) -> list[Json]:
    fields = embed.get("fields")
    return [f for f in fields if isinstance(f, dict)] if isinstance(fields, list) else []


def _part(embed: Json, name: str, inner: str) -> str:
    part = embed.get(name)
    value: JsonValue = part.get(inner) if isinstance(part, dict) else None
    return value if isinstance(value, str) else ""
