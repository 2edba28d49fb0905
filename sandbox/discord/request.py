"""A request as its handler sees it: where, what, and which files."""

import json
import re
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from sandbox.discord.errors import ApiError, invalid, too_large
from sandbox.records import Json, JsonValue

LARGEST_REQUEST = 25 * 1024 * 1024
_FILE_PART = re.compile(r"files\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `body` is the JSON, wherever it stood; `uploads` are keyed by number."""

    path: dict[str, str]
    query: dict[str, str]
    body: JsonValue
    uploads: dict[int, Upload]

    def number(self, name: str) -> int:
        """A snowflake from the path.

        Raises:
            ApiError: 50035 where it is none.
        """
        text = self.path[name]
        if not text.isdecimal():
            raise invalid(name, "NUMBER_TYPE_COERCE", f'Value "{text}" is not snowflake.')
        return int(text)

    @property
    def object(self) -> Json:
        """The body as a JSON object; an absent one is empty.

        Raises:
            ApiError: 50035 where it is something else.
        """
        return as_object(self.body or {}, "_")


def as_object(value: JsonValue, path: str) -> Json:
    """A JSON object.

    Raises:
        ApiError: 50035 where it is something else.
    """
    if not isinstance(value, dict):
        raise invalid(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    return value


def as_list(value: JsonValue, path: str) -> list[JsonValue]:
    """A JSON array; null counts as an empty one.

    Raises:
        ApiError: 50035 where it is something else.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    return value


def as_objects(value: JsonValue, path: str) -> list[Json]:
    """A JSON array of objects.

    Raises:
        ApiError: 50035 where it is something else.
    """
    return [as_object(item, f"{path}.{i}") for i, item in enumerate(as_list(value, path))]


async def read_call(request: web.Request) -> Call:
    """Read everything a request carries.

    Raises:
        ApiError: 40005 for more than 25 MiB, 50109 for JSON that is none.
    """
    if (request.content_length or 0) > LARGEST_REQUEST:
        raise too_large()
    body: JsonValue = None
    uploads: dict[int, Upload] = {}
    if request.content_type == "multipart/form-data":
        body, uploads = await _read_multipart(request)
    elif raw := await request.read():
        body = _parse(raw)
    return Call(dict(request.match_info), dict(request.query), body, uploads)


async def _read_multipart(request: web.Request) -> tuple[JsonValue, dict[int, Upload]]:
    body: JsonValue = None
    uploads: dict[int, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        content = bytes(await part.read(decode=True))
        if part.name == "payload_json":
            body = _parse(content)
        elif found := _FILE_PART.fullmatch(part.name or ""):
            uploads[int(found[1])] = Upload(part.filename or "unknown", content)
    return body, uploads


def _parse(raw: bytes) -> JsonValue:
    try:
        parsed: JsonValue = json.loads(raw)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
    return parsed
