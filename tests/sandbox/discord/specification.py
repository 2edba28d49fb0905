"""Discord's own machine-readable descriptions, and what in an exchange does not fit them.

They are looked for beside the checkout, in `../shared/specs`.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7, DRAFT202012

FOLDER = Path(__file__).parents[3].parent / "shared" / "specs"
ABSENT = not FOLDER.is_dir()
NEEDS_SPECS = pytest.mark.skipif(ABSENT, reason="Discord's descriptions are not beside us")

_FALSE_ALARMS = (
    r"flags: 0 (is not one of|was expected)|flags: (1|32) was expected",  # no flag is set
    r": \d+ is not of type 'null'",  # discord.py sends ids as numbers; Discord takes both
    r"attachments/\d+(/id)?: .*",  # likewise
    r"^errors/.*/code: '\w+' is not of type 'integer'",  # the documentation has strings here
    r"^channel: .*\('permissions' was unexpected\)",  # interactions do carry them
    r"^data: .*\('id' was unexpected\)|data/component_type: \d was expected",  # components have ids
)
_ADDED = {"MESSAGE_CREATE": ("guild_id", "member")}  # what the gateway adds to the described object
_DISPATCHES = {
    "READY": "GatewayReadyDispatchData",
    "GUILD_CREATE": "GatewayGuildCreateDispatchData",
    "MESSAGE_CREATE": "APIMessage",
}
_INTERACTIONS = {
    (2, 1): "APIChatInputApplicationCommandInteraction",
    (3, None): "APIMessageComponentInteraction",
    (5, None): "APIModalSubmitInteraction",
}


@cache
def _openapi() -> dict[str, Any]:
    described: dict[str, Any] = json.loads((FOLDER / "discord-openapi.json").read_text())
    return described


@cache
def _operations() -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation
        for path in _openapi()["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    }


@cache
def _registry() -> Registry[Any]:
    gateway = json.loads((FOLDER / "discord-gateway.schema.json").read_text())
    return Registry().with_resources(
        [
            ("rest:", DRAFT202012.create_resource(_openapi())),
            ("gateway:", DRAFT7.create_resource(gateway)),
        ]
    )


def operations() -> set[str]:
    """Every operationId of the REST API."""
    return set(_operations())


def problems(exchange: dict[str, Any]) -> list[str]:
    """What in one exchange, as the sandbox traced it, does not fit the descriptions."""
    name = exchange["operation"]
    found = list(_gateway(exchange) if name.startswith("gateway") else _rest(exchange))
    return [f"{name}: {problem}" for problem in found]


def _rest(exchange: dict[str, Any]) -> Iterator[str]:
    operation = _operations().get(exchange["operation"])
    if operation is None:
        return
    status = exchange["status"]
    if status < 400 and exchange["asked"] is not None:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        yield from _errors(_absolute(schema), exchange["asked"], Draft202012Validator)
    answer = operation["responses"].get(str(status)) or operation["responses"]["4XX"]
    if "$ref" in answer:
        answer = _openapi()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    for content in answer.get("content", {}).values():
        yield from _errors(_absolute(content["schema"]), exchange["answered"], Draft202012Validator)


def _absolute(node: Any) -> Any:
    """A schema whose references lead into the registry."""
    if isinstance(node, list):
        return [_absolute(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"rest:{value}" if key == "$ref" else _absolute(value) for key, value in node.items()
    }


def _gateway(exchange: dict[str, Any]) -> Iterator[str]:
    frame = exchange["answered"]
    if frame is None or not (definition := _definition(frame)):
        return
    added = _ADDED.get(frame["t"], ())
    data = {name: value for name, value in frame["d"].items() if name not in added}
    _drop_media_ids(data)
    yield from _errors({"$ref": f"gateway:#/definitions/{definition}"}, data, Draft7Validator)


def _drop_media_ids(node: Any) -> None:
    """REST wants an `id` in media of components; the gateway's description has none."""
    if isinstance(node, dict):
        if "attachment_id" in node:
            del node["id"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            _drop_media_ids(child)


def _definition(frame: dict[str, Any]) -> str | None:
    if frame["t"] != "INTERACTION_CREATE":
        return _DISPATCHES.get(frame["t"])
    data = frame["d"]["data"]
    return _INTERACTIONS.get((frame["d"]["type"], data.get("type")))


def _errors(schema: Any, value: Any, draft: type[Validator]) -> Iterator[str]:
    for error in draft(schema, registry=_registry()).iter_errors(value):
        deepest = error
        while deepest.context:
            deepest = max(deepest.context, key=lambda e: len(e.absolute_path))
        where = "/".join(map(str, deepest.absolute_path))
        problem = f"{where}: {deepest.message[:300]}"
        if not any(re.search(alarm, problem) for alarm in _FALSE_ALARMS):
            yield problem
