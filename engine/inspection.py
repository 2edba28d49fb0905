"""The child process that looks at what back ends elsewhere have drawn."""

import logging
import queue
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Protocol

import PIL.Image
from PIL.Image import Image

from engine import movie
from engine.errors import GenerationFailedError, WithheldError
from engine.protocol import Drain, Failed, Inspect, Message, Passed, Ping, Pong

GLIMPSES = 5
"""Frames of a clip that are looked at: the first, the last, and what is evenly between them."""

_log = logging.getLogger(__name__)


class Checker(Protocol):
    """`engine.safety.Checker`, which knows torch."""

    def withholds(self, pictures: Sequence[Image]) -> bool:
        """Whether one of them must not be seen."""
        ...


def glimpses(frames: Sequence[Image]) -> list[Image]:
    """Return the frames of a clip that are looked at; of a short one all."""
    return [frames[at] for at in sorted(movie.glimpsed(len(frames), GLIMPSES))]


def inspect(checker: Checker, inbox: queue.Queue[Message], send: Callable[[Message], None]) -> None:
    """Look at what comes in until drained."""
    while not isinstance(message := inbox.get(), Drain):
        match message:
            case Inspect():
                send(_verdict(checker, message))
            case Ping():
                send(Pong())
            case _:  # who no longer waits says so, and need not
                pass


def _verdict(checker: Checker, asked: Inspect) -> Passed | Failed:
    try:
        is_withheld = checker.withholds(seen(asked.file))
    except Exception as error:  # noqa: BLE001 - see below
        # The boundary between a job and the process, as in `engine.loop`: one file that the model
        # cannot take must not end the others; what was not looked at is not let through.
        _log.exception("a file could not be looked at")
        reason = f"it could not be looked at ({type(error).__name__})"
        return Failed.of(asked.job_id, GenerationFailedError(reason))
    return Failed.of(asked.job_id, WithheldError()) if is_withheld else Passed(asked.job_id)


def seen(file: bytes) -> list[Image]:
    """Return a picture, or a few frames of a clip; both are files of ours."""
    if file[4:8] == b"ftyp":
        return movie.glimpses(file, GLIMPSES)
    with PIL.Image.open(BytesIO(file)) as image:
        return [image.convert("RGB")]
