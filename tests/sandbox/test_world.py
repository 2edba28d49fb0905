import asyncio

import pytest

from sandbox.records import BOT, Message
from sandbox.world import World


@pytest.fixture
async def world() -> World:
    return World()


def message(world: World, text: str) -> Message:
    return world.post(Message(world.next_message_id(), "asha", BOT, int(world.now()), text))


async def test_the_clock_moves_when_it_is_told_to(world: World) -> None:
    before = world.now()
    world.advance(3600)
    assert world.now() >= before + 3600


async def test_a_chat_is_found_by_key_or_number(world: World) -> None:
    asha = world.chats["asha"]
    assert world.chat("asha") == world.chat(asha.id) == world.chat(str(asha.id)) == asha
    assert world.chat("nobody") is None


async def test_every_change_is_told_in_order(world: World) -> None:
    first = message(world, "one")
    world.edit(first)
    world.delete(first)
    assert [event.kind for event in world.events_after(0)] == ["message", "edited", "deleted"]
    assert [event.kind for event in world.events_after(2)] == ["deleted"]


async def test_a_listener_wakes_when_something_happens(world: World) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(world.wait_beyond(0, 10))
        await asyncio.sleep(0)
        message(world, "hello")
    assert world.last_seq == 1


async def test_a_listener_gives_up_after_a_while(world: World) -> None:
    await world.wait_beyond(0, 0)
    assert world.last_seq == 0


async def test_the_same_bytes_have_the_same_unique_id(world: World) -> None:
    one, two = (world.keep(b"x", folder="f", name="a.txt", mime="text/plain") for _ in range(2))
    assert one.unique_id == two.unique_id
    assert one.id != two.id
    assert world.file_at(two.path) == two


async def test_a_reset_empties_chats_but_no_number_comes_twice(world: World) -> None:
    old = message(world, "old")
    world.set_blocked("asha", blocked=True)
    world.reset()
    assert world.messages("asha") == []
    assert not world.blocked
    assert message(world, "new").id > old.id
