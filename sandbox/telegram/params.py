"""A request's parameters, however they came: query, form, multipart or JSON."""

import json
from dataclasses import dataclass, field
from typing import cast

from aiohttp import BodyPartReader, web

from sandbox.records import Json, JsonValue
from sandbox.telegram.errors import ApiError, bad_request

LARGEST_UPLOAD = 50 * 1024 * 1024
_TRUE = {"true", "1", "yes", "y", "on"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters by name; each reader turns the wire's string into what the method needs."""

    values: Json
    uploads: dict[str, Upload]

    def names(self) -> set[str]:
        """Every parameter that was sent, files included."""
        return set(self.values) | set(self.uploads)

    def text(self, name: str) -> str:
        """A string; empty where it is absent."""
        value = self.values.get(name)
        if isinstance(value, dict | list):
            return json.dumps(value)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """A boolean, in any of the spellings the real server takes."""
        return self.text(name).lower() in _TRUE

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; the default where it is absent.

        Raises:
            ApiError: 400 where it is something else.
        """
        value = self.text(name)
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            raise bad_request(f"invalid {name} specified") from None

    def json(self, name: str, what: str) -> JsonValue:
        """A JSON value, decoded where it came as a string; `what` names it in the error."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return cast("JsonValue", json.loads(value)) if value else None
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def object(self, name: str, what: str) -> Json:
        """A JSON object; empty where it is absent."""
        value = self.json(name, what)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {what}: object expected")
        return value

    def objects(self, name: str, what: str) -> list[Json]:
        """A JSON array of objects; empty where it is absent."""
        value = self.json(name, what)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad_request(f"can't parse {what}: array expected")
        found = [item for item in value if isinstance(item, dict)]
        if len(found) != len(value):
            raise bad_request(f"can't parse {what}: object expected")
        return found


def string(value: JsonValue) -> str:
    """A JSON value as text; empty where there is none."""
    return "" if value is None else str(value)


def number(value: JsonValue) -> int:
    """A JSON value as a whole number; zero where it is none."""
    return int(value) if isinstance(value, int | float) else 0


async def read_params(request: web.Request) -> Params:
    """Gather a request's parameters; a body wins over the query.

    Raises:
        ApiError: 413 for more than 50 MB, 400 for a body that cannot be read.
    """
    values: Json = dict(request.query)
    if (request.content_length or 0) > LARGEST_UPLOAD + 1024 * 1024:
        raise ApiError(413, "Request Entity Too Large")
    if request.content_type == "application/json" and request.can_read_body:
        return Params(values | await _read_json(request), {})
    if request.content_type == "multipart/form-data":
        fields, uploads = await _read_multipart(request)
        return Params(values | fields, uploads)
    return Params(
        values | {k: v for k, v in (await request.post()).items() if isinstance(v, str)}, {}
    )


async def _read_json(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad_request("can't parse JSON object")
    return cast("Json", body)


async def _read_multipart(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    fields: Json = {}
    uploads: dict[str, Upload] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            fields[part.name] = content.decode()
            continue
        if len(content) > LARGEST_UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
        mime = part.headers.get("Content-Type", "application/octet-stream")
        uploads[part.name] = Upload(part.filename, mime, content)
    return fields, uploads
