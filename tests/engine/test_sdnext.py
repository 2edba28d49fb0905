import asyncio
import base64
import io
import math
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import PIL.Image
import pytest

from engine.backend import ClipTaskSettings
from engine.errors import BackendError, JobCancelledError, Trouble
from engine.job import SAMPLERS
from engine.sdnext import SdNext
from sandbox.backends import troubles
from sandbox.backends.automatic1111 import PASSWORD, USER, WebUI
from sandbox.backends.automatic1111 import SAMPLERS as KNOWN
from tests.doubles.remotes import (
    CLIP,
    REQUEST,
    TROUBLES,
    Asking,
    caught,
    heard_amid_numbers_without_end,
    opened,
    pretended,
)

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
    async with opened(SdNext, url, SECRET) as remote:
        heard = await heard_amid_numbers_without_end(ui, remote)

    assert all(math.isfinite(progress.eta_s or 0) for progress in heard)


def filming(url: str, **video: object) -> AbstractAsyncContextManager[SdNext]:
    return opened(SdNext, url, SECRET, video=ClipTaskSettings.model_validate(video))


async def test_a_clip_is_drawn_from_its_picture_segment_by_segment(server: Server) -> None:
    ui, url = server
    async with filming(url, engine="WAN Video", model="WAN 2.2 I2V") as remote:
        assert remote.animates
        asking = Asking(remote)
        clip = await asking.film(replace(CLIP, segments=2, seed=2**32 + 3))

    first, second = ui.filmed
    image = first.pop("init_image")
    with PIL.Image.open(io.BytesIO(base64.b64decode(image))) as given:
        assert given.size == CLIP.size
    assert first == {
        "width": 64,
        "height": 48,
        "frames": 5,
        "steps": 6,
        "seed": 3,
        "guidance_scale": 3.0,
        "audio": False,
        "mp4_fps": 5,
        "mp4_thumb": False,
        "send_video": True,
        "send_thumbnail": False,
        "engine": "WAN Video",
        "model": "WAN 2.2 I2V",
    }
    assert second["init_image"] != image
    assert (clip.width, clip.height, clip.frames, clip.model) == (64, 48, 9, "WAN 2.2 I2V")
    assert clip.backend == "studio"


async def test_without_a_name_the_model_that_is_loaded_draws_the_clip(server: Server) -> None:
    ui, url = server
    async with filming(url) as remote:
        clip = await Asking(remote).film()

    assert not {"engine", "model"} & {*ui.filmed[0]}
    assert clip.frames == 5


async def test_a_clip_too_large_for_the_answer_is_fetched(server: Server) -> None:
    ui, url = server
    ui.troubles.order("large")
    async with filming(url) as remote:
        assert (await Asking(remote).film()).frames == 5


@pytest.mark.parametrize(
    ("ordered", "trouble"), [*TROUBLES, ("truncated", "nonsense"), ("still", "nonsense")]
)
async def test_each_trouble_of_clips_is_told_apart(
    server: Server, ordered: troubles.Trouble, trouble: Trouble
) -> None:
    ui, url = server
    ui.troubles.order(ordered)
    async with filming(url) as remote:
        error = await caught(remote, CLIP)

    assert isinstance(error, BackendError)
    assert error.trouble == trouble


@pytest.mark.parametrize("answer", [{"video": "no base64!"}, {"video": 5, "video_path": 7}, {}])
async def test_an_answer_without_a_clip_is_nonsense(answer: dict[str, object]) -> None:
    async with filming("http://127.0.0.1:1") as remote:
        with pytest.raises(BackendError, match="without a clip"):
            await remote._clip(answer)


async def test_without_the_table_it_draws_no_clips(server: Server) -> None:
    async with opened(SdNext, server[1], SECRET) as remote:
        assert not remote.animates
