import asyncio
from io import BytesIO

import pytest
from PIL import Image

from engine.errors import BackendError
from engine.remote_job import NO_PICTURE, Drawn, beside, developed
from tests.doubles.remotes import REQUEST


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


@pytest.mark.parametrize("kind", ["EPS", "TIFF", "DDS", "BMP"])
def test_a_file_of_no_usual_format_is_not_even_opened(kind: str) -> None:
    file = BytesIO()
    Image.new("RGB", (64, 48)).save(file, kind)

    with pytest.raises(NO_PICTURE, match="cannot identify"):
        developed(Drawn(file.getvalue(), 1, "m"), REQUEST)


@pytest.mark.parametrize(("size", "is_kept"), [((1024, 1024), True), ((640, 2), False)])
def test_another_size_is_kept_and_another_shape_is_no_picture(
    size: tuple[int, int], *, is_kept: bool
) -> None:
    file = BytesIO()
    Image.new("RGB", size).save(file, "PNG")
    drawn = Drawn(file.getvalue(), 1, "m")

    if is_kept:
        assert developed(drawn, REQUEST)[1:] == size
    else:
        with pytest.raises(ValueError, match="640x2"):
            developed(drawn, REQUEST)
