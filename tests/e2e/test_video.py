"""Clips through the whole product, on both platforms, drawn by the engine itself."""

import io

import av
import pytest

from sandbox.client import Person
from sandbox.discord.client import DiscordPerson
from sandbox.discord.given import Picture
from sandbox.discord.seen import SeenMessage as SeenOnDiscord
from sandbox.seen import SeenMessage
from tests.doubles.engine import wall
from tests.e2e.world import buy, buy_on_discord

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


def has_clip(message: SeenMessage | SeenOnDiscord) -> bool:
    return message.clip is not None


def frames_of(content: bytes) -> list[tuple[int, int]]:
    """The size of every frame that a player would show."""
    with av.open(io.BytesIO(content), "r") as clip:
        return [(frame.width, frame.height) for frame in clip.decode(video=0)]


async def test_words_become_a_clip_in_the_message_that_told_the_price(newcomer: Person) -> None:
    await buy(newcomer, "Pro")
    await newcomer.say("/video a boat on the sea")
    price = await newcomer.wait("Costs 1 of 3 videos.")
    assert price.buttons == ["Start", "Cancel"]

    await newcomer.press(price, "Start")
    shown = await newcomer.wait(has_clip)
    assert shown.id == price.id
    clip = shown.clip
    assert clip is not None
    assert (clip.width, clip.height, clip.duration, clip.mime) == (128, 64, 2, "video/mp4")
    assert frames_of(clip.content) == [(128, 64)] * 8
    assert "1 video taken · 2 of 3 left" in shown.text
    assert shown.buttons == ["Again", "Original file", "Details", "My hour"]

    await newcomer.press(shown, "Original file")
    file = await newcomer.wait(lambda m: m.id != shown.id and m.media is not None)
    assert file.media is not None
    assert (file.media.kind, file.media.content) == ("document", clip.content)
    await newcomer.press(shown, "Details")
    details = await newcomer.wait("motion")
    assert "plays: 2.0 s" in details.text

    await newcomer.say("/session")
    session = await newcomer.wait("1 / 3 videos")
    assert "0 / 15 pictures" in session.text
    assert await newcomer.sandbox.faults() == []


async def test_a_picture_that_is_sent_and_one_that_was_drawn_are_animated(
    newcomer: Person,
) -> None:
    await buy(newcomer, "Pro")
    await newcomer.say("/video", photo=wall(60, 40, seed=9))
    price = await newcomer.wait("your picture")
    await newcomer.press(price, "Start")
    sent = await newcomer.wait(has_clip)

    await newcomer.say("/image a boat")
    picture = await newcomer.wait(lambda message: message.photo is not None)
    await newcomer.press(picture, "Animate")
    price = await newcomer.wait("Costs 1 of 2 videos.")
    assert price.id != picture.id
    await newcomer.press(price, "Start")
    drawn = await newcomer.wait(lambda m: has_clip(m) and m.id != sent.id)

    assert drawn.clip is not None
    assert frames_of(drawn.clip.content) == [(64, 64)] * 8


async def test_a_plan_without_videos_and_a_price_that_is_declined_cost_nothing(
    newcomer: Person,
) -> None:
    await buy(newcomer, "Flash Lite")
    await newcomer.say("/video a boat")
    refusal = await newcomer.wait("has no videos")
    assert "Nothing was charged" in refusal.text
    assert any(button.startswith("Upgrade to Flash") for button in refusal.buttons)

    await newcomer.press(refusal, "Upgrade to Flash")
    await newcomer.wait("Pay by UPI")


async def test_who_declines_the_price_can_ask_again(newcomer: Person) -> None:
    await buy(newcomer, "Flash · ")
    await newcomer.say("/video a boat")
    await newcomer.press(await newcomer.wait("Costs 1 of 1 video."), "Cancel")
    declined = await newcomer.wait("Not started. Nothing was charged.")
    assert declined.buttons == []

    await newcomer.say("/video a boat")
    await newcomer.wait("Costs 1 of 1 video.")


async def test_on_discord_words_become_a_clip_and_again_another(guest: DiscordPerson) -> None:
    await buy_on_discord(guest, "Pro")
    await guest.slash("/video", prompt="a boat on the sea", shape="square")
    price = await guest.wait("Costs 1 of 3 videos.")
    assert price.buttons == ["Start", "Cancel"]
    await guest.press(price, "Start")
    first = await guest.wait(has_clip)

    assert first.id == price.id
    assert first.clip is not None
    assert (first.clip.mime, first.clip.description) == ("video/mp4", "a boat on the sea")
    assert (first.clip.width, first.clip.height) == (64, 64)
    assert frames_of(first.clip.content) == [(64, 64)] * 8
    await guest.press(first, "Original file")
    file = await guest.wait(lambda message: has_clip(message) and message.id != first.id)
    assert file.clip is not None
    assert file.clip.content == first.clip.content
    await guest.press(first, "Details")
    details = await guest.wait("motion")
    assert details.ephemeral
    assert "plays: `2.0 s`" in details.text
    await guest.press(first, "Again")
    price = await guest.wait("Costs 1 of 2 videos.")
    await guest.press(price, "Start")
    second = await guest.wait(lambda m: has_clip(m) and m.id not in {first.id, file.id})
    assert second.clip is not None
    assert second.clip.content != first.clip.content
    assert await guest.sandbox.faults() == []


async def test_on_discord_a_picture_is_animated_from_the_menu_and_from_a_file(
    guest: DiscordPerson,
) -> None:
    await buy_on_discord(guest, "Pro")
    await guest.slash("/image", prompt="a boat")
    picture = await guest.wait(lambda message: message.photo is not None)
    await guest.use_menu(picture, "Animate")
    price = await guest.wait("Costs 1 of 3 videos.")
    await guest.press(price, "Start")
    first = await guest.wait(has_clip)

    await guest.slash("/video", picture=Picture(wall(60, 40, seed=9)), seconds=1)
    price = await guest.wait("your picture")
    await guest.press(price, "Start")
    second = await guest.wait(lambda m: has_clip(m) and m.id != first.id)
    assert second.clip is not None
    assert len(frames_of(second.clip.content)) == 4
