"""From what was drawn to the message that carries it."""

import time
from concurrent.futures import Executor
from dataclasses import dataclass

from PIL.Image import Image

from engine import encode, movie, protocol
from engine.clip import VideoRequest
from engine.job import GenerationRequest
from engine.smooth import smoothed


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the model has done with a job: a picture, or the frames of a clip."""

    job_id: str
    request: GenerationRequest | VideoRequest
    pixels: Image | list[Image]
    model: str
    began: float
    """When it was taken up, on the monotonic clock."""
    stepped: float
    """When its last forward was done."""


@dataclass(frozen=True, slots=True)
class Encoders:
    """Threads that turn pixels into files; no picture waits until clips are encoded."""

    pictures: Executor
    clips: Executor

    def of(self, request: GenerationRequest | VideoRequest) -> Executor:
        """Those that this is for."""
        return self.clips if isinstance(request, VideoRequest) else self.pictures


def result(drawn: Drawn) -> protocol.Finished | protocol.Animated:
    """Make the files that are delivered; takes as long as a few forwards.

    Raises:
        GenerationFailedError: the clip does not fit into the size asked for.
    """
    if isinstance(drawn.request, VideoRequest):
        assert isinstance(drawn.pixels, list)
        return _clip(drawn, drawn.request, drawn.pixels)
    assert isinstance(drawn.pixels, Image)
    return _picture(drawn, drawn.request, drawn.pixels)


def _picture(drawn: Drawn, request: GenerationRequest, image: Image) -> protocol.Finished:
    png = encode.png(image, request, drawn.model)
    now = time.monotonic()
    return protocol.Finished(
        job_id=drawn.job_id,
        width=image.width,
        height=image.height,
        duration_ms=round(1000 * (now - drawn.began)),
        decode_s=now - drawn.stepped,
        png=png,
    )


def _clip(drawn: Drawn, request: VideoRequest, frames: list[Image]) -> protocol.Animated:
    frames = smoothed(frames, request.between)
    mp4 = movie.mp4(frames, request.fps, request.bytes_max)
    thumbnail = movie.thumbnail(frames[0])
    now = time.monotonic()
    width, height = movie.even(frames[0].size)
    return protocol.Animated(
        job_id=drawn.job_id,
        width=width,
        height=height,
        frames=len(frames),
        fps=request.fps,
        duration_ms=round(1000 * (now - drawn.began)),
        decode_s=now - drawn.stepped,
        thumbnail=thumbnail,
        mp4=mp4,
    )
