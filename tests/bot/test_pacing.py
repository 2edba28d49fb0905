import asyncio
import heapq
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from bot.pacing import FloodedError, Pacing
from chat.errors import MessageGoneError, TryLaterError, UnreachableError


class FakeTime:
    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        waker = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self.now + seconds, self._count, waker))
        await waker

    async def advance(self, seconds: float) -> None:
        target = self.now + seconds
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= target:
            self.now, _, waker = heapq.heappop(self._sleepers)
            if not waker.done():
                waker.set_result(None)
            await self._settle()
        self.now = target

    async def _settle(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0)


class Platform:
    """Notes what was sent, and when; can refuse."""

    def __init__(self, time: FakeTime) -> None:
        self._time = time
        self._begin = time.now
        self.sent: list[tuple[float, str]] = []
        self.refusals: list[Exception] = []

    def call(self, words: str) -> Callable[[], Awaitable[str]]:
        async def send() -> str:
            await asyncio.sleep(0)
            if self.refusals:
                raise self.refusals.pop(0)
            self.sent.append((round(self._time.now - self._begin, 3), words))
            return words

        return send

    @property
    def words(self) -> list[str]:
        return [words for _, words in self.sent]


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def platform(time: FakeTime) -> Platform:
    return Platform(time)


@pytest.fixture
async def pacing(time: FakeTime) -> AsyncIterator[Pacing]:
    async with Pacing(clock=time.clock, sleep=time.sleep) as pacing:
        yield pacing


@pytest.fixture
async def tasks() -> AsyncIterator[asyncio.TaskGroup]:
    async with asyncio.TaskGroup() as tasks:
        yield tasks


async def test_a_message_is_sent_at_once_and_its_answer_returned(
    pacing: Pacing, platform: Platform
) -> None:
    assert await pacing.send("5", platform.call("hello"), is_group=False) == "hello"


async def test_a_chat_gets_a_small_burst_and_then_one_message_a_second(
    pacing: Pacing, platform: Platform, time: FakeTime, tasks: asyncio.TaskGroup
) -> None:
    for n in range(7):
        tasks.create_task(pacing.send("5", platform.call(str(n)), is_group=False))

    await time.advance(30)

    assert platform.words == list("0123456")
    assert [at for at, _ in platform.sent] == [0, 0, 0, 3, 3, 3, 6]


async def test_a_group_gets_no_more_than_twenty_messages_in_any_minute(
    pacing: Pacing, platform: Platform, time: FakeTime, tasks: asyncio.TaskGroup
) -> None:
    for n in range(25):
        call = platform.call(str(n))
        tasks.create_task(pacing.send("-7", call, is_group=True, patience_s=300))

    await time.advance(59)
    assert len(platform.sent) == 20
    await time.advance(30)
    assert len(platform.sent) == 25


async def test_all_chats_together_get_no_more_than_thirty_messages_a_second(
    pacing: Pacing, platform: Platform, time: FakeTime, tasks: asyncio.TaskGroup
) -> None:
    for n in range(70):
        tasks.create_task(pacing.send(str(n), platform.call(str(n)), is_group=False))

    await time.advance(0.9)
    assert len(platform.sent) == 30
    await time.advance(1)
    assert len(platform.sent) == 60
    await time.advance(1)
    assert platform.words == [str(n) for n in range(70)], "first come, first served"


async def test_a_turn_beyond_ones_patience_is_refused_with_the_time_to_wait(
    pacing: Pacing, platform: Platform
) -> None:
    for n in range(3):
        await pacing.send("5", platform.call(str(n)), is_group=False)

    with pytest.raises(TryLaterError) as caught:
        await pacing.send("5", platform.call("late"), is_group=False, patience_s=1)

    assert caught.value.seconds == 3
    assert "late" not in platform.words


async def test_a_short_flood_is_waited_out_and_holds_back_its_chat_alone(
    pacing: Pacing, platform: Platform, time: FakeTime, tasks: asyncio.TaskGroup
) -> None:
    platform.refusals.append(FloodedError(20))
    tasks.create_task(pacing.send("5", platform.call("result"), is_group=False))
    await time.advance(1)

    tasks.create_task(pacing.send("5", platform.call("after"), is_group=False))
    tasks.create_task(pacing.send("6", platform.call("elsewhere"), is_group=False))
    await time.advance(30)

    assert platform.sent == [(1, "elsewhere"), (20, "result"), (20, "after")]


async def test_a_long_flood_is_reported_at_once_and_again_to_whoever_comes(
    pacing: Pacing, platform: Platform, time: FakeTime
) -> None:
    platform.refusals.append(FloodedError(245))
    with pytest.raises(TryLaterError):
        await pacing.send("5", platform.call("result"), is_group=False)
    await time.advance(45)

    with pytest.raises(TryLaterError) as caught:
        await pacing.send("5", platform.call("result"), is_group=False)

    assert caught.value.seconds == 200


async def test_another_refusal_is_the_callers_to_handle(pacing: Pacing, platform: Platform) -> None:
    platform.refusals.append(UnreachableError())

    with pytest.raises(UnreachableError):
        await pacing.send("5", platform.call("hello"), is_group=False)

    assert await pacing.send("5", platform.call("again"), is_group=False) == "again"


@pytest.mark.parametrize(("is_group", "times"), [(False, [0, 3, 6]), (True, [0, 10, 20])])
async def test_progress_is_coalesced_to_the_chats_pace(
    pacing: Pacing, platform: Platform, time: FakeTime, is_group: bool, times: list[float]
) -> None:
    for percent in range(21 if is_group else 7):
        pacing.progress("5", "card", platform.call(f"{percent}"), is_group=is_group)
        await time.advance(1)

    assert [at for at, _ in platform.sent] == times
    assert platform.words[0] == "0"
    assert int(platform.words[1]) >= times[1] - 1, "the latest wins"


async def test_results_go_before_progress_that_waits(
    pacing: Pacing, platform: Platform, time: FakeTime, tasks: asyncio.TaskGroup
) -> None:
    await pacing.send("5", platform.call("card"), is_group=False)
    pacing.progress("5", "card", platform.call("10 %"), is_group=False)
    await time.advance(1)
    tasks.create_task(pacing.send("5", platform.call("other result"), is_group=False))

    await time.advance(10)

    assert platform.sent == [(0, "card"), (1, "other result"), (4, "10 %")]


async def test_progress_leaves_room_for_the_results_of_a_busy_group(
    pacing: Pacing, platform: Platform, time: FakeTime
) -> None:
    for n in range(12):
        await pacing.send("-7", platform.call(str(n)), is_group=True)
        await time.advance(3)
    pacing.progress("-7", "card", platform.call("10 %"), is_group=True)
    await time.advance(10)
    assert "10 %" not in platform.words

    for n in range(8):
        await pacing.send("-7", platform.call(f"result {n}"), is_group=True, patience_s=0)
        await time.advance(1)

    assert "result 7" in platform.words


async def test_a_final_edit_drops_the_messages_progress_before_and_after(
    pacing: Pacing, platform: Platform, time: FakeTime
) -> None:
    await pacing.send("5", platform.call("card"), is_group=False)
    pacing.progress("5", "card", platform.call("10 %"), is_group=False)
    pacing.progress("5", "other", platform.call("other 10 %"), is_group=False)

    await pacing.send("5", platform.call("done"), is_group=False, edits="card", is_final=True)
    pacing.progress("5", "card", platform.call("20 %"), is_group=False)
    await time.advance(60)

    assert platform.words == ["card", "done", "other 10 %"]


async def test_progress_goes_on_after_an_edit_that_is_not_final(
    pacing: Pacing, platform: Platform, time: FakeTime
) -> None:
    await pacing.send("5", platform.call("done"), is_group=False, edits="card", is_final=True)
    await pacing.send("5", platform.call("again"), is_group=False, edits="card")
    pacing.progress("5", "card", platform.call("10 %"), is_group=False)
    await time.advance(60)

    assert platform.words == ["done", "again", "10 %"]


async def test_a_flood_drops_progress_but_keeps_results(
    pacing: Pacing, platform: Platform, time: FakeTime, tasks: asyncio.TaskGroup
) -> None:
    platform.refusals.append(FloodedError(20))
    tasks.create_task(pacing.send("5", platform.call("result"), is_group=False))
    pacing.progress("5", "card", platform.call("10 %"), is_group=False)
    await time.advance(5)
    pacing.progress("5", "card", platform.call("20 %"), is_group=False)
    await time.advance(60)

    assert platform.words == ["result"]


async def test_progress_that_floods_pauses_the_chat(
    pacing: Pacing, platform: Platform, time: FakeTime, tasks: asyncio.TaskGroup
) -> None:
    platform.refusals.append(FloodedError(20))
    pacing.progress("5", "card", platform.call("10 %"), is_group=False)
    await time.advance(1)
    tasks.create_task(pacing.send("5", platform.call("result"), is_group=False))
    await time.advance(60)

    assert platform.sent == [(20, "result")]


@pytest.mark.parametrize("refusal", [MessageGoneError(), ZeroDivisionError()])
async def test_progress_that_cannot_be_shown_harms_nobody(
    pacing: Pacing, platform: Platform, time: FakeTime, refusal: Exception
) -> None:
    platform.refusals.append(refusal)
    pacing.progress("5", "card", platform.call("10 %"), is_group=False)
    await time.advance(5)
    pacing.progress("5", "card", platform.call("20 %"), is_group=False)
    await time.advance(5)

    assert platform.words == ["20 %"]


async def test_what_waits_is_bounded(
    pacing: Pacing, platform: Platform, time: FakeTime, tasks: asyncio.TaskGroup
) -> None:
    async def send(n: int) -> None:
        with suppress(TryLaterError):
            await pacing.send("5", platform.call(f"{n}"), is_group=False, patience_s=1000)

    for n in range(150):
        tasks.create_task(send(n))
        pacing.progress("6", f"card {n}", platform.call(f"progress {n}"), is_group=False)
    await time.advance(1000)

    assert sum(words.startswith("progress") for words in platform.words) == 20
    assert len(platform.sent) == 120


async def test_many_chats_are_forgotten_and_none_exceeds_its_pace(
    pacing: Pacing, platform: Platform, time: FakeTime
) -> None:
    for n in range(1200):
        await pacing.send(str(n), platform.call("x"), is_group=False)
        await time.advance(0.04)
    for _ in range(2):
        await pacing.send("1199", platform.call("x"), is_group=False)

    with pytest.raises(TryLaterError):
        await pacing.send("1199", platform.call("x"), is_group=False, patience_s=1)
    assert len(pacing._lanes) < 1001


async def test_closing_does_not_wait_for_progress(time: FakeTime, platform: Platform) -> None:
    async with Pacing(clock=time.clock, sleep=time.sleep) as pacing:
        await pacing.send("5", platform.call("card"), is_group=False)
        pacing.progress("5", "card", platform.call("10 %"), is_group=False)
        await time.advance(1)
    pacing.progress("5", "card", platform.call("20 %"), is_group=False)

    assert platform.words == ["card"]
