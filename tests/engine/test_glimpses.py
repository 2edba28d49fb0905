import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import PIL.Image
import pytest

from engine.clip import VideoRequest
from engine.glimpses import Glimpses
from engine.job import SIDE_MAX, GenerationRequest, Progress
from engine.remote_job import Job
from sandbox.backends.painting import paint
from tests.doubles.remotes import CLIP, REQUEST

EVERY_S = 3.0


class Watch:
    """Somebody who looks at jobs, and a clock."""

    def __init__(self, executor: ThreadPoolExecutor, every_s: float) -> None:
        self.now = 100.0
        self.heard: list[Progress] = []
        self.glimpses = Glimpses(executor, every_s, lambda: self.now)

    def job(self, request: GenerationRequest | VideoRequest = REQUEST, part: float = 0.5) -> Job:
        job = Job("job_1", request, self.heard.append, 1.0)
        job.moved(part)
        return job


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def watch(executor: ThreadPoolExecutor) -> Watch:
    return Watch(executor, EVERY_S)


async def test_a_picture_is_looked_at_every_so_many_seconds(watch: Watch) -> None:
    job = watch.job()
    assert watch.glimpses.wants(job)
    await watch.glimpses.take(job, paint(32, 24, 1))
    watch.now += EVERY_S / 2
    assert not watch.glimpses.wants(job)
    watch.now += EVERY_S / 2
    assert watch.glimpses.wants(job)


@pytest.mark.parametrize(("part", "is_seen"), [(0.0, False), (0.1, False), (0.2, True), (1, True)])
async def test_the_first_noise_is_not_worth_a_look(
    watch: Watch, part: float, *, is_seen: bool
) -> None:
    assert watch.glimpses.wants(watch.job(part=part)) == is_seen


async def test_of_clips_and_where_nobody_wants_to_see_anything_there_is_no_look(
    watch: Watch, executor: ThreadPoolExecutor
) -> None:
    assert not watch.glimpses.wants(watch.job(CLIP))
    blind = Watch(executor, 0)
    assert not blind.glimpses.wants(blind.job())


async def test_what_is_seen_is_a_file_of_ours_in_the_shape_of_the_picture(watch: Watch) -> None:
    job = watch.job()
    await watch.glimpses.take(job, paint(32, 32, 1))
    job.moved(0.6)

    with PIL.Image.open(io.BytesIO(watch.heard[-1].preview)) as image:
        assert (image.format, image.size) == ("JPEG", REQUEST.size)


def large() -> bytes:
    """A file of more pixels than any picture has."""
    with io.BytesIO() as file:
        PIL.Image.new("1", (SIDE_MAX + 1, 8)).save(file, "PNG")
        return file.getvalue()


@pytest.mark.parametrize("file", [b"", b"no picture", paint(32, 24, 1)[:40], large()])
async def test_what_is_no_picture_is_left_out_and_not_asked_for_at_once_again(
    watch: Watch, file: bytes
) -> None:
    job = watch.job()
    await watch.glimpses.take(job, paint(32, 24, 1))
    before = job.preview
    watch.now += EVERY_S
    await watch.glimpses.take(job, file)

    assert job.preview == before != b""
    assert not watch.glimpses.wants(job)
