"""How the messages of `engine.protocol` look on the line to the engine's process.

A frame is two big-endian 32-bit lengths, a JSON header and a binary payload: a PNG, JPEG or MP4,
or nothing.  Nothing here reads or writes a socket.
"""

import struct
from dataclasses import replace
from typing import Annotated

from pydantic import Discriminator, TypeAdapter, ValidationError

from engine.protocol import Animated, Finished, Inspect, Message, Preview

FRAME_BYTES_MAX = 64 * 1024 * 1024
_LENGTHS = struct.Struct(">II")

_CODEC: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Discriminator("type")])


class ProtocolError(Exception):
    """The other side sent what no message can be."""


def encode(message: Message) -> bytes:
    """Return the frame of a message."""
    payload = _payload(message)
    header = _CODEC.dump_json(message, exclude={"png", "mp4", "jpeg", "file"})
    if len(header) + len(payload) > FRAME_BYTES_MAX:
        raise ProtocolError(f"a frame of {len(header) + len(payload)} bytes")
    return _LENGTHS.pack(len(header), len(payload)) + header + payload


def _payload(message: Message) -> bytes:
    match message:
        case Finished():
            return message.png
        case Animated():
            return message.mp4
        case Preview():
            return message.jpeg
        case Inspect():
            return message.file
        case _:
            return b""


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
    match message:
        case Finished():
            return replace(message, png=payload)
        case Animated():
            return replace(message, mp4=payload)
        case Preview():
            return replace(message, jpeg=payload)
        case Inspect():
            return replace(message, file=payload)
        case _:
            return message
