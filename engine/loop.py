"""The engine's heart: schedule → run → post-process, in the one thread that owns every tensor."""

import logging
import queue
import time
from collections.abc import Callable
from dataclasses import replace

from engine import protocol
from engine.batch import Batch, Job
from engine.errors import (
    EngineClosedError,
    EngineError,
    GenerationFailedError,
    OutOfMemoryError,
)
from engine.job import Alike
from engine.previews import Previews
from engine.results import Drawn, Encoders, result
from engine.runner import Runner
from engine.scheduler import Scheduler

_log = logging.getLogger(__name__)


class StepLoop:
    """Takes messages in, draws, and sends messages out.

    `encoders` turns pixels into files beside the loop, so that the next step need not wait;
    `previews` shows how far they are; `on_idle` is called when there is nothing to do.
    """

    def __init__(
        self,
        runner: Runner,
        scheduler: Scheduler,
        inbox: queue.Queue[protocol.Message],
        send: Callable[[protocol.Message], None],
        encoders: Encoders,
        previews: Previews,
        on_idle: Callable[[], None],
    ) -> None:
        self._runner = runner
        self._scheduler = scheduler
        self._inbox = inbox
        self._send = send
        self._encoders = encoders
        self._previews = previews
        self._on_idle = on_idle
        self._began: dict[str, float] = {}
        self._stepped: dict[str, float] = {}
        self._told: dict[str, int] = {}
        self._is_draining = False

    def run(self) -> None:
        """Draw until drained."""
        while self._read_inbox():
            batch = self._scheduler.schedule()
            self._tell_positions()
            if batch is not None:
                self._run_batch(batch)

    def _read_inbox(self) -> bool:
        """Take in what has arrived, waiting only when idle; False once there is nothing to do."""
        while not (self._is_draining and not len(self._scheduler)):
            is_idle = not len(self._scheduler)
            if is_idle:
                self._on_idle()
            try:
                message = self._inbox.get(block=is_idle)
            except queue.Empty:
                return True
            self._receive(message)
        return False

    def _receive(self, message: protocol.Message) -> None:
        match message:
            case protocol.Submit() | protocol.Animate():
                self._submit(message)
            case protocol.Cancel():
                self._forget(message.job_id)
            case protocol.Ping():
                self._send(protocol.Pong())
            case protocol.Drain():
                self._drain()
            case _:
                _log.warning("unexpected message %s", message.type)

    def _submit(self, asked: protocol.Submit | protocol.Animate) -> None:
        job = Job(asked.job_id, asked.request, asked.owner, asked.priority, asked.is_suspect)
        try:
            self._scheduler.add(job)
        except EngineError as error:
            self._send(protocol.Failed.of(job.id, error))

    def _drain(self) -> None:
        self._is_draining = True
        for job in self._scheduler.remove_waiting():
            self._send(protocol.Failed.of(job.id, EngineClosedError()))

    def _run_batch(self, batch: Batch) -> None:
        if not self._make_room(batch):
            return
        for job in batch.jobs:
            if not job.is_admitted:
                self._admit(job)
        batch = replace(batch, jobs=[job for job in batch.jobs if job.is_admitted])
        if batch.jobs:
            self._forward(batch)
        if done := [job for job in batch.jobs if job.is_done]:
            self._finish(batch.alike, done)

    def _make_room(self, batch: Batch) -> bool:
        """Have the batch's model where it can draw; False if memory does not hold it."""
        began = time.monotonic()
        try:
            first = batch.jobs[0]
            if self._runner.make_room(for_clips=first.is_clip, loras=first.request.loras):
                self._scheduler.moved(batch, time.monotonic() - began)
        except OutOfMemoryError as error:
            if not self._has_relief(error):  # else they try again
                for job in batch.jobs:
                    self._fail(job, error)
            return False
        return True

    def _admit(self, job: Job) -> None:
        began = self._began[job.id] = self._stepped[job.id] = time.monotonic()
        failure: EngineError | None = None
        try:
            job.forwards = self._runner.admit(job.id, job.request)
        except Exception as error:  # noqa: BLE001 - the boundary of `_forward`
            if not self._has_relief(error):  # else it is tried once more, with its next turn
                failure = _blame(error)
        # Of a clip it is the encoding of its picture: as long as many forwards of a picture.
        self._scheduler.spent(job.request.alike, time.monotonic() - began)
        if failure is not None:
            self._fail(job, failure)

    def _forward(self, batch: Batch) -> None:
        """Take jobs one forward further: together, or each alone to find the one that fails.

        Where memory does not hold them, they try again with a smaller batch.
        """
        try:
            self._step(batch)
        except OutOfMemoryError as error:
            if self._scheduler.shrink(batch):
                _log.warning("%s in %d rows; from now on in fewer", error, batch.rows)
            elif not self._has_relief(error):
                self._fail(batch.jobs[0], error)
        except Exception as error:  # noqa: BLE001 - see below
            # The boundary between a job and the engine: whatever a model throws at one must not
            # end the others.
            if len(batch.jobs) == 1:
                self._fail(batch.jobs[0], _blame(error))
            else:
                _log.exception("a forward of %d jobs failed; now each alone", len(batch.jobs))
                for job in batch.jobs:
                    self._forward(replace(batch, jobs=[job]))

    def _step(self, batch: Batch) -> None:
        began = time.monotonic()
        self._runner.step([job.id for job in batch.jobs], batch.rows)
        now = time.monotonic()
        self._scheduler.ran(batch, now - began)
        for job in batch.jobs:
            job.done += 1
            interval_s = now - self._stepped[job.id]
            self._stepped[job.id] = now
            self._send(protocol.Progress(job.id, job.step, 0, interval_s))
        self._previews.offer([job for job in batch.jobs if not job.is_clip])

    def _finish(self, alike: Alike, jobs: list[Job]) -> None:
        """Decode together, or each alone to find the one that fails."""
        began = time.monotonic()
        try:
            self._develop(jobs)
        except Exception as error:  # noqa: BLE001 - the boundary of `_forward`
            if self._has_relief(error):
                self._finish(alike, jobs)
            elif len(jobs) == 1:
                self._fail(jobs[0], _blame(error))
            else:
                _log.exception("decoding %d pictures failed; now each alone", len(jobs))
                for job in jobs:
                    self._finish(alike, [job])
        self._scheduler.spent(alike, time.monotonic() - began)

    def _develop(self, jobs: list[Job]) -> None:
        decoded = self._runner.decode([job.id for job in jobs])
        for job, pixels in zip(jobs, decoded, strict=True):
            if isinstance(pixels, GenerationFailedError):
                self._fail(job, pixels)
            else:
                times = self._began[job.id], self._stepped[job.id]
                drawn = Drawn(job.id, job.request, pixels, self._runner.model, *times)
                self._encoders.of(job.request).submit(self._deliver, drawn)
                self._forget(job.id)

    def _has_relief(self, error: Exception) -> bool:
        """Whether memory was what was missing, and some could be freed."""
        return isinstance(error, OutOfMemoryError) and self._runner.relieve()

    def _fail(self, job: Job, error: EngineError) -> None:
        self._forget(job.id)
        self._send(protocol.Failed.of(job.id, error))

    def _forget(self, job_id: str) -> None:
        self._scheduler.remove(job_id)
        self._runner.release(job_id)
        self._previews.forget(job_id)
        self._began.pop(job_id, None)
        self._stepped.pop(job_id, None)

    def _tell_positions(self) -> None:
        positions = self._scheduler.positions()
        for job_id, position in positions.items():
            if self._told.get(job_id) != position:
                self._send(protocol.Progress(job_id, 0, position))
        self._told = positions

    def _deliver(self, drawn: Drawn) -> None:
        """Encode and send; in an encoder's thread."""
        try:
            self._send(result(drawn))
        except GenerationFailedError as error:
            self._send(protocol.Failed.of(drawn.job_id, error))
        except Exception:  # noqa: BLE001 - see below
            # The end of an encoder's thread: nobody else would see the error, nor the job end.
            _log.exception("what was drawn could not be encoded")
            failure = GenerationFailedError("it could not be encoded")
            self._send(protocol.Failed.of(drawn.job_id, failure))


def _blame(error: Exception) -> EngineError:
    """Return what a job's failure is to its caller."""
    if isinstance(error, EngineError):
        return error
    _log.error("a job failed", exc_info=error)
    return GenerationFailedError(f"the model raised {type(error).__name__}")
