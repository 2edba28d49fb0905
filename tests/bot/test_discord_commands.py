from typing import Any

import pytest

from bot.discord_commands import declaration, listed, menu_declaration, suggested, typed_in
from chat.commands import Command, MenuItem, Option, Suggestion

ABOUT = {"en": "Draw a picture", "hi": "तस्वीर बनाएँ", "tlh": "no language of Discord's"}
STYLES = tuple(f"style {number}" for number in range(30))


def option(**declared: Any) -> dict[str, Any]:
    command = Command("image", ABOUT, (Option("o", ABOUT, **declared),))
    [described] = declaration(command)["options"]
    return {key: described[key] for key in described if "name" not in key and "desc" not in key}


def test_a_command_is_described_in_its_readers_languages() -> None:
    described = declaration(Command("image", ABOUT, names={"hi": "चित्र"}))
    assert described["name"] == "image"
    assert described["name_localizations"] == {"hi": "चित्र"}
    assert described["description"] == "Draw a picture"
    assert described["description_localizations"] == {"hi": "तस्वीर बनाएँ"}


def test_a_command_works_in_servers_in_private_and_for_people_who_install_it() -> None:
    described = declaration(Command("image", ABOUT))
    assert described["contexts"] == [0, 1, 2]
    assert described["integration_types"] == [0, 1]


@pytest.mark.parametrize(("audience", "permissions"), [("everyone", None), ("admins", 0)])
def test_admins_commands_are_hidden(audience: Any, permissions: int | None) -> None:
    described = declaration(Command("admin", ABOUT, audience=audience))
    assert described["default_member_permissions"] == permissions


@pytest.mark.parametrize(
    ("declared", "described"),
    [
        ({"length_max": 9000}, {"type": 3, "required": False, "max_length": 6000}),
        (
            {"kind": "integer", "minimum": 0, "maximum": 2**32 - 1, "required": True},
            {"type": 4, "required": True, "min_value": 0, "max_value": 4294967295},
        ),
        (
            {"kind": "number", "minimum": 0.5},
            {"type": 10, "required": False, "min_value": 0.5},
        ),
        (
            {"kind": "integer", "choices": ("1", "2")},
            {
                "type": 4,
                "required": False,
                "choices": [{"name": "1", "value": 1}, {"name": "2", "value": 2}],
            },
        ),
        ({"kind": "flag"}, {"type": 5, "required": False}),
        ({"choices": STYLES}, {"type": 3, "required": False, "autocomplete": True}),
        ({"is_suggested": True}, {"type": 3, "required": False, "autocomplete": True}),
    ],
)
def test_an_option_keeps_its_kind_and_bounds(
    declared: dict[str, Any], described: dict[str, Any]
) -> None:
    assert option(**declared) == described


def test_a_menus_item_is_shown_on_messages_in_its_readers_languages() -> None:
    shown = menu_declaration(MenuItem("vary", {"en": "Variations", "hi": "मिलती-जुलती"}))

    assert (shown["type"], shown["name"]) == (3, "Variations")
    assert shown["name_localizations"] == {"hi": "मिलती-जुलती"}
    assert shown["contexts"] == [0, 1, 2]


def test_required_options_come_first_as_discord_demands() -> None:
    options = (Option("style", ABOUT), Option("prompt", ABOUT, required=True))
    described = declaration(Command("image", ABOUT, options))["options"]
    assert [item["name"] for item in described] == ["prompt", "style"]


def test_choices_begin_with_what_was_typed_and_are_few() -> None:
    style = Option("style", ABOUT, choices=("Sea anemone", *STYLES))

    def offered(typed: str) -> list[str]:
        return [choice.name for choice in listed(style, typed)]

    assert len(offered("")) == 25
    assert offered("ANEM") == ["Sea anemone"]
    assert offered("style 2")[:2] == ["style 2", "style 20"]
    assert offered("rose") == []


def test_the_option_that_is_typed_in_is_found() -> None:
    style, seed = Option("style", ABOUT), Option("seed", ABOUT, kind="integer")
    command = Command("image", ABOUT, (style, seed))
    given = {"name": "style", "type": 3, "value": "a"}
    focused = {"name": "seed", "type": 4, "value": "7", "focused": True}

    assert typed_in(command, {"options": [given, focused]}) == (seed, "7")
    assert typed_in(command, {"options": [given]}) is None
    assert typed_in(command, {}) is None


def test_suggestions_are_cut_and_values_discord_would_refuse_left_out() -> None:
    many = [Suggestion("a fox " * 30, f"job_{number}") for number in range(30)]

    shown = suggested([Suggestion("too long", "x" * 101), *many])

    assert [choice.value for choice in shown[:2]] == ["job_0", "job_1"]
    assert len(shown) <= 25
    assert {len(choice.name) for choice in shown} == {100}
