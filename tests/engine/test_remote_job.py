import asyncio

import pytest

from engine.errors import BackendError
from engine.remote_job import beside


async def test_a_job_goes_on_when_its_watcher_breaks(caplog: pytest.LogCaptureFixture) -> None:
    broke = asyncio.Event()

    async def watching() -> None:
        broke.set()
        raise OverflowError("int too large")

    async with beside(watching()):
        await broke.wait()
        await asyncio.sleep(0)

    assert "cannot be watched" in caplog.text


async def test_what_the_job_raises_comes_out_as_it_is_and_ends_the_watching() -> None:
    async def watching() -> None:
        await asyncio.Event().wait()

    with pytest.raises(BackendError, match="studio: slow"):
        async with beside(watching()):
            raise BackendError("studio", "slow")
