import pytest
from telegram import Bot
from telegram.error import BadRequest

from sandbox.app import Sandbox
from sandbox.client import Person
from sandbox.world import GROUP
from tests.sandbox.conftest import picture


async def test_a_persons_photo_can_be_downloaded(bot: Bot, asha: Person) -> None:
    await asha.say("Make it anime", photo=picture(200, 100))
    message = (await bot.get_updates())[-1].message
    assert message
    assert message.caption == "Make it anime"
    file = await bot.get_file(message.photo[-1].file_id)
    content = bytes(await file.download_as_bytearray())
    assert len(content) == file.file_size == message.photo[-1].file_size
    assert content.startswith(b"\xff\xd8")


async def test_a_file_over_twenty_megabytes_cannot_be_downloaded(
    bot: Bot, sandbox: Sandbox
) -> None:
    big = sandbox.world.keep(b"x" * (20 * 1024 * 1024 + 1), folder="f", name="a.bin", mime="x/y")
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        await bot.get_file(big.id)
    with pytest.raises(BadRequest, match=r"(?i)invalid file_id"):
        await bot.get_file("nonsense")


async def test_chats_and_members_are_told(bot: Bot, asha_id: int) -> None:
    assert (await bot.get_chat(asha_id)).username == "asha_nair"
    assert (await bot.get_chat(GROUP.id)).title == GROUP.title
    assert (await bot.get_chat_member(GROUP.id, asha_id)).status == "member"
    assert (await bot.get_chat_member(GROUP.id, bot.id)).status == "member"
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.get_chat("@nobody")
