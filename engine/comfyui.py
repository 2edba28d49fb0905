"""ComfyUI: the operator's own workflow, with our values put into it.

Wire facts: `server.py`, `protocol.py` and `execution.py` of that project. The workflow is a file
saved by *Export (API)*; the settings say which input of which node takes the prompt, the seed and
so on.
"""

import asyncio
import json
import struct
from contextlib import suppress
from typing import Any
from uuid import uuid4

import aiohttp

from engine.backend import CLIP_INPUTS, INPUTS, BackendSettings
from engine.errors import BackendError
from engine.http import believed, failure, number
from engine.job import GenerationRequest
from engine.remote import POLL_S, Pause, Remote
from engine.remote_job import Drawn, Job, beside, told_soon
from engine.workflow import Graph, NoWorkflowError, Workflow

_PREVIEW = struct.Struct(">II")
"""What bytes on the socket begin with: what they are, and in which format."""
_PREVIEW_IMAGE = 1
_LOOKS = 3
_PASSING = ("slow", "unreachable")


class ComfyUI(Remote):
    """Queues a graph by `/prompt` and looks at `/history` until it is done."""

    def __init__(
        self, settings: BackendSettings, secret: str, queue_max: int, pause: Pause = asyncio.sleep
    ) -> None:
        super().__init__(settings, secret, queue_max, pause)
        self._client = uuid4().hex
        self._words = Workflow.of(settings)
        self._over = Workflow.of(settings.edit) if settings.edit else self._words
        self.draws_over = "image" in self._over.inputs
        self._video = Workflow.of(settings.video, is_clip=True) if settings.video else None

    async def draw(self, job: Job) -> Drawn:
        """Put a picture's request into its workflow."""
        request = job.picture
        values: dict[str, Any] = {name: getattr(request, name) for name in INPUTS}
        values["prompt"] = request.words
        for name in ("image", "mask"):
            if (file := values.pop(name)) is not None:
                png = await self.fitted(name, file, job)
                values[name] = await self._upload(f"{job.id}.{name}.png", png)
        if request.image is None:
            del values["strength"]
        return await self._made(job, self._over if request.image else self._words, values)

    async def film(self, job: Job, image: bytes) -> Drawn:
        """Put a segment's request into the workflow for clips."""
        assert self._video is not None, "without one it draws no clips"
        values: dict[str, Any] = {name: getattr(job.clip, name) for name in CLIP_INPUTS}
        values["image"] = await self._upload(f"{job.id}.{job.segment}.png", image)
        values["fps"] = job.clip.fps_drawn
        return await self._made(job, self._video, values)

    async def _made(self, job: Job, workflow: Workflow, values: dict[str, Any]) -> Drawn:
        """Queue, wait, fetch."""
        graph = self._graph(workflow, values)
        # Named by us, so that it can be stopped though the answer is lost; old servers name it.
        job.name = str(uuid4())
        try:
            query = await self._finished(job, workflow, graph)
        except BackendError:
            # It may wait or run there although nothing was heard of it.
            await told_soon(self.stop(job))
            raise
        file = await self.http.get("/view", query, timeout_s=None)  # it may be large
        return Drawn(file.body, job.request.seed, self.settings.model or workflow.name)

    async def _finished(self, job: Job, workflow: Workflow, graph: Graph) -> dict[str, str]:
        """Queue and wait; return where the file is."""
        body = {"prompt": graph, "client_id": self._client, "prompt_id": job.name}
        answer = await self.http.post("/prompt", body)
        job.name = str(answer.json().get("prompt_id") or "")
        if not job.name:
            raise self.trouble("nonsense", "a prompt without an id")
        async with beside(self._listen(job)):
            while (outputs := await self._outputs(job)) is None:
                await self._check_is_known(job)
                await self.pause(POLL_S)
        if (query := workflow.made(outputs)) is None:
            raise self.trouble("nonsense", "no node saved what was wanted")
        return query

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
        """Read the workflows, and ask how the system is."""
        for workflow in filter(None, (self._words, self._over, self._video)):
            self._graph(workflow, {})
        await self.http.get("/system_stats")
        return self.settings.model or self._words.name

    def lacks(self, request: GenerationRequest) -> str:
        """Pictures to start from and masks need a place in the workflow."""
        if request.mask is not None and "mask" not in self._over.inputs:
            return "the workflow takes no mask"
        if request.image is not None and not self.draws_over:
            return "the workflow takes no picture"
        return ""

    def _graph(self, workflow: Workflow, values: dict[str, Any]) -> Graph:
        try:
            return workflow.filled(values)
        except NoWorkflowError as error:
            raise self.trouble("refused", str(error)) from error

    async def _upload(self, name: str, file: bytes) -> str:
        form = aiohttp.FormData()
        form.add_field("image", file, filename=name, content_type="image/png")
        form.add_field("overwrite", "true")
        answer = believed(await self.http.ask("POST", "/upload/image", form=form))
        known = answer.json().get("name")
        if not isinstance(known, str):
            raise self.trouble("nonsense", "an upload without a name")
        return known

    async def _check_is_known(self, job: Job) -> None:
        """Give up what a server that was started anew knows nothing of; it would never end.

        Raises:
            BackendError: it is neither in the queue nor in the history.
        """
        try:
            running, waiting = await self._queue()
        except BackendError:  # some have no queue to look at
            return
        if job.name not in running | waiting and await self._outputs(job) is None:
            raise self.trouble("unreachable", "it has forgotten the job")

    async def _look(self, path: str) -> dict[str, Any]:
        """Look, and look again: while a model is loaded there, answers may fail to come."""
        for _ in range(_LOOKS - 1):
            try:
                return (await self.http.get(path)).json()
            except BackendError as error:
                if error.trouble not in _PASSING:
                    raise
            await self.pause(POLL_S)
        return (await self.http.get(path)).json()

    async def _outputs(self, job: Job) -> dict[str, Any] | None:
        """What the nodes gave; None while they have not."""
        entry = (await self._look(f"/history/{job.name}")).get(job.name)
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
        """Hear how far ours is; a courtesy, the history is the truth.

        A preview has no name: it is of the graph whose progress was told last.
        """
        is_ours = False
        with suppress(BackendError):
            async for event in self.http.events("/ws", {"clientId": self._client}):
                if isinstance(event, bytes):
                    if is_ours and self.glimpses.wants(job):
                        await self._see(job, event)
                    continue
                about = event.get("data")
                if event.get("type") == "progress" and isinstance(about, dict):
                    is_ours = about.get("prompt_id") == job.name
                    self._heard(job, about)

    async def _see(self, job: Job, event: bytes) -> None:
        head, file = event[: _PREVIEW.size], event[_PREVIEW.size :]
        if len(head) == _PREVIEW.size and _PREVIEW.unpack(head)[0] == _PREVIEW_IMAGE:
            await self.glimpses.take(job, file)
            job.moved(job.part)

    def _heard(self, job: Job, about: dict[str, Any]) -> None:
        value, most = number(about.get("value")), number(about.get("max"))
        if about.get("prompt_id") == job.name and value is not None and most:
            job.moved(value / most)

    def _failure(self, status: dict[str, Any]) -> BackendError:
        said = json.dumps(status.get("messages") or [])
        if "execution_interrupted" in said.lower():
            return self.trouble("unreachable", "somebody interrupted it")
        return self.trouble(failure(said), "a node failed")

    async def _queue(self) -> tuple[set[str], set[str]]:
        """The ids of what runs, and of what waits."""
        state = await self._look("/queue")
        running, waiting = state.get("queue_running"), state.get("queue_pending")
        return _ids(running), _ids(waiting)


def _ids(entries: object) -> set[str]:
    """An entry is a list: number, id, graph, ..."""
    if not isinstance(entries, list):
        return set()
    return {str(entry[1]) for entry in entries if isinstance(entry, list) and len(entry) > 1}
