import asyncio
import io
import math
from collections.abc import AsyncIterator
from dataclasses import replace

import PIL.Image
import pytest

from engine.automatic1111 import Automatic1111
from engine.errors import BackendError, JobCancelledError, Trouble
from engine.job import SAMPLERS
from sandbox.backends import troubles
from sandbox.backends.automatic1111 import PASSWORD, USER, WebUI
from sandbox.backends.automatic1111 import SAMPLERS as KNOWN
from sandbox.backends.painting import paint
from tests.doubles.remotes import (
    REQUEST,
    TROUBLES,
    Asking,
    caught,
    heard_amid_numbers_without_end,
    opened,
    pretended,
)

SECRET = f"{USER}:{PASSWORD}"


@pytest.fixture
async def server() -> AsyncIterator[tuple[WebUI, str]]:
    async with pretended() as sandbox:
        yield sandbox.backends.automatic1111, f"{sandbox.url}/backends/automatic1111"


Server = tuple[WebUI, str]


async def test_a_picture_comes_back_as_a_file_of_ours(server: Server) -> None:
    ui, url = server
    async with opened(Automatic1111, url, SECRET) as remote:
        picture = await Asking(remote).draw()

    assert (picture.width, picture.height, picture.seed) == (64, 48, 11)
    assert (picture.model, picture.backend) == ("pretended-v1", "studio")
    with PIL.Image.open(io.BytesIO(picture.png)) as image:
        assert image.format == "PNG"
        assert "Seed: 11" in image.info["parameters"]
    assert ui.asked[0]["force_task_id"] == "hub-job_1"
    assert ui.asked[0]["save_images"] is False
    assert "override_settings" not in ui.asked[0]


@pytest.mark.parametrize("sampler", SAMPLERS)
async def test_every_sampler_has_a_name_there(server: Server, sampler: str) -> None:
    ui, url = server
    async with opened(Automatic1111, url, SECRET, model="other") as remote:
        await Asking(remote).draw(replace(REQUEST, sampler=sampler))

    assert ui.asked[0]["sampler_name"] in KNOWN
    assert ui.asked[0]["override_settings"] == {"sd_model_checkpoint": "other"}


async def test_a_picture_to_start_from_goes_by_its_bytes(server: Server) -> None:
    ui, url = server
    original = paint(64, 48, 3)
    async with opened(Automatic1111, url, SECRET) as remote:
        await Asking(remote).draw(replace(REQUEST, image=original, mask=original, strength=0.5))

    [asked] = ui.asked
    assert asked["denoising_strength"] == 0.5
    assert "http" not in asked["init_images"][0][:10]
    assert asked["mask"]
    assert asked["inpaint_full_res"] is False, "left out, it is true there"
    assert (asked["mask_blur"], asked["inpainting_mask_invert"]) == (0, 0)


async def test_progress_is_that_of_our_own_task(server: Server) -> None:
    ui, url = server
    ui.troubles.order("stuck")
    async with opened(Automatic1111, url, SECRET) as remote, asyncio.TaskGroup() as tasks:
        asking = Asking(remote)
        drawing = tasks.create_task(asking.draw())
        await ui.troubles.stuck.wait()
        while not any(0 < progress.step < REQUEST.steps for progress in asking.heard):
            await asyncio.sleep(0)
        ui._stopped.set()
        await drawing


async def seen(ui: WebUI, url: str, every_s: float) -> list[bytes]:
    """What is shown of a picture that gets stuck half way, until half a dozen looks are over."""
    ui.troubles.order("stuck")
    async with opened(Automatic1111, url, SECRET) as remote, asyncio.TaskGroup() as tasks:
        remote.glimpses.every_s = every_s
        asking = Asking(remote)
        drawing = tasks.create_task(asking.draw())
        await ui.troubles.stuck.wait()
        looks = len(asking.heard) + 6
        while len(asking.heard) < looks:
            await asyncio.sleep(0)
        ui._stopped.set()
        await drawing
    return [progress.preview for progress in asking.heard]


async def test_a_picture_is_seen_coming_and_each_look_of_it_is_sent_once(server: Server) -> None:
    ui, url = server
    shown = await seen(ui, url, 1e-9)

    with PIL.Image.open(io.BytesIO(shown[-1])) as image:
        assert (image.format, image.size) == ("JPEG", REQUEST.size)
    assert set(ui.shown) == {"hub-job_1"}
    assert len(ui.shown) <= REQUEST.steps


async def test_where_nobody_wants_to_see_it_nothing_is_sent(server: Server) -> None:
    ui, url = server

    assert set(await seen(ui, url, 0)) == {b""}
    assert ui.shown == []


async def test_what_is_shown_and_is_no_picture_costs_nothing(server: Server) -> None:
    ui, url = server
    ui.preview = b"no picture"

    assert set(await seen(ui, url, 1e-9)) == {b""}
    assert ui.shown


async def test_cancelling_interrupts_our_own_task_only(server: Server) -> None:
    ui, url = server
    ui.troubles.order("stuck")
    async with opened(Automatic1111, url, SECRET) as remote:
        async with asyncio.TaskGroup() as tasks:
            drawing = tasks.create_task(caught(remote))
            await ui.troubles.stuck.wait()
            remote.cancel("job_1")
        assert isinstance(drawing.result(), JobCancelledError)
        assert ui.interrupted == ["hub-job_1"]
        await Asking(remote).draw()


async def test_a_strangers_task_is_never_interrupted(server: Server) -> None:
    ui, url = server
    ui.troubles.order("stuck")
    async with (
        opened(Automatic1111, url, SECRET) as remote,
        opened(Automatic1111, url, SECRET) as stranger,
        asyncio.TaskGroup() as tasks,
    ):
        theirs = tasks.create_task(Asking(stranger).draw(job_id="theirs"))
        await ui.troubles.stuck.wait()
        ours = tasks.create_task(caught(remote))
        while "hub-job_1" not in ui.waiting:
            await asyncio.sleep(0)
        remote.cancel("job_1")
        assert isinstance(await ours, JobCancelledError)
        assert ui.interrupted == []
        ui._stopped.set()
        await theirs


async def test_one_that_gets_stuck_is_stopped_when_its_time_is_over(server: Server) -> None:
    ui, url = server
    ui.troubles.order("stuck")
    async with opened(Automatic1111, url, SECRET, timeout_s=0.5) as remote:
        error = await caught(remote)

    assert isinstance(error, BackendError)
    assert error.trouble == "slow"
    assert ui.interrupted == ["hub-job_1"]


@pytest.mark.parametrize(("ordered", "trouble"), TROUBLES)
async def test_each_trouble_is_told_apart(
    server: Server, ordered: troubles.Trouble, trouble: Trouble
) -> None:
    ui, url = server
    ui.troubles.order(ordered)
    async with opened(Automatic1111, url, SECRET) as remote:
        error = await caught(remote)
        assert isinstance(error, BackendError)
        assert error.trouble == trouble
        assert REQUEST.prompt not in str(error)
        await Asking(remote).draw()


@pytest.mark.parametrize("secret", ["", "hub:wrong", "token"])
async def test_a_wrong_password_is_a_refusal(server: Server, secret: str) -> None:
    async with opened(Automatic1111, server[1], secret) as remote:
        error = await caught(remote)
        assert isinstance(error, BackendError)
        assert error.trouble == "refused"
        with pytest.raises(BackendError):
            await remote.ready()


async def test_a_check_names_the_checkpoint_without_drawing(server: Server) -> None:
    ui, url = server
    async with opened(Automatic1111, url, SECRET) as remote:
        assert (await remote.ready()).model.startswith("pretended-v1")
    assert ui.asked == []


async def test_numbers_without_end_leave_the_job_alone(server: Server) -> None:
    ui, url = server
    async with opened(Automatic1111, url, SECRET) as remote:
        heard = await heard_amid_numbers_without_end(ui, remote)

    assert all(math.isfinite(progress.eta_s or 0) for progress in heard)
