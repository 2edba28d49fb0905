"""AUTOMATIC1111's web UI with `--api --api-auth`, and SD.Next, which lacks names for tasks."""

import asyncio
import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, cast

from aiohttp import encode_basic_auth, web

from sandbox.backends.painting import film, is_picture, paint
from sandbox.backends.troubles import Trouble, Troubles

USER, PASSWORD = "hub", "paint-box"
CHECKPOINT = "pretended-v1.safetensors [0000000000]"
MODEL = "pretended-v1"
SAMPLERS = {"DDIM", "Euler", "Euler a", "DPM++ 2M", "DPM++ 2M Karras", "UniPC", "Heun"}
SAVED_AT = "outputs/video/00001.mp4"
WILD = 10**400
"""More than a float can be."""
Json = dict[str, Any]


class WebUI:
    """One server: one lock, one picture at a time, whoever asked."""

    def __init__(self, *, names_tasks: bool) -> None:
        self.names_tasks = names_tasks
        self.troubles = Troubles()
        self.asked: list[Json] = []
        """The bodies of what was asked for, the oldest first."""
        self.filmed: list[Json] = []
        """The same of clips."""
        self.interrupted: list[str] = []
        """The task that each interrupt stopped; empty where nothing ran."""
        self.preview = paint(32, 24, 5)
        """What every picture looks like on its way."""
        self.shown: list[str] = []
        """The tasks of which a preview was sent."""
        self.running = ""
        self.waiting: list[str] = []
        self._step = self._steps = 0
        self._saved = b""
        self._lock = asyncio.Lock()
        self._stopped = asyncio.Event()

    def setup(self, app: web.Application, prefix: str) -> None:
        """Add the routes."""
        post, get = app.router.add_post, app.router.add_get
        post(f"{prefix}/sdapi/v1/txt2img", self.txt2img)
        post(f"{prefix}/sdapi/v1/img2img", self.img2img)
        post(f"{prefix}/sdapi/v1/interrupt", self.interrupt)
        get(f"{prefix}/sdapi/v1/progress", self.progress)
        get(f"{prefix}/sdapi/v1/options", self.options)
        if self.names_tasks:
            post(f"{prefix}/internal/progress", self.progress_of)
        else:
            post(f"{prefix}/sdapi/v1/video", self.video)
            get(f"{prefix}/sdapi/v1/video/file", self.video_file)

    async def txt2img(self, request: web.Request) -> web.Response:
        """Draw from words."""
        return await self._generate(await self._body(request))

    async def img2img(self, request: web.Request) -> web.Response:
        """Draw over a picture."""
        body = await self._body(request)
        originals = body.get("init_images")
        if not isinstance(originals, list) or not originals:
            return _refusal(404, "HTTPException", "Init image not found")
        if not is_picture(_decoded(originals[0])):
            return _refusal(500, "HTTPException", "Invalid encoded image")
        return await self._generate(body)

    async def video(self, request: web.Request) -> web.Response:
        """Draw a clip from a picture."""
        body = await self._body(request)
        self.filmed.append(body)
        picture = _decoded(body.get("init_image"))
        if not is_picture(picture):
            return _refusal(400, "HTTPException", "Invalid encoded image")
        if (trouble := self.troubles.meet(*MISHAPS)) is not None:
            return MISHAPS[trouble]()
        await self._in_turn(body)
        self._saved = film(picture, int(body["frames"]))
        if self.troubles.meet("truncated"):
            self._saved = self._saved[: len(self._saved) // 2]
        if self.troubles.meet("still"):
            self._saved = picture
        is_large = self.troubles.meet("large")
        sent = None if is_large else base64.b64encode(self._saved).decode()
        return web.json_response({"video": sent, "video_path": SAVED_AT, "info": ""})

    async def video_file(self, request: web.Request) -> web.Response:
        """The clip that was saved last."""
        self._authorise(request)
        if request.query.get("file") != SAVED_AT:
            return _refusal(404, "HTTPException", "File not found")
        return web.Response(body=self._saved, content_type="video/mp4")

    async def interrupt(self, request: web.Request) -> web.Response:
        """Stop what runs now, whoever asked for it."""
        self._authorise(request)
        self.interrupted.append(self.running)
        self._stopped.set()
        return web.json_response({}) if self.names_tasks else web.Response(status=204)

    async def progress(self, request: web.Request) -> web.Response:
        """How far is what runs now, whoever asked for it."""
        self._authorise(request)
        state = {"job": self.running, "job_count": 1 if self.running else 0}
        return web.json_response(
            {"progress": self._part(), "eta_relative": 0.0, "state": state, "current_image": None}
        )

    async def progress_of(self, request: web.Request) -> web.Response:
        """How far one task is."""
        body = await self._body(request)
        task = body.get("id_task")
        active = task == self.running and bool(task)
        answer = {"active": active, "queued": task in self.waiting, "completed": False}
        part = self._part()
        eta_s = float("inf") if part == WILD else 1.5
        answer |= {"progress": part if active else None, "eta": eta_s if active else None}
        return web.json_response(answer | self._seen(body, active=active) | {"textinfo": ""})

    async def options(self, request: web.Request) -> web.Response:
        """The settings, of which one matters."""
        self._authorise(request)
        return web.json_response({"sd_model_checkpoint": CHECKPOINT})

    async def _generate(self, body: Json) -> web.Response:
        self.asked.append(body)
        if body.get("sampler_name") not in SAMPLERS:
            return _refusal(404, "HTTPException", "Sampler not found")
        if (trouble := self.troubles.meet(*MISHAPS)) is not None:
            return MISHAPS[trouble]()
        await self._in_turn(body)
        return web.json_response(_answer(body))

    async def _in_turn(self, body: Json) -> None:
        task = str(body.get("force_task_id") or f"task({len(self.asked)})")
        self.waiting.append(task)
        async with self._lock:
            self.waiting.remove(task)
            await self._run(task, int(body["steps"]))

    async def _run(self, task: str, steps: int) -> None:
        self.running, self._steps = task, steps
        self._stopped.clear()
        try:
            for self._step in range(1, steps + 1):
                await asyncio.sleep(0)
                if self._step > steps // 2 and self.troubles.meet("stuck"):
                    self.troubles.stuck.set()
                    await self._stopped.wait()
                if self._stopped.is_set():
                    return
        finally:
            self.running = ""

    def _seen(self, asked: Json, *, active: bool) -> Json:
        """What it looks like so far, unless the asker has seen just that."""
        known = asked.get("id_live_preview", -1)
        if not active:
            return {"live_preview": None, "id_live_preview": -1}
        if not asked.get("live_preview", True) or known == self._step:
            return {"live_preview": None, "id_live_preview": known}
        self.shown.append(self.running)
        file = base64.b64encode(self.preview).decode()
        return {
            "live_preview": f"data:image/png;base64,{file}",
            "id_live_preview": self._step,
        }

    def _part(self) -> float:
        if self.troubles.meet("wild"):
            return WILD
        return self._step / self._steps if self.running and self._steps else 0.0

    async def _body(self, request: web.Request) -> Json:
        self._authorise(request)
        try:
            body = await request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise web.HTTPUnprocessableEntity
        return cast("Json", body)

    def _authorise(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != encode_basic_auth(USER, PASSWORD):
            raise web.HTTPUnauthorized(
                text=json.dumps({"detail": "Incorrect username or password"}),
                content_type="application/json",
                headers={"WWW-Authenticate": "Basic"},
            )


MISHAPS: dict[Trouble, Callable[[], web.Response]] = {
    "busy": lambda: _refusal(429, "TooManyRequests", "slow down"),
    "memory": lambda: _refusal(500, "OutOfMemoryError", "CUDA out of memory. Tried to allocate"),
    "broken": lambda: _refusal(500, "RuntimeError", "mat1 and mat2 shapes cannot be multiplied"),
    "nonsense": lambda: web.Response(text="<html>502</html>", content_type="text/html"),
    "bodiless": lambda: web.json_response({"images": [], "parameters": {}, "info": "{}"}),
}


def _decoded(given: object) -> bytes:
    """The picture that somebody sent."""
    try:
        return base64.b64decode(str(given).rpartition(",")[2], validate=True)
    except binascii.Error:
        return b""


def _answer(body: Json) -> Json:
    seed = int(body["seed"])
    picture = paint(int(body["width"]), int(body["height"]), seed)
    # `info` is JSON inside of a string, as there.
    info = json.dumps({"seed": seed, "all_seeds": [seed], "sd_model_name": MODEL})
    return {
        "images": [base64.b64encode(picture).decode()],
        "parameters": {},
        "info": info,
    }


def _refusal(status: int, error: str, words: str) -> web.Response:
    return web.json_response(
        {"error": error, "detail": "", "body": "", "errors": words}, status=status
    )
