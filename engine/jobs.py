"""The jobs whose callers wait: what is known of each, and what the child's news means for them."""

import asyncio
import itertools
import math
from collections.abc import Callable

from engine import protocol
from engine.clip import Clip, VideoRequest
from engine.errors import EngineCrashedError, EngineError
from engine.estimate import StepTimes, queue_s
from engine.job import GenerationRequest, Picture, Progress

_SUSPECT_AFTER = 2
"""Crashes under a job after which it is drawn alone: beside others, all would be blamed."""


class PendingJob:
    """A box of one between the engine's reader and the caller: news replaces older news."""

    def __init__(
        self,
        job_id: str,
        request: GenerationRequest | VideoRequest,
        owner: str = "",
        priority: int = 0,
    ) -> None:
        self.id = job_id
        self.ticket = ""
        self.request = request
        self.owner = owner
        self.priority = priority
        self.step = 0
        self.position = 0
        self.is_running = False
        self.crashes = 0
        self.preview = b""
        self._news: Progress | None = None
        self._outcome: Picture | Clip | EngineError | None = None
        self._woken = asyncio.Event()

    @property
    def submission(self) -> protocol.Submit | protocol.Animate:
        """What the child is told to do."""
        told = (self.owner, self.priority, self.crashes >= _SUSPECT_AFTER)
        match self.request:
            case GenerationRequest():
                return protocol.Submit(self.ticket, self.request, *told)
            case VideoRequest():
                return protocol.Animate(self.ticket, self.request, *told)

    @property
    def is_clip(self) -> bool:
        """Whether it is a clip, not a picture."""
        return isinstance(self.request, VideoRequest)

    @property
    def is_open(self) -> bool:
        """Whether there is no outcome yet."""
        return self._outcome is None

    def tell(self, progress: Progress) -> None:
        """Leave news for the caller."""
        self._news = progress
        self._woken.set()

    def resolve(self, outcome: Picture | Clip | EngineError) -> None:
        """Leave the outcome; the first one counts."""
        if self._outcome is None:
            self._outcome = outcome
            self._woken.set()

    async def wait(self, on_progress: Callable[[Progress], None]) -> Picture | Clip:
        """Pass the news on until there is a picture, or the clip that was asked for.

        Raises:
            EngineError: there will be none.
        """
        while True:
            await self._woken.wait()
            self._woken.clear()
            self._pass_news(on_progress)
            match self._outcome:
                case Picture() | Clip():
                    return self._outcome
                case EngineError():
                    raise self._outcome

    def _pass_news(self, on_progress: Callable[[Progress], None]) -> None:
        news, self._news = self._news, None
        if news is not None and not isinstance(self._outcome, EngineError):
            on_progress(news)


class LiveJobs:
    """All accepted jobs in the order in which they came, and how long such jobs take.

    The child knows each by a ticket: a job may be cancelled and come again under the same id while
    news of its first life is still on the way.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, PendingJob] = {}  # by ticket
        self._tickets = itertools.count(1)
        self._times = StepTimes()
        self._loaded = protocol.Ready("", "", "")

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def running(self) -> int:
        """How many of them the child has begun."""
        return sum(job.is_running for job in self._jobs.values())

    def get(self, job_id: str) -> PendingJob | None:
        """Return a job; None when it is not here."""
        return next((job for job in self._jobs.values() if job.id == job_id), None)

    def add(self, job: PendingJob) -> None:
        """Put a job behind the others."""
        job.position = 1 + len(self._waiting(job.is_clip))
        job.ticket = f"{job.id}/{next(self._tickets)}"
        self._jobs[job.ticket] = job
        self._tell(job)

    def remove(self, job: PendingJob) -> None:
        """Forget a job."""
        del self._jobs[job.ticket]

    def estimate_s(self, request: GenerationRequest | VideoRequest) -> float:
        """Return the seconds until a newcomer would be done."""
        alone_s = self._times.seconds(request)
        is_clip = isinstance(request, VideoRequest)
        waiting = self._waiting_s(is_clip, math.inf)
        if waiting or (is_clip and self._running(is_clip)):
            return self._queue_s(is_clip, [*waiting, alone_s])
        return alone_s

    def feed(self, child: Callable[[protocol.Message], None], loaded: protocol.Ready) -> None:
        """Give every job to a child that has just become ready."""
        self._loaded = loaded
        for job in self._jobs.values():
            child(job.submission)

    def hear(self, message: protocol.Message) -> None:
        """Take news of a job, which may have gone meanwhile."""
        match message:
            case protocol.Progress() if job := self._jobs.get(message.job_id):
                self._progressed(job, message)
            case protocol.Preview() if job := self._jobs.get(message.job_id):
                job.preview = message.jpeg
                self._tell(job)
            case protocol.Finished() if job := self._jobs.get(message.job_id):
                self._finished(job, message)
            case protocol.Animated() if job := self._jobs.get(message.job_id):
                self._animated(job, message)
            case protocol.Failed() if job := self._jobs.get(message.job_id):
                job.resolve(message.to_error())
            case _:
                pass

    def crashed(self, crashes_max: int, *, was_ready: bool) -> None:
        """Blame those that ran for the child's death, or all when it did not even start."""
        places = {False: itertools.count(1), True: itertools.count(1)}
        for job in self._jobs.values():
            job.crashes += job.is_running or not was_ready
            job.step, job.position, job.is_running = 0, next(places[job.is_clip]), False
            job.preview = b""
            if job.crashes > crashes_max:
                job.resolve(EngineCrashedError(job.crashes))
            else:
                self._tell(job)

    def fail_all(self, error: EngineError) -> None:
        """Give all jobs the same end."""
        for job in self._jobs.values():
            job.resolve(error)

    def _progressed(self, job: PendingJob, message: protocol.Progress) -> None:
        job.step, job.position = message.step, message.position
        job.is_running = message.position == 0
        if message.interval_s is not None:
            self._times.observe_forward(job.request, message.interval_s)
        self._tell(job)

    def _finished(self, job: PendingJob, message: protocol.Finished) -> None:
        self._times.observe_decode(job.request, message.decode_s)
        job.resolve(
            Picture(
                png=message.png,
                width=message.width,
                height=message.height,
                seed=job.request.seed,
                model=self._loaded.model,
                duration_ms=message.duration_ms,
                device=self._loaded.device,
            )
        )

    def _animated(self, job: PendingJob, message: protocol.Animated) -> None:
        self._times.observe_decode(job.request, message.decode_s)
        job.resolve(
            Clip(
                mp4=message.mp4,
                thumbnail=message.thumbnail,
                width=message.width,
                height=message.height,
                frames=message.frames,
                fps=message.fps,
                duration_s=message.frames / message.fps,
                seed=job.request.seed,
                model=self._loaded.video_model,
                duration_ms=message.duration_ms,
                device=self._loaded.device,
            )
        )

    def _tell(self, job: PendingJob) -> None:
        eta_s = self._eta_s(job) if self._times.knows(job.request) else None
        job.tell(Progress(job.step, job.request.steps, job.position, eta_s, job.preview))

    def _eta_s(self, job: PendingJob) -> float:
        if job.is_running:
            return self._remaining_s(job)
        return self._queue_s(job.is_clip, self._waiting_s(job.is_clip, job.position))

    def _waiting_s(self, is_clip: bool, up_to: float) -> list[float]:  # noqa: FBT001 - which kind
        """Return the seconds that each takes that waits no further back; kinds wait apart."""
        waiting = sorted(self._waiting(is_clip), key=lambda job: job.position)
        return [self._remaining_s(job) for job in waiting if job.position <= up_to]

    def _queue_s(self, is_clip: bool, waiting: list[float]) -> float:  # noqa: FBT001 - which kind
        running = [self._remaining_s(job) for job in self._running(is_clip)]
        return queue_s(running, waiting)

    def _running(self, is_clip: bool) -> list[PendingJob]:  # noqa: FBT001 - which kind
        return [job for job in self._jobs.values() if job.is_running and job.is_clip == is_clip]

    def _waiting(self, is_clip: bool) -> list[PendingJob]:  # noqa: FBT001 - which kind
        return [job for job in self._jobs.values() if not job.is_running and job.is_clip == is_clip]

    def _remaining_s(self, job: PendingJob) -> float:
        return self._times.seconds(job.request, job.step) if job.is_open else 0.0
