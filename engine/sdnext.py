"""SD.Next, a relative of AUTOMATIC1111's web UI: the same calls, without names for tasks.

Wire facts: `modules/api` of that project. What runs has no name that we gave it, so nothing is ever
interrupted there: it could be somebody else's.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from engine.automatic1111 import Automatic1111
from engine.http import number
from engine.remote_job import Job


class SdNext(Automatic1111):
    """Draws by `/sdapi/v1/txt2img` and `img2img`."""

    samplers: ClassVar[Mapping[str, str]] = {
        **Automatic1111.samplers,
        "dpm2m_karras": "DPM++ 2M",  # sigmas are an option there
    }

    def body(self, job: Job) -> dict[str, Any]:
        """What is posted."""
        body = super().body(job)
        del body["force_task_id"]
        return body

    async def watch_once(self, job: Job) -> None:
        """Look at what runs now, which is ours unless the server is shared."""
        query = {"skip_current_image": "true"}
        state = (await self.http.get("/sdapi/v1/progress", query)).json()
        if (part := number(state.get("progress"))) is not None:
            job.moved(part)

    async def stop(self, job: Job) -> None:
        """Let it end by itself."""
