import aiohttp
import pytest
from telegram import Bot

from sandbox.app import Sandbox
from sandbox.client import NothingCame, Person, SandboxClient


async def test_the_state_tells_who_is_there(client: SandboxClient) -> None:
    state = await client.ask("state")
    people, chats = state["people"], state["chats"]
    assert isinstance(people, list)
    assert isinstance(chats, list)
    assert [p["key"] for p in people if isinstance(p, dict)] == ["asha", "ravi", "meera"]
    assert [c["key"] for c in chats if isinstance(c, dict)] == ["asha", "ravi", "meera", "friends"]


async def test_health_tells_whether_a_bot_listens(bot: Bot, client: SandboxClient) -> None:
    assert await client.ask("health") == {"ok": True, "bot": False}
    await bot.get_updates()
    assert await client.ask("health") == {"ok": True, "bot": True}


async def test_a_bot_that_never_comes_is_reported(client: SandboxClient) -> None:
    with pytest.raises(NothingCame, match="no bot listens"):
        await client.ready(patience=0.01)


async def test_the_clock_is_advanced_or_set(client: SandboxClient) -> None:
    now = (await client.order("clock", set=2_000_000_000))["now"]
    later = (await client.order("clock", advance=60))["now"]
    assert isinstance(now, float)
    assert isinstance(later, float)
    assert now >= 2_000_000_000
    assert later >= now + 60


async def test_a_player_gets_a_file_in_ranges(sandbox: Sandbox) -> None:
    file = sandbox.world.keep(b"0123456789", folder="f", name="a.mp4", mime="video/mp4")
    async with aiohttp.ClientSession(f"{sandbox.url}/_sandbox/files/") as session:
        for asked, told, content in (
            ("bytes=2-4", "bytes 2-4/10", b"234"),
            ("bytes=7-", "bytes 7-9/10", b"789"),
            ("bytes=-2", "bytes 8-9/10", b"89"),
        ):
            async with session.get(file.id, headers={"Range": asked}) as answer:
                assert (answer.status, answer.headers["Content-Range"]) == (206, told)
                assert await answer.read() == content


@pytest.mark.usefixtures("asha")
async def test_a_reset_starts_over(client: SandboxClient, bot: Bot) -> None:
    await client.order("reset")
    assert await client.person("asha").messages() == []
    assert await bot.get_updates() == ()


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("telegram/send", {"person": "nobody", "text": "x"}, "nobody is called 'nobody'"),
        ("telegram/send", {"person": "asha", "text": " "}, "there is nothing to send"),
        ("telegram/send", {"person": "asha", "chat": "ravi", "text": "x"}, "asha is not in ravi"),
        ("telegram/send", {"person": "asha", "chat": "moon", "text": "x"}, "there is no chat"),
        ("telegram/send", {"person": "asha", "photo": "%"}, "photo must be base64"),
        ("telegram/send", {"person": "asha", "photo": "eHh4"}, "IMAGE_PROCESS_FAILED"),
        ("telegram/press", {"person": "asha", "message_id": 9}, "that message is gone"),
        ("telegram/faults", {"kind": "fire"}, "kind must be one of 429, 500"),
        ("telegram/limits", {"profile": "kind"}, "profile must be one of real"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(
    client: SandboxClient, path: str, body: dict[str, str | int], reason: str
) -> None:
    with pytest.raises(NothingCame, match=reason):
        await client.order(path, **body)


async def test_only_a_button_that_is_there_can_be_pressed(
    bot: Bot, asha: Person, asha_id: int, client: SandboxClient
) -> None:
    await bot.send_message(asha_id, "No buttons here")
    message = await asha.wait("No buttons here")
    with pytest.raises(NothingCame, match="no such button"):
        await client.order("telegram/press", person="asha", message_id=message.id, data="x")
