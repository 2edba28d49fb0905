"""The child process: reads what the engine asks in one thread, draws in the main one."""

import logging
import os
import queue
import signal
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from engine.calibration import calibrate
from engine.capacity import Capacity
from engine.costs import CostsFile
from engine.errors import EngineError, GenerationFailedError
from engine.inspection import inspect
from engine.loop import StepLoop
from engine.previews import Previews
from engine.protocol import Failed, Hello, Message, Ready
from engine.results import Encoders
from engine.runner import Runner
from engine.safety import Checker
from engine.scheduler import Scheduler
from engine.settings import EngineSettings
from engine.studio import Studio
from engine.wire import FrameReader, ProtocolError, encode

Loaded = TypeVar("Loaded")

_log = logging.getLogger(__name__)

_INBOX_MAX = 1024
_RECEIVE_BYTES = 64 * 1024
_CALIBRATION_S = 10.0  # for whoever asks meanwhile waits


def serve(connection: socket.socket) -> None:
    """Load what the first message names, then draw until drained or left alone."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    # Whoever started this process decides when it ends, by closing the line; a Ctrl-C or a stop
    # of the whole service reaches both and must let a running picture end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    channel = _Channel(connection)
    inbox: queue.Queue[Message] = queue.Queue(_INBOX_MAX)
    threading.Thread(target=channel.read_into, args=(inbox,), daemon=True).start()
    hello = inbox.get()
    assert isinstance(hello, Hello)
    if hello.is_inspector:
        _inspect(hello.settings, inbox, channel)
        return
    runner = _load(lambda: Studio(hello.settings), channel)
    if runner is None:
        return
    draw(hello.settings, runner, inbox, channel.send)


def draw(
    settings: EngineSettings,
    runner: Runner,
    inbox: queue.Queue[Message],
    send: Callable[[Message], None],
) -> None:
    """Draw what comes in until drained, and keep what is learnt about the device.

    What takes long at first, as compiling does, is done before it is said that all is ready: then
    nobody takes it for a hang.
    """
    file = CostsFile(Path(settings.costs_path), _machine(settings, runner))
    capacity = Capacity(
        settings.rows_max,
        is_exact=settings.mode == "exact",
        costs=file.load() if settings.costs_path else {},
    )

    def keep() -> None:
        if settings.costs_path:
            file.keep(capacity.costs)

    if settings.costs_path:
        calibrate(runner, capacity, settings.sizes, _CALIBRATION_S)
        keep()
    send(Ready(runner.model, runner.device, runner.dtype, runner.video_model))
    scheduler = Scheduler(settings.queue_max, capacity, settings.video_share)
    with ThreadPoolExecutor(2, "pictures") as pictures, ThreadPoolExecutor(1, "clips") as clips:
        previews = Previews(runner, send, pictures, settings.preview_every_s)
        encoders = Encoders(pictures, clips)
        StepLoop(runner, scheduler, inbox, send, encoders, previews, keep).run()
    keep()


def _machine(settings: EngineSettings, runner: Runner) -> str:
    """Return all that decides what a forward costs."""
    how = f"graphs {settings.graphs}, compiled {settings.compiled}, threads {settings.threads}"
    return f"{runner.model}, {runner.device}, {runner.dtype}, {how}"


def _inspect(settings: EngineSettings, inbox: queue.Queue[Message], channel: "_Channel") -> None:
    checker = _load(lambda: Checker(settings.safety_model), channel)
    if checker is not None:
        channel.send(Ready(settings.safety_model, "cpu", "float32"))
        inspect(checker, inbox, channel.send)


def _load(make: Callable[[], Loaded], channel: "_Channel") -> Loaded | None:
    try:
        return make()
    except EngineError as error:
        channel.send(Failed.of("", error))
    except Exception as error:  # noqa: BLE001 - see below
        # The boundary of loading: a checkpoint is a stranger's file and may break in any way; the
        # other side is told in a word, the log has the rest.
        _log.exception("the model could not be loaded")
        reason = f"the model could not be loaded ({type(error).__name__})"
        channel.send(Failed.of("", GenerationFailedError(reason)))
    return None


class _Channel:
    """The line to the engine: any thread may send, one reads."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, message: Message) -> None:
        frame = encode(message)
        with self._sending:
            self._connection.sendall(frame)

    def read_into(self, inbox: queue.Queue[Message]) -> None:
        """Read until the line closes, then end the process at once.

        Then the engine is gone and nobody waits for what is still being drawn, and a forward pass
        cannot be interrupted any other way.
        """
        frames = FrameReader()
        try:
            while data := self._connection.recv(_RECEIVE_BYTES):
                for message in frames.feed(data):
                    inbox.put(message)
        except (OSError, ProtocolError):
            _log.exception("the line to the engine broke")
        os._exit(0)
