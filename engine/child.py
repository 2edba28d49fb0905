"""One life of the child process: started, spoken to, read from, ended."""

import asyncio
import logging
import os
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from typing import Self

from engine.protocol import Message, Ping
from engine.wire import FrameReader, ProtocolError, encode

_log = logging.getLogger(__name__)
_output = logging.getLogger("engine.worker")

_READ_BYTES = 256 * 1024
_LINE_BYTES_MAX = 64 * 1024
_PINGS_PER_SILENCE = 4
_END_S = 2.0


class Child:
    """The engine's side of the line to a running child process."""

    def __init__(
        self, process: Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._frames = FrameReader()

    @classmethod
    @asynccontextmanager
    async def started(cls) -> AsyncGenerator[Self]:
        """Start a child process; it is gone when the context ends."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            reader, writer = await asyncio.open_connection(sock=ours)
            with closing(writer):
                process = await _spawn(theirs)
                theirs.close()  # so that the line closes when the process ends
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(_log_lines(process))
                    try:
                        yield cls(process, reader, writer)
                    finally:
                        await _end(process, writer)
        _log.info("the engine's process %d ended: %s", process.pid, process.returncode)

    def send(self, message: Message) -> None:
        """Send without waiting; what is in flight is bounded by the jobs accepted."""
        self._writer.write(encode(message))

    async def messages(self, silence_max_s: float) -> AsyncGenerator[Message]:
        """Yield what the child says until it is gone, or was silent so long that it hangs."""
        heard = time.monotonic()
        while time.monotonic() - heard < silence_max_s:
            try:
                async with asyncio.timeout(silence_max_s / _PINGS_PER_SILENCE):
                    data = await self._reader.read(_READ_BYTES)
            except TimeoutError:
                self.send(Ping())
                continue
            except ConnectionError:
                return
            if not data:
                return
            heard = time.monotonic()
            for message in self._decode(data):
                yield message
        _log.error("the engine's process %d hangs", self._process.pid)

    def _decode(self, data: bytes) -> list[Message]:
        try:
            return self._frames.feed(data)
        except ProtocolError:
            _log.exception("the engine's process %d talks nonsense", self._process.pid)
            self._process.kill()
            return []


async def _spawn(line: socket.socket) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "engine", str(line.fileno())),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        pass_fds=[line.fileno()],
        env=environment(),
    )


def environment() -> dict[str, str]:
    """Return our environment without our secrets: a model's code has no business with them."""
    ours = os.environ  # noqa: TID251 - handed on, not read
    handed_on = {name: ours[name] for name in ours if not name.startswith("HUB_")}
    return handed_on | {"TRANSFORMERS_VERBOSITY": "error"}


async def _end(process: Process, writer: asyncio.StreamWriter) -> None:
    """Close the line, which ends the process at once, unless it cannot even notice."""
    writer.close()
    try:
        async with asyncio.timeout(_END_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _log_lines(process: Process) -> None:
    """Put what the child prints into our log, line by line."""
    assert process.stdout is not None
    rest = b""
    while data := await process.stdout.read(_LINE_BYTES_MAX):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            _output.info("%s", line.decode(errors="replace").rstrip())
        if len(rest) > _LINE_BYTES_MAX:
            lines, rest = [rest], b""
    if rest:
        _output.info("%s", rest.decode(errors="replace"))
