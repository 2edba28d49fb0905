import asyncio

import pytest

from engine.breaker import FAILURES_MAX, Breaker
from engine.errors import BackendError, EngineError, JobCancelledError
from engine.job import Picture
from engine.link import Link
from tests.doubles.clock import FakeClock
from tests.doubles.engine import FakeEngine

PICTURE = Picture(b"png", 64, 48, 1, "wall", 5, "cpu")


async def fails(error: EngineError) -> Picture:
    raise error


async def tried(link: Link, error: EngineError, *, is_clip: bool = False) -> None:
    with pytest.raises(type(error)):
        await link.told(fails(error), is_clip=is_clip)


async def test_a_drawn_picture_says_whose_it_is() -> None:
    async def draws() -> Picture:
        return PICTURE

    link = Link("studio", "sdnext", FakeEngine())
    await tried(link, BackendError("studio", "memory"))
    assert (await link.told(draws(), is_clip=False)).backend == "studio"

    health = link.health()
    assert (health.drawn, health.failed, health.trouble, health.rest_s) == (1, 1, "", 0)


async def test_an_illness_of_clips_leaves_pictures_alone_and_is_shown() -> None:
    link = Link("studio", "comfyui", FakeEngine())
    for _ in range(FAILURES_MAX):
        await tried(link, BackendError("studio", "unreachable"), is_clip=True)

    assert not link.breaker_of(is_clip=True).allows()
    assert link.breaker_of(is_clip=False).allows()
    assert link.health().rest_s > 0


async def test_an_end_that_tells_nothing_is_not_held_against_it() -> None:
    link = Link("studio", "comfyui", FakeEngine())
    for _ in range(FAILURES_MAX):
        await tried(link, JobCancelledError())
        with pytest.raises(asyncio.CancelledError):
            await _cancelled(link)

    assert link.breaker.allows()
    assert link.failed == 0


async def test_what_it_should_not_raise_is_nonsense_and_no_trial_stays_without_an_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def breaks() -> Picture:
        raise OverflowError("int too large")

    clock = FakeClock()
    link = Link("studio", "comfyui", FakeEngine(), Breaker(clock))
    await tried(link, BackendError("studio", "refused"))
    clock.pass_(int(link.breaker.rest_s))
    assert link.breaker.allows()
    with pytest.raises(BackendError, match="studio: nonsense, OverflowError"):
        await link.told(breaks(), is_clip=False)

    assert "studio raised what it should not" in caplog.text
    clock.pass_(int(link.breaker.rest_s))
    assert link.breaker.allows()


async def _cancelled(link: Link) -> Picture:
    drawing = asyncio.ensure_future(link.told(asyncio.Future[Picture](), is_clip=False))
    await asyncio.sleep(0)
    drawing.cancel()
    return await drawing
