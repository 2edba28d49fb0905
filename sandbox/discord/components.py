"""Buttons, selects, forms and layouts: checked as Discord checks them, and numbered."""

from collections.abc import Callable, Iterator

from sandbox.discord.errors import FormErrors
from sandbox.records import Json, JsonValue

ROW, BUTTON, SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT = 1, 2, 3, 4, 5, 6
MENTIONABLE_SELECT, CHANNEL_SELECT, SECTION, TEXT, THUMBNAIL, GALLERY = 7, 8, 9, 10, 11, 12
FILE, SEPARATOR, CONTAINER, LABEL = 13, 14, 17, 18
SELECTS = {SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT}
LINK_STYLE, PREMIUM_STYLE = 5, 6
_BUTTON_STYLES = range(1, 7)
_LAYOUTS = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER}
_UNSAID_MEDIA: Json = {"description": None, "spoiler": False}
_UNSAID: dict[int, Json] = {
    BUTTON: {"disabled": False},
    SELECT: {"min_values": 1, "max_values": 1, "disabled": False},
    THUMBNAIL: _UNSAID_MEDIA,
    FILE: {"spoiler": False},
    SEPARATOR: {"divider": True, "spacing": 1},
    CONTAINER: {"accent_color": None, "spoiler": False},
}
_MOST = 40
LONGEST_TEXT = 4_000
_ROWS, _ROW_WIDTH, _OPTIONS, _GALLERY_ITEMS, _SECTION_TEXTS = 5, 5, 25, 10, 3


def walk(node: JsonValue) -> Iterator[Json]:
    """Every component in a tree, parents first."""
    if isinstance(node, list | tuple):
        for child in node:
            yield from walk(child)
    elif isinstance(node, dict):
        if isinstance(node.get("type"), int):
            yield node
        for name in ("components", "component", "accessory"):
            if name in node:
                yield from walk(node[name])


def numbered(components: list[Json]) -> tuple[Json, ...]:
    """A copy in which every component has an id; given ones stay."""
    taken = {number for c in walk([*components]) if (number := c.get("id"))}
    free = (number for number in range(1, 10_000) if number not in taken)
    return tuple(_numbered(component, free) for component in components)


def _numbered(node: Json, free: Iterator[int]) -> Json:
    kind = node["type"]
    assert isinstance(kind, int)
    copy: Json = {**_UNSAID.get(kind, {}), **node, "id": node.get("id") or next(free)}
    if isinstance(emoji := node.get("emoji"), dict):
        copy["emoji"] = {key: value for key, value in emoji.items() if value is not None}
    if isinstance(items := node.get("items"), list):
        copy["items"] = [{**_UNSAID_MEDIA, **item} for item in items if isinstance(item, dict)]
    for name in ("component", "accessory"):
        if isinstance(child := node.get(name), dict):
            copy[name] = _numbered(child, free)
    if isinstance(children := node.get("components"), list):
        copy["components"] = [_numbered(c, free) for c in children if isinstance(c, dict)]
    return copy


def find(components: tuple[Json, ...], custom_id: str) -> Json | None:
    """The component with this custom_id."""
    return next((c for c in walk([*components]) if c.get("custom_id") == custom_id), None)


def check_message(errors: FormErrors, components: list[Json], *, v2: bool) -> None:
    """Note everything wrong with a message's components."""
    if not v2 and len(components) > _ROWS:
        count(errors, "components", 1, _ROWS)
    every = list(walk([*components]))
    if len(every) > _MOST:
        count(errors, "components", 1, _MOST)
    for index, component in enumerate(components):
        allowed = _LAYOUTS if v2 else {ROW}
        _check(errors, f"components.{index}", component, allowed)
    texts = [c.get("content") for c in every if c.get("type") == TEXT]
    if sum(len(text) for text in texts if isinstance(text, str)) > LONGEST_TEXT:
        errors.length("components", "x" * (LONGEST_TEXT + 1), LONGEST_TEXT)
    _check_unique(errors, every)


def _check_unique(errors: FormErrors, every: list[Json]) -> None:
    seen: set[JsonValue] = set()
    for component in every:
        custom_id = component.get("custom_id")
        if isinstance(custom_id, str):
            if custom_id in seen:
                code = "COMPONENT_CUSTOM_ID_DUPLICATED"
                errors.add("components", code, "Component custom id cannot be duplicated")
            seen.add(custom_id)


def _check(errors: FormErrors, path: str, component: Json, allowed: set[int]) -> None:
    kind = component.get("type")
    if not isinstance(kind, int) or kind not in allowed:
        listed = ", ".join(map(str, sorted(allowed)))
        errors.add(f"{path}.type", "UNION_TYPE_CHOICES", f"Value of field must be in ({listed}).")
        return
    if kind in _CHECKS:
        _CHECKS[kind](errors, path, component)


def _check_text(errors: FormErrors, path: str, text: Json) -> None:
    errors.length(f"{path}.content", text.get("content"), LONGEST_TEXT, 1)


def _check_container(errors: FormErrors, path: str, container: Json) -> None:
    _check_children(errors, path, container, _LAYOUTS - {CONTAINER}, _MOST)


def _check_section(errors: FormErrors, path: str, section: Json) -> None:
    _check_children(errors, path, section, {TEXT}, _SECTION_TEXTS)
    _check_accessory(errors, path, section)


def _check_row(errors: FormErrors, path: str, row: Json) -> None:
    children = _check_children(errors, path, row, {BUTTON, *SELECTS}, _ROW_WIDTH)
    if len(children) > 1 and any(child.get("type") in SELECTS for child in children):
        count(errors, f"{path}.components", 1, 1)


def _check_children(
    errors: FormErrors, path: str, parent: Json, allowed: set[int], most: int
) -> list[Json]:
    found = parent.get("components")
    children = [c for c in found if isinstance(c, dict)] if isinstance(found, list) else []
    if not 1 <= len(children) <= most:
        count(errors, f"{path}.components", 1, most)
    for index, child in enumerate(children):
        _check(errors, f"{path}.components.{index}", child, allowed)
    return children


def _check_accessory(errors: FormErrors, path: str, section: Json) -> None:
    accessory = section.get("accessory")
    if isinstance(accessory, dict):
        _check(errors, f"{path}.accessory", accessory, {BUTTON, THUMBNAIL})
    else:
        errors.required(f"{path}.accessory")


def _check_gallery(errors: FormErrors, path: str, gallery: Json) -> None:
    items = gallery.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= _GALLERY_ITEMS:
        count(errors, f"{path}.items", 1, _GALLERY_ITEMS)


def _check_button(errors: FormErrors, path: str, button: Json) -> None:
    style = button.get("style")
    if not isinstance(style, int) or style not in _BUTTON_STYLES:
        errors.add(f"{path}.style", "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6).")
    if "label" in button:
        errors.length(f"{path}.label", button["label"], 80)
    elif not button.get("emoji") and style != PREMIUM_STYLE:
        errors.required(f"{path}.label")
    if style == LINK_STYLE:
        _check_url(errors, f"{path}.url", button.get("url"))
        if "custom_id" in button:
            code = "BUTTON_COMPONENT_CUSTOM_ID_AND_URL"
            errors.add(f"{path}.custom_id", code, "A custom id and url cannot both be specified")
    elif style != PREMIUM_STYLE:
        _check_custom_id(errors, path, button)


def _check_url(errors: FormErrors, path: str, url: JsonValue) -> None:
    if not isinstance(url, str) or not url.startswith(("http://", "https://", "discord://")):
        code = "URL_TYPE_INVALID_SCHEME"
        errors.add(path, code, "Scheme must be one of ('http', 'https', 'discord').")


def _check_custom_id(errors: FormErrors, path: str, component: Json) -> None:
    if "custom_id" not in component:
        errors.required(f"{path}.custom_id")
    else:
        errors.length(f"{path}.custom_id", component["custom_id"], 100, 1)


def _check_select(errors: FormErrors, path: str, select: Json) -> None:
    _check_custom_id(errors, path, select)
    errors.length(f"{path}.placeholder", select.get("placeholder") or "", 150)
    if select.get("type") != SELECT:
        return
    options = select.get("options")
    if not isinstance(options, list) or not 1 <= len(options) <= _OPTIONS:
        count(errors, f"{path}.options", 1, _OPTIONS)
        return
    values: set[JsonValue] = set()
    for index, option in enumerate(options):
        assert isinstance(option, dict)
        here = f"{path}.options.{index}"
        errors.length(f"{here}.label", option.get("label"), 100, 1)
        errors.length(f"{here}.value", option.get("value"), 100, 1)
        errors.length(f"{here}.description", option.get("description") or "", 100)
        if option.get("value") in values:
            code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
            errors.add(f"{here}.value", code, "The specified option value is already used")
        values.add(option.get("value"))


def count(errors: FormErrors, path: str, least: int, most: int) -> None:
    """Note that a list has too many or too few entries."""
    code = "BASE_TYPE_BAD_LENGTH"
    errors.add(path, code, f"Must be between {least} and {most} in length.")


_CHECKS: dict[int, Callable[[FormErrors, str, Json], None]] = {
    ROW: _check_row,
    BUTTON: _check_button,
    **dict.fromkeys(SELECTS, _check_select),
    TEXT: _check_text,
    CONTAINER: _check_container,
    SECTION: _check_section,
    GALLERY: _check_gallery,
}
