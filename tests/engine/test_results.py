from dataclasses import replace

import pytest
from PIL import Image

from engine import protocol
from engine.clip import VideoRequest
from engine.errors import GenerationFailedError
from engine.job import GenerationRequest
from engine.results import Drawn, result

PICTURE = GenerationRequest("a fox", "", 24, 16, 3, 7.5, 1)
CLIP = VideoRequest(image=b"png", width=24, height=16, frames=3, fps=4, seed=1)
FRAME = Image.new("RGB", (24, 16), (200, 90, 10))


def drawn(
    request: GenerationRequest | VideoRequest, pixels: Image.Image | list[Image.Image]
) -> Drawn:
    return Drawn("job", request, pixels, "tiny", began=0.0, stepped=1.0)


def test_a_picture_becomes_a_png() -> None:
    message = result(drawn(PICTURE, FRAME))

    assert isinstance(message, protocol.Finished)
    assert (message.job_id, message.width, message.height) == ("job", 24, 16)
    assert message.png.startswith(b"\x89PNG")
    assert message.duration_ms == pytest.approx(1000 * (1 + message.decode_s), abs=1)


def test_a_clip_becomes_a_film_with_a_thumbnail_and_even_sides() -> None:
    message = result(drawn(CLIP, [Image.new("RGB", (25, 17))] * 3))

    assert isinstance(message, protocol.Animated)
    assert (message.width, message.height, message.frames, message.fps) == (24, 16, 3, 4)
    assert message.mp4[4:8] == b"ftyp"
    assert message.thumbnail.startswith(b"\xff\xd8")


def test_a_clip_that_fits_into_no_file_is_none() -> None:
    with pytest.raises(GenerationFailedError):
        result(drawn(replace(CLIP, bytes_max=10), [FRAME] * 3))


def test_a_clip_gets_the_frames_in_between() -> None:
    request = replace(CLIP, width=64, height=64, between=1)
    message = result(drawn(request, [Image.new("RGB", (64, 64))] * 3))

    assert isinstance(message, protocol.Animated)
    assert message.frames == request.frames_shown == 5
