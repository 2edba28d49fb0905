"""SD.Next, a relative of AUTOMATIC1111's web UI: its calls, without names for tasks, and clips.

Wire facts: `modules/api` of that project, for clips `modules/api/video.py` there. What runs has no
name that we gave it, so nothing is ever interrupted there: it could be somebody else's.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, ClassVar

from engine.automatic1111 import SEED_BELOW, Automatic1111, decoded
from engine.http import number
from engine.remote_job import Drawn, Job, beside


class SdNext(Automatic1111):
    """Draws by `/sdapi/v1/txt2img` and `img2img`, and clips by `/sdapi/v1/video`."""

    samplers: ClassVar[Mapping[str, str]] = {
        **Automatic1111.samplers,
        "dpm2m_karras": "DPM++ 2M",  # sigmas are an option there
    }

    def body(self, job: Job) -> dict[str, Any]:
        """What is posted."""
        body = super().body(job)
        del body["force_task_id"]
        return body

    async def film(self, job: Job, image: bytes) -> Drawn:
        """Wait for the one call, as for a picture."""
        async with beside(self._watch(job)):
            body = self.clip_body(job, image)
            answer = (await self.http.post("/sdapi/v1/video", body, timeout_s=None)).json()
        task = self.settings.video
        model = (task.model if task else "") or self.settings.model or self.settings.kind
        return Drawn(await self._clip(answer), job.request.seed, model)

    def clip_body(self, job: Job, image: bytes) -> dict[str, Any]:
        """What is posted for a segment. Without a model, what is loaded there draws it."""
        request, task = job.clip, self.settings.video
        body = {
            "width": request.width,
            "height": request.height,
            "frames": request.frames,
            "steps": request.steps,
            "seed": request.seed % SEED_BELOW,
            "guidance_scale": request.guidance,
            "init_image": b64encode(image).decode(),
            "audio": False,
            "mp4_fps": request.fps_drawn,
            "mp4_thumb": False,
            "send_video": True,
            "send_thumbnail": False,
        }
        if task and task.model:
            body |= {"engine": task.engine, "model": task.model}
        return body

    async def _clip(self, answer: dict[str, Any]) -> bytes:
        """The file: in the answer, or by itself where it is too large for that."""
        sent, path = answer.get("video"), answer.get("video_path")
        if isinstance(sent, str) and sent:
            try:
                return decoded(sent)
            except ValueError as error:
                raise self.trouble("nonsense", "an answer without a clip") from error
        if not isinstance(path, str) or not path:
            raise self.trouble("nonsense", "an answer without a clip")
        file = await self.http.get("/sdapi/v1/video/file", {"file": path}, timeout_s=None)
        return file.body

    async def watch_once(self, job: Job) -> None:
        """Look at what runs now, which is ours unless the server is shared."""
        query = {"skip_current_image": "true"}
        state = (await self.http.get("/sdapi/v1/progress", query)).json()
        if (part := number(state.get("progress"))) is not None:
            job.moved(part)

    async def stop(self, job: Job) -> None:
        """Let it end by itself."""
