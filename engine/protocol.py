"""What the engine and its child process say to each other; `engine.wire` carries it."""

from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from pydantic import ConfigDict

from engine.clip import VideoRequest
from engine.errors import (
    BadRequestError,
    CannotAnimateError,
    EngineClosedError,
    EngineError,
    GenerationFailedError,
    ModelMissingError,
    WithheldError,
)
from engine.job import GenerationRequest
from engine.settings import EngineSettings

Failure = Literal["bad_request", "cannot_animate", "closed", "failed", "model_missing", "withheld"]


@dataclass(frozen=True, slots=True)
class Hello:
    """To the child, once, first: load this."""

    settings: EngineSettings
    is_inspector: bool = False
    """It is the safety checker that is wanted, and nothing to draw with."""
    type: Literal["hello"] = "hello"


@dataclass(frozen=True, slots=True)
class Ready:
    """From the child: the model is loaded."""

    model: str
    device: str
    dtype: str
    video_model: str = ""
    type: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Submit:
    """To the child: draw this, beside others unless `is_suspect`."""

    job_id: str
    request: GenerationRequest
    owner: str = ""
    priority: int = 0
    is_suspect: bool = False
    type: Literal["submit"] = "submit"


@dataclass(frozen=True, slots=True)
class Animate:
    """To the child: draw this clip; the rest is as in `Submit`."""

    job_id: str
    request: VideoRequest
    owner: str = ""
    priority: int = 0
    is_suspect: bool = False
    type: Literal["animate"] = "animate"


@dataclass(frozen=True, slots=True)
class Cancel:
    """To the child: drop this job if it is still there.  Has no answer."""

    job_id: str
    type: Literal["cancel"] = "cancel"


@dataclass(frozen=True, slots=True)
class Progress:
    """From the child: a job has moved; `interval_s` after its forward before, others' included."""

    job_id: str
    step: int
    position: int
    interval_s: float | None = None
    type: Literal["progress"] = "progress"


@dataclass(frozen=True, slots=True)
class Preview:
    """From the child: what a picture looks like that is being drawn."""

    job_id: str
    jpeg: bytes = b""  # travels as the frame's payload
    type: Literal["preview"] = "preview"


@dataclass(frozen=True, slots=True)
class Finished:
    """From the child: a picture.  `decode_s` is the time after the last step."""

    job_id: str
    width: int
    height: int
    duration_ms: int
    decode_s: float
    png: bytes = b""  # travels as the frame's payload
    type: Literal["finished"] = "finished"


@dataclass(frozen=True, slots=True)
class Animated:
    """From the child: a clip.  `decode_s` is the time after the last step."""

    __pydantic_config__: ClassVar = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    job_id: str
    width: int
    height: int
    frames: int
    fps: int
    duration_ms: int
    decode_s: float
    thumbnail: bytes
    mp4: bytes = b""  # travels as the frame's payload
    type: Literal["animated"] = "animated"


@dataclass(frozen=True, slots=True)
class Failed:
    """From the child: no picture or clip; without a job id, no model either."""

    job_id: str
    failure: Failure
    reason: str
    field: str = ""
    type: Literal["failed"] = "failed"

    @classmethod
    def of(cls, job_id: str, error: EngineError) -> Self:
        """Return the message that carries this error to the other side."""
        match error:
            case BadRequestError():
                return cls(job_id, "bad_request", error.reason, error.field)
            case CannotAnimateError():
                return cls(job_id, "cannot_animate", str(error))
            case EngineClosedError():
                return cls(job_id, "closed", str(error))
            case ModelMissingError():
                return cls(job_id, "model_missing", error.path, error.setting)
            case WithheldError():
                return cls(job_id, "withheld", error.reason)
            case _:
                return cls(job_id, "failed", str(error))

    def to_error(self) -> EngineError:
        """Return the error that this failure is on the caller's side."""
        match self.failure:
            case "bad_request":
                return BadRequestError(self.field, self.reason)
            case "cannot_animate":
                return CannotAnimateError()
            case "closed":
                return EngineClosedError(self.reason)
            case "model_missing":
                return ModelMissingError(self.reason, self.field)
            case "withheld":
                return WithheldError()
            case "failed":
                return GenerationFailedError(self.reason)


@dataclass(frozen=True, slots=True)
class Inspect:
    """To an inspector: may this be seen?  A `Failed` says why not."""

    job_id: str
    file: bytes = b""  # travels as the frame's payload: a picture or a clip of ours
    type: Literal["inspect"] = "inspect"


@dataclass(frozen=True, slots=True)
class Passed:
    """From an inspector: it may."""

    job_id: str
    type: Literal["passed"] = "passed"


@dataclass(frozen=True, slots=True)
class Ping:
    """To the child: is your step loop alive?"""

    type: Literal["ping"] = "ping"


@dataclass(frozen=True, slots=True)
class Pong:
    """From the child's step loop: yes."""

    type: Literal["pong"] = "pong"


@dataclass(frozen=True, slots=True)
class Drain:
    """To the child: start nothing new, finish what runs, then end."""

    type: Literal["drain"] = "drain"


Message = (
    Hello
    | Ready
    | Submit
    | Animate
    | Cancel
    | Progress
    | Preview
    | Finished
    | Animated
    | Failed
    | Inspect
    | Passed
    | Ping
    | Pong
    | Drain
)
