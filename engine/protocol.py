"""What the engine and its child process say to each other, and how it looks on the wire.

A frame is two big-endian 32-bit lengths, a JSON header and a binary payload (the PNG, else empty).
Nothing here reads or writes a socket.
"""

import struct
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

from pydantic import Discriminator, TypeAdapter, ValidationError

from engine.errors import (
    BadRequestError,
    EngineClosedError,
    EngineError,
    GenerationFailedError,
    ModelMissingError,
    WithheldError,
)
from engine.job import GenerationRequest
from engine.settings import EngineSettings

FRAME_BYTES_MAX = 64 * 1024 * 1024
_LENGTHS = struct.Struct(">II")

Failure = Literal["bad_request", "closed", "failed", "model_missing", "withheld"]


class ProtocolError(Exception):
    """The other side sent what no message can be."""


@dataclass(frozen=True, slots=True)
class Hello:
    """To the child, once, first: load this."""

    settings: EngineSettings
    type: Literal["hello"] = "hello"


@dataclass(frozen=True, slots=True)
class Ready:
    """From the child: the model is loaded."""

    model: str
    device: str
    dtype: str
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
class Failed:
    """From the child: no picture; without a job id, no model either."""

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
            case EngineClosedError():
                return cls(job_id, "closed", str(error))
            case ModelMissingError():
                return cls(job_id, "model_missing", error.path)
            case WithheldError():
                return cls(job_id, "withheld", error.reason)
            case _:
                return cls(job_id, "failed", str(error))

    def to_error(self) -> EngineError:
        """Return the error that this failure is on the caller's side."""
        match self.failure:
            case "bad_request":
                return BadRequestError(self.field, self.reason)
            case "closed":
                return EngineClosedError(self.reason)
            case "model_missing":
                return ModelMissingError(self.reason)
            case "withheld":
                return WithheldError()
            case "failed":
                return GenerationFailedError(self.reason)


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


Message = Hello | Ready | Submit | Cancel | Progress | Finished | Failed | Ping | Pong | Drain

_CODEC: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Discriminator("type")])


def encode(message: Message) -> bytes:
    """Return the frame of a message."""
    payload = message.png if isinstance(message, Finished) else b""
    header = _CODEC.dump_json(message, exclude={"png"})
    if len(header) + len(payload) > FRAME_BYTES_MAX:
        raise ProtocolError(f"a frame of {len(header) + len(payload)} bytes")
    return _LENGTHS.pack(len(header), len(payload)) + header + payload


class FrameReader:
    """Turns whatever pieces arrive into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that are complete now.

        Raises:
            ProtocolError: the bytes are no frame, or too large a one.
        """
        self._buffer += data
        messages = []
        while (message := self._take()) is not None:
            messages.append(message)
        return messages

    def _take(self) -> Message | None:
        if len(self._buffer) < _LENGTHS.size:
            return None
        header_size, payload_size = _LENGTHS.unpack_from(self._buffer)
        if header_size + payload_size > FRAME_BYTES_MAX:
            raise ProtocolError(f"a frame of {header_size + payload_size} bytes")
        payload_at = _LENGTHS.size + header_size
        end = payload_at + payload_size
        if len(self._buffer) < end:
            return None
        header = bytes(self._buffer[_LENGTHS.size : payload_at])
        payload = bytes(self._buffer[payload_at:end])
        del self._buffer[:end]
        return _decode(header, payload)


def _decode(header: bytes, payload: bytes) -> Message:
    try:
        message = _CODEC.validate_json(header)
    except ValidationError as error:
        raise ProtocolError(f"an unreadable header of {len(header)} bytes") from error
    return replace(message, png=payload) if isinstance(message, Finished) else message
