import json
import subprocess
import sys
from io import BytesIO

import av
import pytest
from PIL import Image

from engine import movie, reel
from sandbox.backends.painting import film, paint

SIZE = (64, 48)
PICTURE = paint(*SIZE, 7)
ORDER = {"width": 64, "height": 48, "fps": 5, "frames_shown": 5, "bytes_max": 10**7}


@pytest.mark.parametrize("form", ["mp4", "webm", "gif", "webp"])
def test_the_frames_of_every_usual_format_are_read(form: str) -> None:
    frames = reel.unrolled(film(PICTURE, 5, form), SIZE)

    assert [frame.size for frame in frames] == [SIZE] * 5
    assert frames[0].tobytes() != frames[4].tobytes()


def test_what_is_larger_than_asked_keeps_its_shape_and_loses_pixels() -> None:
    [frame, *_] = reel.unrolled(film(paint(256, 128, 1), 2), SIZE)

    assert frame.width * frame.height <= 64 * 48 * 1.1
    assert frame.width == pytest.approx(2 * frame.height, abs=2)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"no clip",
        PICTURE,
        film(PICTURE, 1),
        film(PICTURE, 5)[:400],
        film(PICTURE, 5, "gif")[:40],
        film(PICTURE, 5, "webm")[:200],
        b"\x00\x00\x00\x18ftypisom" + b"\xff" * 400,
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
def test_what_is_no_clip_is_refused_whatever_it_names(file: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        reel.unrolled(file, SIZE)


@pytest.mark.parametrize("index_first", [True, False])
def test_a_clip_that_has_lost_its_end_is_refused(*, index_first: bool) -> None:
    whole = film(PICTURE, 5)
    if index_first:
        whole = movie.mp4(reel.unrolled(whole, SIZE), 7, 10**7)

    for kept in (len(whole) // 4, len(whole) // 2, len(whole) * 3 // 4):
        with pytest.raises(ValueError, match=r"."):
            reel.unrolled(whole[:kept], SIZE)


def test_a_clip_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        reel.unrolled(film(paint(16, 16, 1), reel.FRAMES_READ_MAX + 1, "gif"), SIZE)


def test_the_last_frame_is_a_picture() -> None:
    file = film(PICTURE, 5, "gif")

    with Image.open(BytesIO(reel.last(file, SIZE))) as frame:
        assert (frame.format, frame.size) == ("PNG", SIZE)
        assert frame.tobytes() == reel.unrolled(file, SIZE)[-1].tobytes()


def test_segments_become_one_clip_of_our_own_form() -> None:
    order = {**ORDER, "frames_shown": 9}
    facts, thumbnail, mp4 = reel.cut([film(PICTURE, 5), film(PICTURE, 5, "gif")], order)

    assert facts == {"width": 64, "height": 48, "frames": 9, "fps": 5}
    with av.open(BytesIO(mp4), "r") as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert len(list(container.decode(stream))) == 9
    assert mp4.index(b"moov") < mp4.index(b"mdat")
    with Image.open(BytesIO(thumbnail)) as small:
        assert small.format == "JPEG"


@pytest.mark.parametrize(("came", "wanted", "fps"), [(5, 5, 5), (3, 30, 10), (60, 7, 7), (2, 1, 7)])
def test_a_clip_plays_for_as_long_as_was_asked_however_many_frames_came(
    came: int, wanted: int, fps: int
) -> None:
    frames, pace = reel.paced(reel.unrolled(film(PICTURE, came), SIZE), wanted, fps)

    assert len(frames) / pace == pytest.approx(wanted / fps, rel=0.15, abs=0.08)
    assert 1 <= pace <= 30


def test_the_process_answers_in_a_line_and_its_files() -> None:
    def said(do: str, file: bytes, **order: int) -> tuple[dict[str, object], bytes]:
        header = json.dumps({**ORDER, "do": do, **order, "lengths": [len(file)]})
        told = header.encode() + b"\n" + file
        command = [sys.executable, "-m", "engine.reel"]
        done = subprocess.run(command, input=told, capture_output=True, check=True)
        line, _, rest = done.stdout.partition(b"\n")
        return json.loads(line), rest

    facts, rest = said("last", film(PICTURE, 2))
    assert facts == {"lengths": [len(rest)]}
    assert said("cut", b"no clip")[0] == {"trouble": "no clip", "lengths": []}
    assert said("cut", film(PICTURE, 2), bytes_max=10)[0]["trouble"] == "too large"
