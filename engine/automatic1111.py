"""AUTOMATIC1111's web UI, started with `--api`: one blocking call draws, others tell how far.

Wire facts: `modules/api/api.py`, `modules/api/models.py` and `modules/progress.py` of that project.
There is no queue to ask and no way to leave it, so there is one call at a time; an interrupt stops
whatever runs, for anyone, so it is sent only while our own task runs.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from engine.errors import BackendError
from engine.http import number
from engine.job import GenerationRequest
from engine.remote import POLL_S, Remote
from engine.remote_job import Drawn, Job, beside

SEED_BELOW = 2**32
CROP, KEEP_ORIGINAL = 1, 1
"""`resize_mode` and `inpainting_fill`, as our own engine does it."""


class Automatic1111(Remote):
    """Draws by `/sdapi/v1/txt2img` and `img2img`."""

    samplers: ClassVar[Mapping[str, str]] = {
        "ddim": "DDIM",
        "euler": "Euler",
        "euler_a": "Euler a",
        "dpm2m": "DPM++ 2M",
        "dpm2m_karras": "DPM++ 2M Karras",  # newer ones split the name themselves
        "unipc": "UniPC",
        "heun": "Heun",
    }

    async def draw(self, job: Job) -> Drawn:
        """Wait for the one call; its own result is the truth about the job."""
        job.name = f"hub-{job.id}"
        path = "/sdapi/v1/txt2img" if job.picture.image is None else "/sdapi/v1/img2img"
        async with beside(self._watch(job)):
            answer = await self.http.post(path, self.body(job), timeout_s=None)
        return self._drawn_from(answer.json(), job.picture)

    async def stop(self, job: Job) -> None:
        """Interrupt, if what runs is ours."""
        if (await self._progress(job)).get("active") is True:
            await self.http.post("/sdapi/v1/interrupt", {})

    async def check(self) -> str:
        """Ask for the options, which name the checkpoint."""
        options = (await self.http.get("/sdapi/v1/options")).json()
        return self.settings.model or str(options.get("sd_model_checkpoint") or "")

    def body(self, job: Job) -> dict[str, Any]:
        """What is posted. Nothing is left to defaults, which differ between versions."""
        request = job.picture
        body: dict[str, Any] = {
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt,
            "seed": request.seed % SEED_BELOW,
            "sampler_name": self.samplers[request.sampler],
            "batch_size": 1,
            "n_iter": 1,
            "steps": request.steps,
            "cfg_scale": request.guidance,
            "width": request.width,
            "height": request.height,
            "send_images": True,
            "save_images": False,
            "force_task_id": job.name,
        }
        if self.settings.model:
            # The options would be changed for everybody, and stay so.
            body["override_settings"] = {"sd_model_checkpoint": self.settings.model}
            body["override_settings_restore_afterwards"] = True
        return body | _original(request)

    async def watch_once(self, job: Job) -> None:
        """Look once how far a job is, and what it looks like if it is time for that."""
        state = await self._progress(job, is_seen=self.glimpses.wants(job))
        if state.get("active") is True:
            await self._see(job, state)
            job.moved(number(state.get("progress")) or 0.0, _seconds(state.get("eta")))

    async def _progress(self, job: Job, *, is_seen: bool = False) -> dict[str, Any]:
        asked = {"id_task": job.name, "id_live_preview": job.preview_id, "live_preview": is_seen}
        return (await self.http.post("/internal/progress", asked)).json()

    async def _see(self, job: Job, state: dict[str, Any]) -> None:
        """Keep what there is to see, once: the server sends it while it has another number."""
        shown, number = state.get("live_preview"), state.get("id_live_preview")
        if not isinstance(shown, str) or not isinstance(number, int):
            return
        job.preview_id = number
        with suppress(ValueError):
            await self.glimpses.take(job, decoded(shown))

    async def _watch(self, job: Job) -> None:
        while True:
            await self.pause(POLL_S)
            with suppress(BackendError):  # a courtesy that some servers do not know
                await self.watch_once(job)

    def _drawn_from(self, answer: dict[str, Any], request: GenerationRequest) -> Drawn:
        try:
            # Extensions may append pictures of their own; ours is the first.
            file = decoded(answer["images"][0])
            about = json.loads(answer.get("info") or "{}")
            model = about.get("sd_model_name")
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise self.trouble("nonsense", "an answer without a picture") from error
        model = str(model or self.settings.model or self.settings.kind)
        return Drawn(file, request.seed, model)


def _original(request: GenerationRequest) -> dict[str, Any]:
    """The picture to start from, by its bytes: an address would be fetched by the server."""
    if request.image is None:
        return {}
    body = {
        "init_images": [b64encode(request.image).decode()],
        "denoising_strength": request.strength,
        "resize_mode": CROP,
        "include_init_images": False,
    }
    if request.mask is not None:
        body |= {
            "mask": b64encode(request.mask).decode(),
            "mask_blur": 0,
            "inpainting_fill": KEEP_ORIGINAL,
            "inpaint_full_res": False,  # else only what is masked is drawn, as large as all of it
            "inpainting_mask_invert": 0,
        }
    return body


def decoded(sent: str) -> bytes:
    """Return a file that was sent as base64, with or without the head of a data URL.

    Raises:
        ValueError: it is no base64.
    """
    return b64decode(sent.rpartition(",")[2], validate=True)


def _seconds(value: object) -> float | None:
    seconds = number(value)
    return seconds if seconds is not None and seconds > 0 else None
