import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from engine.backend import ClipTaskSettings, TaskSettings
from engine.comfyui import ComfyUI
from engine.errors import BackendError, JobCancelledError, Trouble
from engine.http import Answer
from sandbox.backends import comfyui, troubles
from sandbox.backends.comfyui import TOKEN
from sandbox.backends.painting import paint
from tests.doubles.remotes import CLIP, REQUEST, TROUBLES, Asking, caught, opened, pretended

WORKFLOW = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 0, "steps": 20, "cfg": 8, "denoise": 1}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ""}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0]}},
    "10": {"class_type": "LoadImage", "inputs": {"image": ""}},
}
INPUTS = {
    "prompt": "6.text",
    "seed": "3.seed",
    "steps": "3.steps",
    "guidance": "3.cfg",
    "width": "5.width",
    "height": "5.height",
    "image": "10.image",
    "strength": "3.denoise",
}
CLIP_WORKFLOW = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "mine.png"}},
    "2": {
        "class_type": "SVD_img2vid_Conditioning",
        "inputs": {"width": 1024, "height": 576, "video_frames": 25, "fps": 6},
    },
    "3": {"class_type": "KSampler", "inputs": {"seed": 0, "steps": 20, "cfg": 2.5}},
    "9": {"class_type": "SaveAnimatedWEBP", "inputs": {"images": ["8", 0]}},
}
CLIP_INPUTS = {
    "image": "1.image",
    "width": "2.width",
    "height": "2.height",
    "frames": "2.video_frames",
    "fps": "2.fps",
    "seed": "3.seed",
    "steps": "3.steps",
    "guidance": "3.cfg",
}
Server = tuple[comfyui.ComfyUI, dict[str, Any]]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """The server, and the settings that reach it."""
    workflow = tmp_path / "flow.json"
    workflow.write_text(json.dumps(WORKFLOW))
    async with pretended() as sandbox:
        url = f"{sandbox.url}/backends/comfyui"
        settings = {"workflow": str(workflow), "inputs": INPUTS}
        yield sandbox.backends.comfyui, {"url": url, "secret": TOKEN, **settings}


def with_clips(server: Server, saver: str = "SaveAnimatedWEBP", **changed: Any) -> dict[str, Any]:
    """Settings with a workflow for clips beside that for pictures."""
    graph = CLIP_WORKFLOW | {"9": {"class_type": saver, "inputs": {"images": ["8", 0]}}}
    path = Path(server[1]["workflow"]).with_name("svd.json")
    path.write_text(json.dumps(graph))
    video = {"workflow": str(path), "inputs": CLIP_INPUTS, **changed}
    return server[1] | {"video": ClipTaskSettings.model_validate(video)}


@pytest.mark.parametrize("saver", ["SaveAnimatedWEBP", "SaveVideo", "VHS_VideoCombine", "SaveWEBM"])
async def test_a_clip_is_drawn_by_its_own_workflow(server: Server, saver: str) -> None:
    ui = server[0]
    async with opened(ComfyUI, **with_clips(server, saver)) as remote:
        clip = await Asking(remote).film(replace(CLIP, segments=2))

    first, second = ui.asked
    assert first["2"]["inputs"] == {"width": 64, "height": 48, "video_frames": 5, "fps": 5}
    assert first["3"]["inputs"] == {"seed": 3, "steps": 6, "cfg": 3.0}
    assert [each["1"]["inputs"]["image"] for each in (first, second)] == [*ui.uploads]
    assert ui.uploads["job_1.0.png"] != ui.uploads["job_1.1.png"]
    assert (clip.backend, clip.model, clip.frames) == ("studio", "svd", 9)


@pytest.mark.parametrize(
    ("ordered", "trouble"), [*TROUBLES, ("truncated", "nonsense"), ("still", "nonsense")]
)
async def test_each_trouble_with_a_clip_is_told_apart(
    server: Server, ordered: troubles.Trouble, trouble: Trouble
) -> None:
    server[0].troubles.order(ordered)
    async with opened(ComfyUI, **with_clips(server)) as remote:
        error = await caught(remote, CLIP)
        assert isinstance(error, BackendError)
        assert error.trouble == trouble
        await Asking(remote).film()


@pytest.mark.parametrize("ours_runs", [True, False])
async def test_cancelling_a_clip_touches_our_own_graph_only(
    server: Server, *, ours_runs: bool
) -> None:
    ui = server[0]
    ui.troubles.order("stuck")
    if not ours_runs:
        ui.stranger = "theirs"
    async with opened(ComfyUI, **with_clips(server)) as remote:
        async with asyncio.TaskGroup() as tasks:
            filming = tasks.create_task(caught(remote, CLIP))
            await _named(remote)
            if ours_runs:
                await ui.troubles.stuck.wait()
            remote.cancel("job_1")
        assert isinstance(filming.result(), JobCancelledError)

    assert ui.interrupted == (ui.named if ours_runs else [])
    assert ui.deleted == ([] if ours_runs else ui.named)


async def test_a_clip_that_hangs_is_interrupted_when_its_time_is_over(server: Server) -> None:
    ui = server[0]
    ui.troubles.order("stuck")
    async with opened(ComfyUI, **with_clips(server, timeout_s=0.5)) as remote:
        error = await caught(remote, CLIP)

    assert isinstance(error, BackendError)
    assert error.trouble == "slow"
    assert ui.interrupted == ui.named


async def test_somebody_elses_interrupt_of_our_graph_is_told(server: Server) -> None:
    ui, settings = server
    ui.troubles.order("stuck")
    async with opened(ComfyUI, **settings) as remote, asyncio.TaskGroup() as tasks:
        drawing = tasks.create_task(caught(remote))
        await ui.troubles.stuck.wait()
        ui._fail(ui.named[0], "execution_interrupted", {})

    error = drawing.result()
    assert isinstance(error, BackendError)
    assert (error.trouble, error.detail) == ("unreachable", "somebody interrupted it")


async def test_a_mask_goes_where_the_workflow_takes_one(server: Server, tmp_path: Path) -> None:
    ui, settings = server
    path = tmp_path / "paint.json"
    masking = {"class_type": "LoadImageMask", "inputs": {"image": ""}}
    path.write_text(json.dumps(WORKFLOW | {"11": masking}))
    settings = settings | {"workflow": str(path), "inputs": INPUTS | {"mask": "11.image"}}
    async with opened(ComfyUI, **settings) as remote:
        await Asking(remote).draw(replace(REQUEST, image=paint(64, 48, 3), mask=paint(64, 48, 9)))

    assert [*ui.uploads] == ["job_1.image.png", "job_1.mask.png"]
    assert ui.asked[0]["11"]["inputs"]["image"] == "job_1.mask.png"


async def test_our_values_go_into_the_operators_workflow(server: Server) -> None:
    ui, settings = server
    async with opened(ComfyUI, **settings) as remote:
        tagged = replace(REQUEST, prompt=f"{REQUEST.prompt} <lora:ink:1>")
        picture = await Asking(remote).draw(tagged)

    [graph] = ui.asked
    assert graph["6"]["inputs"]["text"] == REQUEST.prompt
    assert graph["3"]["inputs"] == {"seed": 11, "steps": 6, "cfg": 5.0, "denoise": 1}
    assert (picture.width, picture.height, picture.model) == (64, 48, "flow")


async def test_a_picture_to_start_from_is_uploaded_first(server: Server) -> None:
    ui, settings = server
    async with opened(ComfyUI, **settings) as remote:
        assert remote.draws_over
        await Asking(remote).draw(replace(REQUEST, image=paint(640, 640, 3), strength=0.4))

    with PIL.Image.open(io.BytesIO(ui.uploads["job_1.image.png"])) as given:
        assert given.size == REQUEST.size
    assert ui.asked[0]["10"]["inputs"]["image"] == "job_1.image.png"
    assert ui.asked[0]["3"]["inputs"]["denoise"] == 0.4


async def test_pictures_are_drawn_over_by_a_workflow_of_their_own(
    server: Server, tmp_path: Path
) -> None:
    ui, settings = server
    path = tmp_path / "over.json"
    path.write_text(json.dumps(WORKFLOW | {"6": {"class_type": "Other", "inputs": {"words": ""}}}))
    inputs = {"prompt": "6.words", "image": "10.image"}
    edit = TaskSettings(workflow=str(path), inputs=inputs)
    settings = settings | {"inputs": {"prompt": "6.text"}, "edit": edit}
    async with opened(ComfyUI, **settings) as remote:
        await remote.ready()
        over = await Asking(remote).draw(replace(REQUEST, image=paint(64, 48, 3)))
        words = await Asking(remote).draw()

    assert [each["6"]["class_type"] for each in ui.asked] == ["Other", "CLIPTextEncode"]
    assert (over.model, words.model) == ("over", "flow")


async def test_a_workflow_without_a_place_for_a_picture_is_not_asked(server: Server) -> None:
    ui, settings = server
    settings["inputs"] = {"prompt": "6.text"}
    async with opened(ComfyUI, **settings) as remote:
        assert not remote.draws_over
        error = await caught(remote, replace(REQUEST, image=paint(64, 48, 3)))
        masked = await caught(
            remote, replace(REQUEST, image=paint(64, 48, 3), mask=paint(64, 48, 3))
        )

    assert [each.trouble for each in (error, masked) if isinstance(each, BackendError)] == [
        "unable",
        "unable",
    ]
    assert ui.asked == []


async def test_progress_is_heard_on_the_socket(server: Server) -> None:
    ui, settings = server
    ui.troubles.order("stuck")
    async with opened(ComfyUI, **settings) as remote, asyncio.TaskGroup() as tasks:
        asking = Asking(remote)

        async def cancelled() -> None:
            with pytest.raises(JobCancelledError):
                await asking.draw()

        tasks.create_task(cancelled())
        while not any(progress.step == REQUEST.steps // 2 for progress in asking.heard):
            await asyncio.sleep(0)
        remote.cancel("job_1")


async def test_progress_without_end_leaves_the_job_alone(server: Server) -> None:
    ui, settings = server
    ui.step = 10**400
    async with opened(ComfyUI, **settings) as remote:
        asking = Asking(remote)
        await asking.draw()

    assert ui.told


async def test_a_look_or_two_that_are_not_answered_leave_the_job_alone(server: Server) -> None:
    ui, settings = server
    ui.troubles.order("deaf", 2)
    async with opened(ComfyUI, **settings) as remote:
        assert (await Asking(remote).draw()).backend == "studio"

    ui.troubles.order("deaf", 1000)
    async with opened(ComfyUI, **settings) as remote:
        error = await caught(remote)
    assert isinstance(error, BackendError)
    assert (error.trouble, error.detail) == ("unreachable", "502")


async def test_what_was_begun_though_nothing_was_heard_of_it_is_stopped(server: Server) -> None:
    ui, settings = server
    ui.troubles.order("mute")
    async with opened(ComfyUI, **settings) as remote:
        error = await caught(remote)

    assert isinstance(error, BackendError)
    assert error.trouble == "unreachable"
    assert ui.interrupted == ui.named


async def test_a_job_that_the_server_has_forgotten_is_not_waited_for(server: Server) -> None:
    ui, settings = server
    ui.troubles.order("forgets")
    async with opened(ComfyUI, **settings) as remote:
        error = await caught(remote)

    assert isinstance(error, BackendError)
    assert (error.trouble, error.detail) == ("unreachable", "it has forgotten the job")


NO_PICTURE = b"\0\0\0\1\0\0\0\2no picture"


@asynccontextmanager
async def watched(server: Server, every_s: float = 1e-9) -> AsyncIterator[Asking]:
    """Somebody who sees a picture coming that gets stuck half way."""
    ui, settings = server
    ui.troubles.order("stuck")
    async with opened(ComfyUI, **settings) as remote, asyncio.TaskGroup() as tasks:
        remote.glimpses.every_s = every_s
        asking = Asking(remote)

        async def cancelled() -> None:
            with pytest.raises(JobCancelledError):
                await asking.draw()

        tasks.create_task(cancelled())
        yield asking
        remote.cancel("job_1")


async def heard_of(asking: Asking, count: int) -> set[bytes]:
    """Wait until so much more was heard, and return all that was shown."""
    count += len(asking.heard)
    while len(asking.heard) < count:
        await asyncio.sleep(0)
    return {progress.preview for progress in asking.heard}


async def test_a_picture_is_seen_coming(server: Server) -> None:
    async with watched(server) as asking:
        while not any(progress.preview for progress in asking.heard):
            await asyncio.sleep(0)

    with PIL.Image.open(io.BytesIO(asking.heard[-1].preview)) as image:
        assert (image.format, image.size) == ("JPEG", REQUEST.size)


async def test_what_is_shown_after_anothers_progress_is_not_ours(server: Server) -> None:
    ui = server[0]
    theirs, ui.preview = ui.preview, NO_PICTURE
    async with watched(server) as asking:
        await heard_of(asking, 5)
        ui.told_of, ui.preview, until = "theirs", theirs, ui.told + 10
        while ui.told < until:
            await asyncio.sleep(0)
        ui.told_of, ui.preview, ui.step = "", NO_PICTURE, 20
        while asking.heard[-1].step < REQUEST.steps:  # what came before it has been looked at
            await asyncio.sleep(0)

    assert {progress.preview for progress in asking.heard} == {b""}


@pytest.mark.parametrize(
    "bytes_",
    [b"", b"\0\0\0\1", NO_PICTURE, b"\0\0\0\3\0\0\0\2" + paint(32, 24, 5)],
    ids=["nothing", "broken off", "no picture", "something else"],
)
async def test_bytes_that_show_no_picture_cost_nothing(server: Server, bytes_: bytes) -> None:
    server[0].preview = bytes_
    async with watched(server) as asking:
        assert await heard_of(asking, 8) == {b""}


async def test_where_nobody_wants_to_see_it_nothing_is_shown(server: Server) -> None:
    async with watched(server, every_s=0) as asking:
        assert await heard_of(asking, 8) == {b""}


@pytest.mark.parametrize("ours_runs", [True, False])
async def test_cancelling_touches_our_own_graph_only(server: Server, *, ours_runs: bool) -> None:
    ui, settings = server
    ui.troubles.order("stuck")
    if not ours_runs:
        ui.stranger = "theirs"
    async with opened(ComfyUI, **settings) as remote:
        async with asyncio.TaskGroup() as tasks:
            drawing = tasks.create_task(caught(remote))
            while not ui.queued:
                await asyncio.sleep(0)
            if ours_runs:
                await ui.troubles.stuck.wait()
            else:
                await _named(remote)
            remote.cancel("job_1")
        assert isinstance(drawing.result(), JobCancelledError)

    assert ui.interrupted == (ui.named if ours_runs else [])
    assert ui.deleted == ([] if ours_runs else ui.named)


@pytest.mark.parametrize(("ordered", "trouble"), TROUBLES)
async def test_each_trouble_is_told_apart(
    server: Server, ordered: troubles.Trouble, trouble: Trouble
) -> None:
    ui, settings = server
    ui.troubles.order(ordered)
    async with opened(ComfyUI, **settings) as remote:
        error = await caught(remote)
        assert isinstance(error, BackendError)
        assert error.trouble == trouble
        await Asking(remote).draw()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"workflow": "nowhere.json"}, "no workflow"),
        ({"inputs": {"prompt": "66.text"}}, "no input '66'"),
        ({"inputs": {"prompt": "6.words"}}, "no input 'words'"),
        ({"video": ClipTaskSettings(workflow="nowhere.json", inputs=CLIP_INPUTS)}, "no workflow"),
        ({"secret": "wrong"}, "401"),
    ],
)
async def test_wrong_settings_are_refusals_that_name_what_is_wrong(
    server: Server, changed: dict[str, Any], words: str
) -> None:
    async with opened(ComfyUI, **(server[1] | changed)) as remote:
        with pytest.raises(BackendError) as refused:
            await remote.ready()

    assert refused.value.trouble == "refused"
    assert words in refused.value.detail


async def test_a_graph_that_the_server_does_not_take_is_a_refusal(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "flow.json"
    path.write_text(json.dumps({"6": WORKFLOW["6"]}))
    settings = server[1] | {"inputs": {"prompt": "6.text"}}
    async with opened(ComfyUI, **settings) as remote:
        error = await caught(remote)

    assert isinstance(error, BackendError)
    assert (error.trouble, error.detail) == ("refused", "400 prompt_no_outputs")


async def test_a_graph_whose_answer_is_lost_is_stopped_all_the_same(server: Server) -> None:
    ui, settings = server
    async with opened(ComfyUI, **settings) as remote, asyncio.TaskGroup() as tasks:
        post, sent = remote.http.post, asyncio.Event()

        async def lost(path: str, body: object) -> Answer:
            answer = await post(path, body)
            if path == "/prompt":
                sent.set()
                await asyncio.Event().wait()
            return answer

        remote.http.post = lost  # type: ignore[method-assign, assignment]
        drawing = tasks.create_task(caught(remote))
        await sent.wait()
        remote.cancel("job_1")

    assert isinstance(drawing.result(), JobCancelledError)
    assert len(ui.named) == 1
    assert ui.interrupted == ui.named


async def _named(remote: ComfyUI) -> None:
    while (job := remote._pictures._jobs.get("job_1")) is None or not job.name:
        await asyncio.sleep(0)
