"""Inference at Hugging Face: one call a picture, by the router or an endpoint of one's own.

Wire facts: `huggingface_hub`'s inference client, and for clips the task *image-to-video* of
`@huggingface/tasks`, which only dedicated endpoints serve without another provider. A model that
sleeps answers 503 with a guess of how long it needs, which may be far off or never change; an
endpoint that was scaled to zero answers 503 without one. Both are asked again until the job's time
is over. An answer of 200 can still be an error in JSON, so its type is looked at.
"""

import asyncio
import random
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.backend import BackendSettings
from engine.clip import VideoRequest
from engine.errors import BackendError
from engine.http import Answer, Http, believed, number
from engine.job import GenerationRequest, Progress
from engine.remote import Pause, Remote
from engine.remote_job import Drawn, Job

ROUTER_HOST = "https://router.huggingface.co/"
SHARED_HOSTS = (ROUTER_HOST, "https://api-inference.huggingface.co/")
"""Where nobody has an endpoint of their own; the second is how the router was reached before."""
ROUTER_URL = f"{ROUTER_HOST}hf-inference/models"
HOUR_S = 3600
FREE_REQUESTS = 30
"""Requests an hour that the free tier bears."""
WAIT_MIN_S, WAIT_MAX_S = 2.0, 30.0
_LOADING = 503
_SCALING_S = 10.0
"""What an endpoint that starts is given when it names no time."""
_JITTER = 0.2
CLIPS = ("video/", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True)
class Place:
    """A model that can be asked."""

    http: Http
    is_own: bool
    """An endpoint that the operator pays for, not the router."""


class HuggingFace(Remote):
    """Draws by the tasks text-to-image, image-to-image and image-to-video."""

    clock: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(
        self, settings: BackendSettings, secret: str, queue_max: int, pause: Pause = asyncio.sleep
    ) -> None:
        super().__init__(settings, secret, queue_max, pause)
        self._asked: deque[float] = deque()
        edit_url = settings.edit.url if settings.edit else ""
        self.draws_over = bool(edit_url)
        self._edit = Place(Http(settings.name, edit_url, secret), is_own=_is_own(edit_url))
        video_url = settings.video.url if settings.video else ""
        self._words = Place(self.http, is_own=_is_own(self.address()))
        self._video = Place(Http(settings.name, video_url, secret), is_own=_is_own(video_url))

    async def close(self) -> None:
        """Close the connections."""
        await super().close()
        await self._edit.http.close()
        await self._video.http.close()

    def address(self) -> str:
        """The address in the settings, which is whole; else the router's for the model."""
        return self.settings.url or f"{ROUTER_URL}/{self.settings.model}"

    async def draw(self, job: Job) -> Drawn:
        """Ask for a picture until the model is awake."""
        if (image := job.picture.image) is None:
            answer = await self._awake(job, self._words, _body(job.picture), "image/png")
        else:
            body = _edit_body(job.picture, await self.fitted("image", image, job), self._edit)
            answer = await self._awake(job, self._edit, body, "image/png")
        return self._drawn_from(answer, job, ("image/",))

    async def film(self, job: Job, image: bytes) -> Drawn:
        """Ask for a clip until the endpoint is awake."""
        answer = await self._awake(job, self._video, _clip_body(job.clip, image), "video/mp4")
        return self._drawn_from(answer, job, CLIPS)

    async def stop(self, job: Job) -> None:
        """Closing the connection is all that can be done."""

    async def check(self) -> str:
        """Nothing but drawing tells whether it draws, and that is not free."""
        return self.settings.model or self.address()

    def lacks(self, request: GenerationRequest) -> str:
        """There is no task for masks, and none for pictures but where the settings say."""
        if request.mask is not None:
            return "it takes no mask"
        return "" if request.image is None or self.draws_over else "it draws from words only"

    async def _awake(self, job: Job, place: Place, body: object, accept: str) -> Answer:
        """Ask for as long as the job has time."""
        while True:
            self._spend(place)
            answer = await place.http.ask("POST", "", body=body, accept=accept, timeout_s=None)
            wait_s = _warming_s(answer, place)
            if wait_s is None:
                return believed(answer)
            job.tell(Progress(0, job.request.steps, 1, wait_s))
            await self.pause(wait_s * random.uniform(1, 1 + _JITTER))  # noqa: S311 - no secret

    def _spend(self, place: Place) -> None:
        """Count a request against the hour's budget.

        Raises:
            BackendError: it is spent.
        """
        limit = self._hourly_max(place)
        if not limit:
            return
        now = self.clock()
        while self._asked and self._asked[0] <= now - HOUR_S:
            self._asked.popleft()
        if len(self._asked) >= limit:
            raise self.trouble("busy", f"{len(self._asked)} requests in an hour")
        self._asked.append(now)

    def _hourly_max(self, place: Place) -> int:
        """The setting; left out, the router is taken for the free tier."""
        if self.settings.hourly_max is not None:
            return self.settings.hourly_max
        return 0 if place.is_own else FREE_REQUESTS

    def _drawn_from(self, answer: Answer, job: Job, types: tuple[str, ...]) -> Drawn:
        if not answer.content_type.startswith(types):
            raise self.trouble("nonsense", f"{answer.content_type} instead of {types[0]}")
        return Drawn(answer.body, job.request.seed, self.settings.model or self.settings.kind)


def _is_own(url: str) -> bool:
    return not url.startswith(SHARED_HOSTS)


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
    return {"inputs": request.words, "parameters": parameters}


def _edit_body(request: GenerationRequest, image: bytes, place: Place) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "prompt": request.words,
        "num_inference_steps": request.steps,
        "guidance_scale": request.guidance,
        "target_size": {"width": request.width, "height": request.height},
    }
    if place.is_own:  # the task has no names for these, but the pipelines behind endpoints do
        parameters |= {"strength": request.strength, "seed": request.seed}
    if request.negative_prompt:
        parameters["negative_prompt"] = request.negative_prompt
    return {"inputs": b64encode(image).decode(), "parameters": parameters}


def _clip_body(request: VideoRequest, image: bytes) -> dict[str, Any]:
    parameters = {
        "num_frames": request.frames,
        "num_inference_steps": request.steps,
        "guidance_scale": request.guidance,
        "seed": request.seed,
        "target_size": {"width": request.width, "height": request.height},
    }
    return {"inputs": b64encode(image).decode(), "parameters": parameters}


def _warming_s(answer: Answer, place: Place) -> float | None:
    """The seconds to wait for a model that is being loaded; None for every other answer."""
    if answer.status != _LOADING:
        return None
    try:
        estimated_s = number(answer.json().get("estimated_time"))
    except BackendError:
        estimated_s = None
    if estimated_s is None:
        return _SCALING_S if place.is_own else None
    return min(max(estimated_s, WAIT_MIN_S), WAIT_MAX_S)
