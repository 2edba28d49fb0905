"""Which running picture is worth a look now, and its way to the person.

No preview waits for another: while one is on its way the next are left out, and what fails ends
all previews, never a picture.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from PIL.Image import Image

from engine import encode, protocol
from engine.batch import Job
from engine.job import Size
from engine.runner import Runner

_log = logging.getLogger(__name__)

SHARE_MIN = 0.2
"""The part of a picture that is drawn before there is something to see."""


class Previews:
    """Looks at pictures between two forwards, at each every so many seconds; 0 never looks."""

    def __init__(
        self,
        runner: Runner,
        send: Callable[[protocol.Message], None],
        encoders: Executor,
        every_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runner = runner
        self._send = send
        self._encoders = encoders
        self._every_s = every_s
        self._now = clock
        self._looked: dict[str, float] = {}
        self._is_busy = False

    def offer(self, jobs: Sequence[Job]) -> None:
        """Look at the one of these that was not looked at for longest, if it is time."""
        if not self._every_s:
            return
        now = self._now()
        waited = {job.id: now - self._looked.setdefault(job.id, now) for job in jobs}
        due = [job for job in jobs if waited[job.id] >= self._every_s and _is_worth_it(job)]
        if due and not self._is_busy:
            job = max(due, key=lambda each: waited[each.id])
            self._looked[job.id] = now
            self._look(job)

    def forget(self, job_id: str) -> None:
        """A job has ended."""
        self._looked.pop(job_id, None)

    def _look(self, job: Job) -> None:
        try:
            image = self._runner.preview(job.id)
        except Exception:  # noqa: BLE001 - whatever it is, the picture must not suffer from it
            _log.exception("no more previews, as one failed")
            self._every_s = 0
            return
        if image is not None:
            self._is_busy = True
            self._encoders.submit(self._deliver, job.id, image, job.request.size)

    def _deliver(self, job_id: str, image: Image, size: Size) -> None:
        """Encode and send; in an encoder's thread."""
        try:
            self._send(protocol.Preview(job_id, encode.preview(image, size)))
        finally:
            self._is_busy = False


def _is_worth_it(job: Job) -> bool:
    return not job.is_done and job.done >= SHARE_MIN * job.forwards
