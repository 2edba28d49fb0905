import pytest

from chat.model import Address, CommandCall, UserRef
from handlers.people import (
    NotFoundError,
    NotYoursError,
    check_owner,
    conversation,
    digest_of,
    own_job,
    speaker,
)
from store import users
from store.database import Transaction
from store.users import User
from tests.doubles.hub import RAVI, Hub


def call(chat: str = "1", thread: str | None = None, language: str = "en") -> CommandCall:
    who = UserRef("telegram", "1", "Asha", language)
    return CommandCall("event", who, Address("telegram", chat, True, thread), "image")


async def test_a_person_is_the_same_however_often_they_speak(hub: Hub) -> None:
    write = hub.services.database.write
    first = await write(lambda tx: speaker(tx, call(), 1))

    assert await write(lambda tx: speaker(tx, call("-100"), 2)) == first


async def test_the_same_id_on_another_platform_is_another_person(hub: Hub) -> None:
    write = hub.services.database.write
    first = await write(lambda tx: speaker(tx, call(), 1))
    on_discord = CommandCall(
        "e", UserRef("discord", "1", "Asha"), Address("discord", "1", True), "image"
    )

    assert (await write(lambda tx: speaker(tx, on_discord, 1))).id != first.id


async def test_a_person_who_changes_the_language_is_spoken_to_in_it(hub: Hub) -> None:
    write = hub.services.database.write
    user = await write(lambda tx: speaker(tx, call(), 1))
    await write(lambda tx: speaker(tx, call(language="hi-IN"), 2))

    async with hub.services.database.read() as tx:
        assert await users.language_of(tx, user.id) == "hi-IN"


async def test_every_chat_and_thread_is_a_conversation_of_its_own(hub: Hub) -> None:
    async def decide(tx: Transaction) -> list[int]:
        user = await speaker(tx, call(), 1)
        chats = (call(), call(), call("-100"), call("-100", "4"))
        return [await conversation(tx, user, each, 1) for each in chats]

    first, again, group, thread = await hub.services.database.write(decide)
    assert first == again
    assert len({first, group, thread}) == 3


def test_a_button_is_refused_to_everyone_but_its_owner() -> None:
    check_owner(User(1, "en"), 1)
    with pytest.raises(NotYoursError):
        check_owner(User(1, "en"), 2)


async def test_a_job_is_given_to_its_owner_alone(hub: Hub) -> None:
    await hub.grant(user=RAVI)
    await hub.grant()
    job_id = await hub.draw(user=RAVI)
    write = hub.services.database.write
    with pytest.raises(NotYoursError):
        await write(lambda tx: own_job(tx, call(), job_id, 1))
    with pytest.raises(NotFoundError):
        await write(lambda tx: own_job(tx, call(), "job_0", 1))


def test_a_redelivery_has_the_same_digest_and_another_event_has_not() -> None:
    other = CommandCall("other", call().user, call().address, "image")

    assert digest_of(call()) == digest_of(call("-100"))
    assert digest_of(call()) != digest_of(other)
