"""Inference at Hugging Face: one call a picture, by the router or an endpoint of one's own.

Wire facts: `huggingface_hub`'s inference client. A model that sleeps answers 503 with a guess of
how long it needs, which may be far off or never change: it is asked again until the job's time is
over. An answer of 200 can still be an error in JSON, so its type is looked at.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from engine.backend import BackendSettings
from engine.errors import BackendError
from engine.http import Answer, believed
from engine.job import GenerationRequest, Progress
from engine.remote import Pause, Remote
from engine.remote_job import Drawn, Job

ROUTER_URL = "https://router.huggingface.co/hf-inference/models"
HOUR_S = 3600
FREE_REQUESTS = 30
"""Requests an hour that the free tier bears."""
WAIT_MIN_S, WAIT_MAX_S = 2.0, 30.0
_LOADING = 503
_JITTER = 0.2


class HuggingFace(Remote):
    """Draws from words, by the text-to-image task."""

    clock: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(
        self, settings: BackendSettings, secret: str, queue_max: int, pause: Pause = asyncio.sleep
    ) -> None:
        super().__init__(settings, secret, queue_max, pause)
        self._asked: deque[float] = deque()

    def address(self) -> str:
        """The address in the settings, which is whole; else the router's for the model."""
        return self.settings.url or f"{ROUTER_URL}/{self.settings.model}"

    async def draw(self, job: Job) -> Drawn:
        """Ask until the model is awake."""
        while True:
            self._spend()
            answer = await self.http.ask(
                "POST",
                "",
                body=_body(job.request),
                accept="image/png",
                timeout_s=self.settings.timeout_s + 1,
            )
            wait_s = _warming_s(answer)
            if wait_s is None:
                return self._drawn_from(believed(answer), job.request)
            job.tell(Progress(0, job.request.steps, 1, wait_s))
            await self.pause(wait_s * random.uniform(1, 1 + _JITTER))  # noqa: S311 - no secret

    async def stop(self, job: Job) -> None:
        """Closing the connection is all that can be done."""

    async def check(self) -> str:
        """Nothing but drawing tells whether it draws, and that is not free."""
        return self.settings.model or self.address()

    def lacks(self, request: GenerationRequest) -> str:
        """The task knows words only."""
        return "it draws from words only" if request.image is not None else ""

    def _spend(self) -> None:
        """Count a request against the hour's budget.

        Raises:
            BackendError: it is spent.
        """
        limit = self._hourly_max()
        if not limit:
            return
        now = self.clock()
        while self._asked and self._asked[0] <= now - HOUR_S:
            self._asked.popleft()
        if len(self._asked) >= limit:
            raise self.trouble("busy", f"{len(self._asked)} requests in an hour")
        self._asked.append(now)

    def _hourly_max(self) -> int:
        """The setting; left out, the router is taken for the free tier."""
        if self.settings.hourly_max is not None:
            return self.settings.hourly_max
        return 0 if self.settings.url else FREE_REQUESTS

    def _drawn_from(self, answer: Answer, request: GenerationRequest) -> Drawn:
        if not answer.content_type.startswith("image/"):
            raise self.trouble("nonsense", f"{answer.content_type} instead of a picture")
        return Drawn(answer.body, request.seed, self.settings.model or self.settings.kind)


def _body(request: GenerationRequest) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "width": request.width,
        "height": request.height,
        "num_inference_steps": request.steps,
        "guidance_scale": request.guidance,
        "seed": request.seed,
    }
    if request.negative_prompt:
        parameters["negative_prompt"] = request.negative_prompt
    return {"inputs": request.prompt, "parameters": parameters}


def _warming_s(answer: Answer) -> float | None:
    """The seconds to wait for a model that is being loaded; None for every other answer."""
    if answer.status != _LOADING:
        return None
    try:
        estimated = answer.json().get("estimated_time")
    except BackendError:
        return None
    if not isinstance(estimated, int | float):
        return None
    return min(max(float(estimated), WAIT_MIN_S), WAIT_MAX_S)
