"""ComfyUI: the operator's own workflow, with our values put into it.

Wire facts: `server.py` and `execution.py` of that project. The workflow is a file saved by *Export
(API)*; the settings say which input of which node takes the prompt, the seed and so on.
"""

import asyncio
import json
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from engine.backend import BackendSettings
from engine.errors import BackendError
from engine.http import failure
from engine.job import GenerationRequest
from engine.remote import POLL_S, Pause, Remote
from engine.remote_job import Drawn, Job, beside

INPUTS = (
    *("prompt", "negative_prompt", "seed", "width", "height"),
    *("steps", "guidance", "image", "strength"),
)
"""What `inputs` can map; a workflow that maps no image draws from words alone."""

Graph = dict[str, Any]


class ComfyUI(Remote):
    """Queues a graph by `/prompt` and looks at `/history` until it is done."""

    def __init__(
        self, settings: BackendSettings, secret: str, queue_max: int, pause: Pause = asyncio.sleep
    ) -> None:
        super().__init__(settings, secret, queue_max, pause)
        self._client = uuid4().hex

    async def draw(self, job: Job) -> Drawn:
        """Queue, wait, fetch."""
        graph = await self._graph(job)
        answer = await self.http.post("/prompt", {"prompt": graph, "client_id": self._client})
        job.name = str(answer.json().get("prompt_id") or "")
        if not job.name:
            raise self.trouble("nonsense", "a prompt without an id")
        async with beside(self._listen(job)):
            while (outputs := await self._outputs(job)) is None:
                await self.pause(POLL_S)
        query = self._picture_in(outputs)
        file = await self.http.get("/view", query)
        model = self.settings.model or Path(self.settings.workflow).stem
        return Drawn(file.body, job.request.seed, model)

    async def stop(self, job: Job) -> None:
        """Take it out of the queue; interrupt only while it is what runs."""
        if not job.name:
            return
        running, waiting = await self._queue()
        if job.name in running:
            await self.http.post("/interrupt", {"prompt_id": job.name})
        elif job.name in waiting:
            await self.http.post("/queue", {"delete": [job.name]})

    async def check(self) -> str:
        """Read the workflow, and ask how the system is."""
        self._workflow()
        await self.http.get("/system_stats")
        return self.settings.model or Path(self.settings.workflow).stem

    def lacks(self, request: GenerationRequest) -> str:
        """Pictures to start from need a place in the workflow; masks have none."""
        if request.mask is not None:
            return "the workflow takes no mask"
        if request.image is not None and "image" not in self.settings.inputs:
            return "the workflow takes no picture"
        return ""

    async def _graph(self, job: Job) -> Graph:
        graph = self._workflow()
        request = job.picture
        values: dict[str, Any] = {name: getattr(request, name) for name in INPUTS}
        if request.image is None:
            del values["image"], values["strength"]
        else:
            values["image"] = await self._upload(job.id, request.image)
        for name, place in self.settings.inputs.items():
            if name in values:
                node, _, entry = place.partition(".")
                graph[node]["inputs"][entry] = values[name]
        return graph

    def _workflow(self) -> Graph:
        """Read the file, a small one, and see that every place of the mapping is there."""
        try:
            graph = json.loads(Path(self.settings.workflow).read_text(encoding="utf-8"))
            for place in self.settings.inputs.values():
                node, _, entry = place.partition(".")
                graph[node]["inputs"][entry]
        except (OSError, ValueError) as error:
            path = self.settings.workflow
            raise self.trouble("refused", f"{path!r} is no workflow that can be read") from error
        except (KeyError, TypeError) as error:
            raise self.trouble("refused", f"the workflow has no input {error}") from error
        return deepcopy(dict(graph))

    async def _upload(self, job_id: str, image: bytes) -> str:
        form = aiohttp.FormData()
        form.add_field("image", image, filename=f"{job_id}.png", content_type="image/png")
        form.add_field("overwrite", "true")
        answer = await self.http.ask("POST", "/upload/image", form=form)
        name = answer.json().get("name")
        if not isinstance(name, str):
            raise self.trouble("refused", f"{answer.status} for a picture")
        return name

    async def _outputs(self, job: Job) -> dict[str, Any] | None:
        """What the nodes gave; None while they have not."""
        entry = (await self.http.get(f"/history/{job.name}")).json().get(job.name)
        if entry is None:
            return None
        if not isinstance(entry, dict):
            raise self.trouble("nonsense", "a history that is none")
        status = entry.get("status") or {}
        if status.get("status_str") == "error":
            raise self._failure(status)
        outputs = entry.get("outputs")
        return outputs if isinstance(outputs, dict) else {}

    async def _listen(self, job: Job) -> None:
        """Hear how far ours is; a courtesy, the history is the truth."""
        with suppress(BackendError):
            async for event in self.http.events("/ws", {"clientId": self._client}):
                about = event.get("data")
                if event.get("type") == "progress" and isinstance(about, dict):
                    self._heard(job, about)

    def _heard(self, job: Job, about: dict[str, Any]) -> None:
        value, most = about.get("value"), about.get("max")
        are_numbers = isinstance(value, int | float) and isinstance(most, int | float)
        if about.get("prompt_id") == job.name and are_numbers and most:
            job.moved(value / most)

    def _failure(self, status: dict[str, Any]) -> BackendError:
        said = json.dumps(status.get("messages") or [])
        if "execution_interrupted" in said.lower():
            return self.trouble("unreachable", "somebody interrupted it")
        return self.trouble(failure(said), "a node failed")

    def _picture_in(self, outputs: dict[str, Any]) -> dict[str, str]:
        """Where the picture is: of the node in the settings, else of the first that has one."""
        wanted = [self.settings.output] if self.settings.output else list(outputs)
        for node in wanted:
            for image in (outputs.get(node) or {}).get("images") or []:
                return {key: str(image.get(key, "")) for key in ("filename", "subfolder", "type")}
        raise self.trouble("nonsense", "no node gave a picture")

    async def _queue(self) -> tuple[set[str], set[str]]:
        """The ids of what runs, and of what waits."""
        state = (await self.http.get("/queue")).json()
        running, waiting = state.get("queue_running"), state.get("queue_pending")
        return _ids(running), _ids(waiting)


def _ids(entries: object) -> set[str]:
    """An entry is a list: number, id, graph, ..."""
    if not isinstance(entries, list):
        return set()
    return {str(entry[1]) for entry in entries if isinstance(entry, list) and len(entry) > 1}
