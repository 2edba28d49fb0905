"""What the adapter says, against Discord's published OpenAPI description."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from bot.discord_answering import modal
from bot.discord_commands import declaration, menu_declaration
from bot.discord_render import payload
from chat.commands import Command, MenuItem, Option
from chat.model import Button, Form, Media, Reply
from chat.text import bold, text

_SPEC = Path(__file__).parents[3] / "shared" / "specs" / "discord-openapi.json"

Check = Callable[[str, object], None]

PAY = Button("Pay ₹50", url="https://rzp.io/i/x")
AGAIN = Button("Again", press="v1:again:7")
PICTURE = Media("photo", "job_1.png", b"png", 512, 512, alt="a fox " * 300)
REPLIES = [
    Reply(text("")),
    Reply(text(bold("hello")), ((PAY,), (AGAIN,))),
    Reply(text("a fox " * 1000), ((AGAIN,),), media=PICTURE),
]
COMMANDS = [
    Command("help", {"en": "What I can do", "hi": "मैं क्या कर सकता हूँ"}),
    Command("admin", {"en": "For the operator"}, audience="admins"),
    Command(
        "image",
        {"en": "Draw a picture"},
        (
            Option("style", {"en": "A style"}, choices=tuple(str(n) for n in range(30))),
            Option("shape", {"en": "A shape"}, choices=("square", "large")),
            Option("seed", {"en": "A seed"}, kind="integer", minimum=0, maximum=2**32 - 1),
            Option("guidance", {"en": "How closely"}, kind="number", minimum=1, maximum=20.5),
            Option("prompt", {"en": "Words"}, required=True, length_max=1000),
        ),
        names={"hi": "चित्र"},
    ),
]


@pytest.fixture(scope="module")
def check() -> Check:
    if not _SPEC.exists():
        pytest.skip("Discord's OpenAPI description is not beside the checkout")
    spec = json.loads(_SPEC.read_text())

    def check(schema: str, body: object) -> None:
        reference = {"$ref": f"#/components/schemas/{schema}"}
        Draft202012Validator(reference | {"components": spec["components"]}).validate(body)

    return check


@pytest.mark.parametrize("reply", REPLIES)
@pytest.mark.parametrize(
    ("schema", "more"),
    [
        ("MessageCreateRequest", {"nonce": "0" * 24, "enforce_nonce": True}),
        (
            "MessageCreateRequest",
            {"message_reference": {"message_id": "5", "fail_if_not_exists": False}},
        ),
        ("MessageEditRequestPartial", {}),
        ("IncomingWebhookRequestPartial", {"flags": 64}),
        ("IncomingWebhookUpdateRequestPartial", {}),
    ],
)
def test_messages_are_as_discord_describes_them(
    check: Check, reply: Reply, schema: str, more: dict[str, Any]
) -> None:
    message = payload(reply, "5") | more
    for attachment in message.get("attachments", []):
        # The number of a new file, where the description knows only those of kept ones.
        attachment["id"] = str(attachment["id"])
    check(schema, message)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_commands_are_as_discord_describes_them(check: Check, command: Command) -> None:
    check("ApplicationCommandUpdateRequest", declaration(command))


def test_menus_and_forms_are_as_discord_describes_them(check: Check) -> None:
    item = MenuItem("vary", {"en": "Variations", "hi": "मिलती-जुलती"})
    check("ApplicationCommandUpdateRequest", menu_declaration(item))
    form = Form("v1:ask:7", "Edit prompt " * 9, "What to draw " * 9, "x" * 5000, 9000)
    check("ModalInteractionCallbackRequest", {"type": 9, "data": modal(form)})


def test_the_check_can_fail(check: Check) -> None:
    with pytest.raises(ValidationError, match="is too long"):
        check("MessageCreateRequest", {"content": "x" * 4001})
