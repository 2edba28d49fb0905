import asyncio
from pathlib import Path

import pytest

from engine.errors import EngineCrashedError, EngineError, ModelMissingError, WithheldError
from engine.inspector import Inspector, Looks
from engine.protocol import Failed, Message, Passed, Pong, Ready
from engine.settings import EngineSettings
from sandbox.backends.painting import paint
from tests.doubles.checker import ALWAYS, NEVER, write

PICTURE = paint(64, 48, 7)
READY = Ready("checker", "cpu", "float32")


def inspector(safety_model: Path) -> Inspector:
    return Inspector(EngineSettings(safety_model=str(safety_model), threads=1))


async def verdict(inspector: Inspector) -> type[EngineError] | None:
    try:
        await inspector.inspect(PICTURE)
    except EngineError as error:
        return type(error)
    return None


@pytest.mark.parametrize(("threshold", "said"), [(NEVER, None), (ALWAYS, WithheldError)])
async def test_a_real_checker_in_its_process_decides(
    tmp_path: Path, threshold: float, said: type[EngineError] | None
) -> None:
    async with inspector(write(tmp_path, threshold)) as looking:
        await looking.ready()
        assert [await verdict(looking), await verdict(looking)] == [said, said]


async def test_where_the_checker_is_missing_nothing_is_let_through(tmp_path: Path) -> None:
    async with inspector(tmp_path / "none") as looking:
        assert await verdict(looking) is ModelMissingError
        assert await verdict(looking) is ModelMissingError


async def test_files_wait_for_a_child_and_are_given_to_the_next_when_one_dies() -> None:
    looks, told = Looks(), list[Message]()
    first, second = looks.add(b"1"), looks.add(b"2")
    looks.feed(told.append, READY)
    looks.hear(Passed(first.asked.job_id))
    looks.hear(Pong())
    await first.verdict
    looks.remove(first)
    looks.crashed(1, was_ready=True)
    looks.feed(told.append, READY)

    assert told == [first.asked, second.asked, second.asked]
    looks.hear(Failed(second.asked.job_id, "withheld", ""))
    looks.hear(Passed(second.asked.job_id))
    with pytest.raises(WithheldError):
        await second.verdict


async def test_what_kills_the_child_again_and_again_is_given_up() -> None:
    looks = Looks()
    look = looks.add(b"1")
    looks.crashed(1, was_ready=True)
    assert not look.verdict.done()
    looks.crashed(1, was_ready=True)

    with pytest.raises(EngineCrashedError):
        await look.verdict


async def test_who_stops_waiting_is_forgotten(tmp_path: Path) -> None:
    async with inspector(write(tmp_path, NEVER)) as looking:
        waiting = asyncio.ensure_future(looking.inspect(PICTURE))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert looking._looks._looks == {}
