"""The limits of forms."""

from sandbox.discord.components import LABEL, LONGEST_TEXT, TEXT_INPUT, count, walk
from sandbox.discord.errors import FormErrors
from sandbox.records import Json

MOST_FIELDS = 5


def check_modal(errors: FormErrors, modal: Json) -> None:
    """Note everything wrong with a form."""
    errors.length("data.custom_id", modal.get("custom_id"), 100, 1)
    errors.length("data.title", modal.get("title"), 45, 1)
    rows = modal.get("components")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_FIELDS:
        count(errors, "data.components", 1, MOST_FIELDS)
        return
    for index, row in enumerate(rows):
        if isinstance(row, dict):
            _check_field(errors, f"data.components.{index}", row)


def _check_field(errors: FormErrors, path: str, row: Json) -> None:
    if row.get("type") == LABEL:
        errors.length(f"{path}.label", row.get("label"), 45, 1)
    for field in walk([child for child in walk(row) if child is not row]):
        if field.get("type") == TEXT_INPUT:
            _check_text_input(errors, path, field, labelled=row.get("type") == LABEL)


def _check_text_input(errors: FormErrors, path: str, field: Json, *, labelled: bool) -> None:
    errors.length(f"{path}.custom_id", field.get("custom_id"), 100, 1)
    if not labelled:
        errors.length(f"{path}.label", field.get("label"), 45, 1)
    errors.length(f"{path}.placeholder", field.get("placeholder") or "", 100)
    errors.length(f"{path}.value", field.get("value") or "", LONGEST_TEXT)
    for name, least in (("min_length", 0), ("max_length", 1)):
        value = field.get(name, least)
        if not isinstance(value, int) or not least <= value <= LONGEST_TEXT:
            code = "NUMBER_TYPE_MAX"
            errors.add(f"{path}.{name}", code, f"int value must be {least} to {LONGEST_TEXT}.")
