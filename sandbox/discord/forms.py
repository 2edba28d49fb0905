"""Forms that people fill in and send."""

from sandbox.discord import components
from sandbox.discord.asking import NotOfferedError
from sandbox.discord.interacting import interact
from sandbox.discord.records import (
    MODAL_SUBMIT,
    Interaction,
    Member,
    Modal,
)
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue


def submit(discord: Discord, person: Member, modal: Modal, values: Json) -> Interaction:
    """A person sends a form; what they leave alone keeps its first value.

    Raises:
        NotOfferedError: where the form would not let them.
    """
    if modal.person != person.key or modal.id not in discord.modals:
        raise NotOfferedError("that form is not open")
    rows = modal.data["components"]
    assert isinstance(rows, list)
    known = {c["custom_id"] for c in components.walk(rows) if "custom_id" in c}
    for name in values.keys() - known:
        raise NotOfferedError(f"the form has no field {name!r}")
    data: Json = {
        "custom_id": modal.data["custom_id"],
        "components": [_answered(row, values) for row in rows if isinstance(row, dict)],
        "resolved": {},
    }
    channel = discord.channels[modal.channel]
    asked = discord.interactions[int(modal.id)]
    types: list[JsonValue] = [int(key) for key in asked.owners]
    message = discord.message(modal.channel, modal.message)
    sent = interact(
        discord, person, channel, MODAL_SUBMIT, data, types, message=message, opened_by=asked.id
    )
    del discord.modals[modal.id]
    return sent


def _answered(node: Json, values: Json) -> Json:
    """A form's component with what was entered, stripped of how it looked."""
    answer: Json = {"type": node["type"], "id": node["id"]}
    if isinstance(children := node.get("components"), list):
        answer["components"] = [_answered(c, values) for c in children if isinstance(c, dict)]
    elif isinstance(child := node.get("component"), dict):
        answer["component"] = _answered(child, values)
    elif "custom_id" in node:
        name = str(node["custom_id"])
        answer["custom_id"] = name
        if node["type"] == components.TEXT_INPUT:
            answer["value"] = _entered(node, str(values.get(name, node.get("value") or "")))
        else:
            chosen = values.get(name) or []
            answer["values"] = chosen if isinstance(chosen, list) else [chosen]
    return answer


def _entered(field: Json, text: str) -> str:
    least, most = field.get("min_length") or 0, field.get("max_length") or 4_000
    assert isinstance(least, int)
    assert isinstance(most, int)
    required = field.get("required") is not False
    if (required and not text) or (text and not least <= len(text) <= most):
        raise NotOfferedError(f"{field['custom_id']} needs {least} to {most} characters")
    return text
