"""Albums against the pretended Telegram."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.telegram import TelegramAdapter
from chat.errors import MessageGoneError
from chat.model import Address, Button, Media, Reply
from chat.text import text
from sandbox.app import serve
from sandbox.client import Person, SandboxClient
from sandbox.telegram.bot import TOKEN
from tests.doubles.engine import wall

PICTURES = [
    Media("photo", f"job_{number}.png", wall(64, 64, number), 64, 64, alt="a fox")
    for number in range(3)
]
BUTTONS = ((Button("1", press="v1:show:job_1"),),)
DONE = Reply(text("done"), BUTTONS, PICTURES[0], album=tuple(PICTURES[1:]))


@pytest.fixture
async def client() -> AsyncIterator[SandboxClient]:
    async with serve(limits="none") as sandbox, SandboxClient(sandbox.url) as client:
        yield client


@pytest.fixture
async def adapter(client: SandboxClient) -> AsyncIterator[TelegramAdapter]:
    async with TelegramAdapter(TOKEN, client.base_url) as adapter:
        yield adapter


@pytest.fixture
async def asha(client: SandboxClient) -> Person:
    person = client.person("asha")
    await person.say("/start")
    return person


async def home(client: SandboxClient) -> Address:
    people = (await client.ask("state"))["people"]
    assert isinstance(people, list)
    (number,) = [p["id"] for p in people if isinstance(p, dict) and p["key"] == "asha"]
    return Address("telegram", str(number), private=True)


async def test_pictures_come_as_an_album_and_the_words_with_their_buttons_below(
    client: SandboxClient, adapter: TelegramAdapter, asha: Person
) -> None:
    said = await asha.say("draw")
    sent = await adapter.send(replace(await home(client), reply_to=str(said)), DONE)

    *_, first, second, third, words = await asha.messages()
    assert first.album == second.album == third.album is not None
    assert all(message.photo for message in (first, second, third))
    assert first.reply_to == said
    assert (str(words.id), words.text, words.buttons) == (sent, "done", ["1"])


async def test_a_card_gets_its_words_and_the_album_answers_it(
    client: SandboxClient, adapter: TelegramAdapter, asha: Person
) -> None:
    address = await home(client)
    card = await adapter.send(address, Reply(text("queued")))
    await adapter.edit(replace(address, message=card), DONE)

    *_, words, first, second, third = await asha.messages()
    assert (str(words.id), words.text, words.buttons) == (card, "done", ["1"])
    assert {message.reply_to for message in (first, second, third)} == {words.id}


async def test_what_was_seen_of_them_on_the_way_is_gone_before_they_come(
    client: SandboxClient, adapter: TelegramAdapter, asha: Person
) -> None:
    address = await home(client)
    seen = replace(PICTURES[0], name="job_0.preview.jpg")
    card = await adapter.send(address, Reply(text("queued")))
    await adapter.edit(replace(address, message=card), Reply(text("half"), media=seen))
    assert (await asha.messages())[-1].photo
    before = len(await asha.messages())
    with pytest.raises(MessageGoneError):
        await adapter.edit(replace(address, message=card), replace(DONE, is_bare=True))

    left = await asha.messages()
    assert len(left) == before - 1
    assert card not in [str(message.id) for message in left]


async def test_when_the_card_is_gone_nothing_is_sent_in_its_place_twice(
    client: SandboxClient, adapter: TelegramAdapter, asha: Person
) -> None:
    before = len(await asha.messages())
    with pytest.raises(MessageGoneError):
        await adapter.edit(replace(await home(client), message="999"), DONE)
    assert len(await asha.messages()) == before


async def test_one_that_is_no_photo_makes_files_of_all(
    client: SandboxClient, adapter: TelegramAdapter, asha: Person
) -> None:
    long = replace(PICTURES[1], width=6000, height=100)
    await adapter.send(await home(client), replace(DONE, album=(long,)))

    *_, first, second, _ = await asha.messages()
    kinds = [message.media.kind for message in (first, second) if message.media]
    assert kinds == ["document", "document"]
