import asyncio
import math
from collections.abc import AsyncIterator

import pytest

from engine.errors import JobCancelledError
from engine.job import SAMPLERS
from engine.sdnext import SdNext
from sandbox.backends.automatic1111 import PASSWORD, USER, WebUI
from sandbox.backends.automatic1111 import SAMPLERS as KNOWN
from tests.doubles.remotes import REQUEST, Asking, opened, pretended

SECRET = f"{USER}:{PASSWORD}"
Server = tuple[WebUI, str]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with pretended() as sandbox:
        yield sandbox.backends.sdnext, f"{sandbox.url}/backends/sdnext"


async def test_a_picture_is_asked_for_without_a_name_of_ours(server: Server) -> None:
    ui, url = server
    async with opened(SdNext, url, SECRET) as remote:
        picture = await Asking(remote).draw()

    assert (picture.width, picture.height) == (64, 48)
    assert "force_task_id" not in ui.asked[0]
    assert {SdNext.samplers[sampler] for sampler in SAMPLERS} <= KNOWN


async def test_nothing_is_interrupted_but_the_job_ends_and_progress_is_told(server: Server) -> None:
    ui, url = server
    ui.troubles.order("stuck")
    async with opened(SdNext, url, SECRET) as remote:
        asking = Asking(remote)

        async def cancelled() -> None:
            with pytest.raises(JobCancelledError):
                await asking.draw()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(cancelled())
            await ui.troubles.stuck.wait()
            while not any(0 < progress.step < REQUEST.steps for progress in asking.heard):
                await asyncio.sleep(0)
            remote.cancel("job_1")

    assert ui.interrupted == []


async def test_numbers_without_end_leave_the_job_alone(server: Server) -> None:
    ui, url = server
    ui.troubles.order("stuck")
    ui.troubles.order("wild", 3)
    async with opened(SdNext, url, SECRET) as remote, asyncio.TaskGroup() as tasks:
        asking = Asking(remote)
        drawing = tasks.create_task(asking.draw())
        await ui.troubles.stuck.wait()
        while ui.troubles._waiting["wild"]:
            await asyncio.sleep(0)
        ui._stopped.set()
        await drawing

    assert all(math.isfinite(progress.eta_s or 0) for progress in asking.heard)
