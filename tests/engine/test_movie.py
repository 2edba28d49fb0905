import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import av
import pytest
from PIL import Image

from engine import movie
from engine.errors import GenerationFailedError


def frames(count: int, size: tuple[int, int]) -> list[Image.Image]:
    return [Image.effect_noise(size, 20 + n).convert("RGB") for n in range(count)]


def test_the_file_holds_every_frame_at_its_pace() -> None:
    file = movie.mp4(frames(14, (64, 48)), 7, 10**7)

    with av.open(BytesIO(file), "r") as container:
        stream = container.streams.video[0]
        decoded = list(container.decode(stream))
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == 7
        assert stream.duration is not None
        assert stream.time_base is not None
        assert stream.duration * stream.time_base == 2
    assert [(each.width, each.height) for each in decoded] == [(64, 48)] * 14


def test_the_index_stands_before_the_pictures_so_that_it_plays_at_once() -> None:
    file = movie.mp4(frames(3, (64, 48)), 7, 10**7)

    assert 0 < file.index(b"moov") < file.index(b"mdat")


class Looking(list[Image.Image]):
    """Frames that look at a folder while they are encoded."""

    def __init__(self, folder: Path) -> None:
        super().__init__(frames(3, (64, 48)))
        self._folder = folder
        self.found: list[Path] = []

    def __iter__(self) -> Iterator[Image.Image]:
        yield from super().__iter__()
        self.found += self._folder.rglob("*")


def test_who_is_killed_while_encoding_leaves_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    looking = Looking(tmp_path)
    movie.mp4(looking, 7, 10**7)

    assert looking.found == []
    assert list(tmp_path.rglob("*")) == []


def test_an_odd_size_loses_its_edge() -> None:
    file = movie.mp4(frames(2, (65, 47)), 7, 10**7)

    with av.open(BytesIO(file), "r") as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (64, 46)


def test_a_clip_is_made_smaller_until_it_fits_and_refused_when_it_never_does() -> None:
    noise = frames(4, (64, 48))
    best = len(movie.mp4(noise, 7, 10**7))

    assert len(movie.mp4(noise, 7, best - 1)) < best
    with pytest.raises(GenerationFailedError, match="fit"):
        movie.mp4(noise, 7, 10)


def test_the_small_picture_keeps_the_shape() -> None:
    with Image.open(BytesIO(movie.thumbnail(Image.new("RGB", (832, 416))))) as small:
        assert (small.format, small.size) == ("JPEG", (320, 160))
