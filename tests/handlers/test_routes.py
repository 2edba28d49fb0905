import re
from pathlib import Path

from handlers.routes import build_router
from tests.doubles.hub import Hub, presses

HANDLERS = Path(__file__).parents[2] / "handlers"


async def test_every_button_that_is_made_leads_somewhere(hub: Hub) -> None:
    made = set[str]()
    for module in HANDLERS.glob("*.py"):
        made |= set(re.findall(r'press=f?"v1:(\w+):', module.read_text()))

    assert made == set(hub.router._buttons)


async def test_every_command_is_described_in_every_language(hub: Hub) -> None:
    for command in hub.router.commands:
        assert set(command.description) == {"en", "hi"}
        for option in command.options:
            assert set(option.description) == {"en", "hi"}


async def test_a_button_of_an_earlier_start_still_works(hub: Hub) -> None:
    reply = await hub.call("start")
    hub.router = build_router(hub.services)
    for data in presses(reply):
        assert data is not None
        assert await hub.press(data) is not None
