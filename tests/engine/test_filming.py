from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from engine.backend import BackendSettings
from engine.clip import VideoRequest
from engine.errors import BackendError, BadRequestError
from engine.filming import filmed
from engine.job import Progress
from engine.remote_job import Drawn, Job
from sandbox.backends.painting import film
from tests.doubles.remotes import CLIP

SETTINGS = BackendSettings(name="studio", kind="huggingface", model="m")


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


class Camera:
    """Films what it is given, halfway telling that it is halfway."""

    def __init__(self) -> None:
        self.given: list[bytes] = []
        self.heard: list[Progress] = []

    async def __call__(self, job: Job, image: bytes) -> Drawn:
        self.given.append(image)
        job.moved(0.5)
        return Drawn(film(image, job.clip.frames), 3, "camera")

    def job(self, request: VideoRequest) -> Job:
        return Job("job_1", request, self.heard.append, 1.0)


async def test_a_clip_says_who_drew_it_and_how_long_it_plays(executor: ThreadPoolExecutor) -> None:
    camera = Camera()
    clip = await filmed(camera.job(CLIP), camera, SETTINGS, executor)

    assert (clip.backend, clip.device, clip.model, clip.seed) == (
        *("studio", "huggingface"),
        *("camera", 3),
    )
    assert (clip.width, clip.height, clip.frames, clip.duration_s) == (64, 48, 5, 1.0)
    with Image.open(BytesIO(camera.given[0])) as first:
        assert (first.format, first.size) == ("PNG", CLIP.size)


async def test_each_segment_begins_where_the_one_before_ends(executor: ThreadPoolExecutor) -> None:
    camera = Camera()
    request = replace(CLIP, segments=3)
    clip = await filmed(camera.job(request), camera, SETTINGS, executor)

    assert len({*camera.given}) == 3
    assert clip.frames == request.frames_shown == 13
    assert [progress.step for progress in camera.heard] == [1, 3, 5]


async def test_what_is_no_clip_is_nonsense(executor: ThreadPoolExecutor) -> None:
    async def broken(job: Job, image: bytes) -> Drawn:
        return Drawn(image + job.id.encode(), 3, "camera")

    with pytest.raises(BackendError, match="nonsense"):
        await filmed(Camera().job(CLIP), broken, SETTINGS, executor)


async def test_a_picture_that_cannot_be_read_is_refused_before_anybody_is_asked(
    executor: ThreadPoolExecutor,
) -> None:
    camera = Camera()

    with pytest.raises(BadRequestError, match="image"):
        await filmed(camera.job(replace(CLIP, image=b"none")), camera, SETTINGS, executor)
    assert camera.given == []
