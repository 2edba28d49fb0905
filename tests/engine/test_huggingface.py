import asyncio
import base64
import io
import math
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import PIL.Image
import pytest

from engine.backend import ClipTaskSettings, TaskSettings
from engine.errors import BackendError, CannotAnimateError, JobCancelledError, Trouble
from engine.huggingface import (
    FREE_REQUESTS,
    HOUR_S,
    ROUTER_URL,
    SHARED_HOSTS,
    HuggingFace,
    _edit_body,
)
from sandbox.backends import huggingface, troubles
from sandbox.backends.huggingface import MODEL, SLEEPS_S, TOKEN
from sandbox.backends.painting import paint
from tests.doubles.clock import FakeClock
from tests.doubles.remotes import (
    CLIP,
    REQUEST,
    TROUBLES,
    Asking,
    Pauses,
    caught,
    opened,
    pretended,
)

Server = tuple[huggingface.HuggingFace, str]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with pretended() as sandbox:
        url = f"{sandbox.url}/backends/huggingface/models/{MODEL}"
        yield sandbox.backends.huggingface, url


async def test_words_go_and_a_picture_comes(server: Server) -> None:
    there, url = server
    async with opened(HuggingFace, url, TOKEN, model=MODEL) as remote:
        tagged = replace(REQUEST, prompt=f"{REQUEST.prompt} <lora:ink:1>")
        picture = await Asking(remote).draw(tagged)

    assert there.asked[0]["inputs"] == REQUEST.prompt
    assert there.asked[0]["parameters"]["negative_prompt"] == "blurry"
    assert (picture.width, picture.height, picture.model) == (64, 48, MODEL)
    assert picture.png.startswith(b"\x89PNG"), "whatever came"


async def test_without_an_address_the_router_is_asked_for_the_model() -> None:
    async with opened(HuggingFace, "", model=MODEL) as remote:
        assert remote.address() == f"{ROUTER_URL}/{MODEL}"
        assert (await remote.ready()).model == MODEL


async def test_a_sleeping_model_is_asked_again_after_the_time_it_names(server: Server) -> None:
    there, url = server
    there.troubles.order("loading", 3)
    pauses = Pauses()
    async with opened(HuggingFace, url, TOKEN, pause=pauses) as remote:
        asking = Asking(remote)
        await asking.draw()

    assert len(there.asked) == 4
    assert all(SLEEPS_S <= seconds <= SLEEPS_S * 1.2 for seconds in pauses.seconds)
    assert [progress.eta_s for progress in asking.heard if progress.position] == [SLEEPS_S] * 3


async def test_a_time_that_is_none_is_no_time_to_wait(server: Server) -> None:
    there, url = server
    there.troubles.order("wild")
    pauses = Pauses()
    async with opened(HuggingFace, url, TOKEN, pause=pauses) as remote:
        await Asking(remote).draw()

    assert all(math.isfinite(seconds) for seconds in pauses.seconds)
    assert len(there.asked) == 2


async def test_a_model_that_never_wakes_ends_with_the_jobs_time(server: Server) -> None:
    there, url = server
    there.troubles.order("loading", 1_000_000)
    async with opened(HuggingFace, url, TOKEN, timeout_s=0.3) as remote:
        assert await trouble_of(remote) == "slow"


async def test_the_free_tier_is_assumed_at_the_router_only() -> None:
    async with opened(HuggingFace, "", model=MODEL) as routed:
        assert routed._hourly_max(routed._words) == FREE_REQUESTS
    for host in SHARED_HOSTS:
        async with opened(HuggingFace, f"{host}models/{MODEL}") as whole:
            assert whole._hourly_max(whole._words) == FREE_REQUESTS
    async with opened(HuggingFace, "https://mine.example") as own:
        assert own._hourly_max(own._words) == 0


async def test_the_hours_requests_are_counted_and_come_back(server: Server) -> None:
    there, url = server
    clock = FakeClock()
    async with opened(HuggingFace, url, TOKEN, hourly_max=2) as remote:
        remote.clock = clock
        await Asking(remote).draw()
        await Asking(remote).draw()
        assert await trouble_of(remote) == "busy"
        assert len(there.asked) == 2
        clock.pass_(HOUR_S)
        await Asking(remote).draw()


@pytest.mark.parametrize(("ordered", "trouble"), TROUBLES)
async def test_each_trouble_is_told_apart(
    server: Server, ordered: troubles.Trouble, trouble: Trouble
) -> None:
    there, url = server
    there.troubles.order(ordered)
    async with opened(HuggingFace, url, TOKEN) as remote:
        assert await trouble_of(remote) == trouble


async def test_a_wrong_token_or_model_is_a_refusal(server: Server) -> None:
    _, url = server
    async with opened(HuggingFace, url, "hf_wrong") as remote:
        assert await trouble_of(remote) == "refused"
    async with opened(HuggingFace, f"{url}-2", TOKEN) as remote:
        assert await trouble_of(remote) == "refused"


async def test_a_picture_to_start_from_is_not_taken(server: Server) -> None:
    there, url = server
    async with opened(HuggingFace, url, TOKEN) as remote:
        with pytest.raises(BackendError) as unable:
            await Asking(remote).draw(replace(REQUEST, image=paint(64, 48, 1)))

    assert unable.value.trouble == "unable"
    assert there.asked == []


def editing(url: str, **changed: object) -> AbstractAsyncContextManager[HuggingFace]:
    """A client whose endpoint for drawing over pictures is the sandbox's."""
    endpoint = f"{url.partition('/models')[0]}/endpoints/edit"
    edit = TaskSettings.model_validate({"url": endpoint, **changed})
    return opened(HuggingFace, url, TOKEN, model=MODEL, edit=edit)


OVER = replace(REQUEST, image=paint(80, 60, 1), strength=0.4)


async def test_a_picture_is_drawn_over_by_its_own_endpoint(server: Server) -> None:
    there, url = server
    async with editing(url) as remote:
        assert remote.draws_over
        picture = await Asking(remote).draw(OVER)

    [asked] = there.edited
    with PIL.Image.open(io.BytesIO(base64.b64decode(asked["inputs"]))) as given:
        assert given.size == OVER.size
    assert asked["parameters"] == {
        "prompt": "a fox in the snow",
        "negative_prompt": "blurry",
        "num_inference_steps": 6,
        "guidance_scale": 5.0,
        "target_size": {"width": 64, "height": 48},
        "strength": 0.4,
        "seed": 11,
    }
    assert (picture.width, picture.height) == (64, 48)
    assert there.asked == []


async def test_the_router_is_told_no_more_than_the_task_knows() -> None:
    router = TaskSettings(url=f"{ROUTER_URL}/{MODEL}")
    async with opened(HuggingFace, "", model=MODEL, edit=router) as remote:
        parameters = _edit_body(OVER, b"png", remote._edit)["parameters"]

        assert {"strength", "seed"}.isdisjoint(parameters)
        assert remote._hourly_max(remote._edit) == FREE_REQUESTS


@pytest.mark.parametrize(("ordered", "trouble"), TROUBLES)
async def test_each_trouble_with_a_picture_drawn_over_is_told_apart(
    server: Server, ordered: troubles.Trouble, trouble: Trouble
) -> None:
    there, url = server
    there.troubles.order(ordered)
    async with editing(url) as remote:
        error = await caught(remote, OVER)
        assert isinstance(error, BackendError)
        assert error.trouble == trouble


async def test_drawing_over_a_picture_has_a_time_of_its_own(server: Server) -> None:
    there, url = server
    there.troubles.order("stuck")
    async with editing(url, timeout_s=0.3) as remote:
        error = await caught(remote, OVER)

    assert isinstance(error, BackendError)
    assert error.trouble == "slow"


async def test_a_mask_is_not_taken_anywhere(server: Server) -> None:
    there, url = server
    async with editing(url) as remote:
        error = await caught(remote, replace(OVER, mask=paint(64, 48, 1)))

    assert isinstance(error, BackendError)
    assert error.trouble == "unable"
    assert there.edited == []


def filming(
    url: str, secret: str = TOKEN, **settings: object
) -> AbstractAsyncContextManager[HuggingFace]:
    """A client whose endpoint for clips is the sandbox's."""
    endpoint = f"{url.partition('/models')[0]}/endpoints/video"
    video = ClipTaskSettings.model_validate({"url": endpoint, **settings})
    return opened(HuggingFace, url, secret, model=MODEL, video=video)


async def test_a_picture_goes_to_the_endpoint_and_a_clip_of_ours_comes(server: Server) -> None:
    there, url = server
    async with filming(url) as remote:
        clip = await Asking(remote).film()

    [asked] = there.filmed
    with PIL.Image.open(io.BytesIO(base64.b64decode(asked["inputs"]))) as first:
        assert first.size == CLIP.size
    assert asked["parameters"] == {
        "num_frames": 5,
        "num_inference_steps": 6,
        "guidance_scale": 3.0,
        "seed": 3,
        "target_size": {"width": 64, "height": 48},
    }
    assert (clip.backend, clip.frames, clip.duration_s) == ("studio", 5, 1.0)
    assert there.asked == []


async def test_the_router_draws_no_clips() -> None:
    async with opened(HuggingFace, "", model=MODEL) as remote:
        with pytest.raises(CannotAnimateError):
            await Asking(remote).film()


@pytest.mark.parametrize("sleep", ["loading", "asleep"])
async def test_an_endpoint_that_sleeps_is_asked_again(
    server: Server, sleep: troubles.Trouble
) -> None:
    there, url = server
    there.troubles.order(sleep, 2)
    async with filming(url) as remote:
        asking = Asking(remote)
        await asking.film()

    assert len(there.filmed) == 3
    assert [progress.position for progress in asking.heard] == [1, 1]


@pytest.mark.parametrize("sleep", ["loading", "asleep"])
async def test_an_endpoint_that_never_wakes_ends_with_the_clips_time(
    server: Server, sleep: troubles.Trouble
) -> None:
    there, url = server
    there.troubles.order(sleep, 1_000_000)
    async with filming(url, timeout_s=0.3) as remote:
        error = await caught(remote, CLIP)

    assert isinstance(error, BackendError)
    assert error.trouble == "slow"


async def test_a_router_that_cannot_serve_is_not_waited_for(server: Server) -> None:
    there, url = server
    there.troubles.order("asleep")
    async with opened(HuggingFace, url, TOKEN) as remote:
        remote._words = replace(remote._words, is_own=False)
        assert await trouble_of(remote) == "unreachable"


@pytest.mark.parametrize(
    ("ordered", "trouble"), [*TROUBLES, ("truncated", "nonsense"), ("still", "nonsense")]
)
async def test_each_trouble_with_a_clip_is_told_apart(
    server: Server, ordered: troubles.Trouble, trouble: Trouble
) -> None:
    there, url = server
    there.troubles.order(ordered)
    async with filming(url) as remote:
        error = await caught(remote, CLIP)
        assert isinstance(error, BackendError)
        assert error.trouble == trouble
        await Asking(remote).film()


async def test_a_wrong_token_for_clips_is_a_refusal(server: Server) -> None:
    async with filming(server[1], "hf_wrong") as remote:
        error = await caught(remote, CLIP)

    assert isinstance(error, BackendError)
    assert error.trouble == "refused"


async def test_a_clip_that_hangs_ends_with_its_time_or_its_persons_word(server: Server) -> None:
    there, url = server
    there.troubles.order("stuck", 2)
    async with filming(url, timeout_s=0.3) as remote:
        slow = await caught(remote, CLIP)
    async with filming(url) as remote, asyncio.TaskGroup() as tasks:
        there.troubles.stuck.clear()
        waiting = tasks.create_task(caught(remote, CLIP))
        await there.troubles.stuck.wait()
        remote.cancel("job_1")

    assert isinstance(slow, BackendError)
    assert slow.trouble == "slow"
    assert isinstance(waiting.result(), JobCancelledError)


async def test_clips_are_counted_against_a_budget_that_is_set(server: Server) -> None:
    there, url = server
    endpoint = f"{url.partition('/models')[0]}/endpoints/video"
    video = ClipTaskSettings(url=endpoint)
    async with opened(HuggingFace, url, TOKEN, video=video, hourly_max=1) as remote:
        await Asking(remote).draw()
        error = await caught(remote, CLIP)

    assert isinstance(error, BackendError)
    assert error.trouble == "busy"
    assert there.filmed == []


async def trouble_of(remote: HuggingFace) -> Trouble:
    with pytest.raises(BackendError) as error:
        await Asking(remote).draw()
    return error.value.trouble
