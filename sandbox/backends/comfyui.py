"""ComfyUI: graphs are queued, and looked for in the history. A look moves the work forward."""

import asyncio
from typing import Any

from aiohttp import web

from sandbox.backends.painting import film, is_picture, paint
from sandbox.backends.troubles import Troubles

TOKEN = "comfy-sandbox"
SAVERS = {
    "SaveImage": ("images", "png"),
    "SaveAnimatedWEBP": ("images", "webp"),
    "SaveVideo": ("images", "mp4"),
    "VHS_VideoCombine": ("gifs", "mp4"),
    "SaveWEBM": ("images", "webm"),
}
"""Under which name nodes list what they save, and its format."""
Json = dict[str, Any]


class ComfyUI:
    """One server."""

    def __init__(self) -> None:
        self.troubles = Troubles()
        self.asked: list[Json] = []
        """The graphs, the oldest first."""
        self.named: list[str] = []
        """What each graph is called, likewise."""
        self.interrupted: list[str] = []
        self.deleted: list[str] = []
        self.uploads: dict[str, bytes] = {}
        self.queued: list[str] = []
        """Ids; the first one runs."""
        self.stranger = ""
        """An id of somebody else's that runs, and never ends."""
        self.preview = b"\0\0\0\1\0\0\0\2" + paint(32, 24, 5)
        """What is sent of every picture on its way: an image of 1, in the format 2, PNG."""
        self.step = 10
        """How far every graph is told to be, of 20."""
        self.told = 0
        """How often progress was told."""
        self.told_of = ""
        """An id that progress is told of in place of the one that runs."""
        self._graphs: dict[str, Json] = {}
        self._history: dict[str, Json] = {}
        self._clients: dict[str, str] = {}
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._is_stuck = False
        self._looked: set[str] = set()

    def setup(self, app: web.Application, prefix: str) -> None:
        """Add the routes."""
        post, get = app.router.add_post, app.router.add_get
        post(f"{prefix}/prompt", self.prompt)
        get(f"{prefix}/queue", self.queue)
        post(f"{prefix}/queue", self.change_queue)
        post(f"{prefix}/interrupt", self.interrupt)
        get(f"{prefix}/history/{{id}}", self.history)
        get(f"{prefix}/view", self.view)
        post(f"{prefix}/upload/image", self.upload)
        get(f"{prefix}/system_stats", self.stats)
        get(f"{prefix}/ws", self.socket)

    async def prompt(self, request: web.Request) -> web.Response:
        """Queue a graph."""
        _authorise(request)
        body = await request.json()
        graph = body.get("prompt")
        if self.troubles.meet("busy"):
            return web.json_response({"error": {"type": "busy"}}, status=429)
        if problem := _problem(graph):
            error = {"type": problem, "message": "", "details": "", "extra_info": {}}
            return web.json_response({"error": error, "node_errors": {}}, status=400)
        self.asked.append(graph)
        name = str(body.get("prompt_id") or f"prompt-{len(self.asked)}")
        self.named.append(name)
        self._graphs[name] = graph
        self._clients[name] = str(body.get("client_id"))
        self.queued.append(name)
        if self.troubles.meet("mute"):
            return web.Response(status=502)
        return web.json_response({"prompt_id": name, "number": len(self.asked), "node_errors": {}})

    async def queue(self, request: web.Request) -> web.Response:
        """What runs and what waits."""
        _authorise(request)
        entries = [[at, name, self._graphs.get(name, {})] for at, name in enumerate(self._line())]
        return web.json_response({"queue_running": entries[:1], "queue_pending": entries[1:]})

    async def change_queue(self, request: web.Request) -> web.Response:
        """Forget what waits; what runs stays."""
        _authorise(request)
        for name in (await request.json()).get("delete", []):
            if name in self._line()[1:]:
                self.queued.remove(name)
                self.deleted.append(name)
        return web.Response()

    async def interrupt(self, request: web.Request) -> web.Response:
        """Stop what runs; older ones do not look at the id."""
        _authorise(request)
        for name in self._line()[:1]:
            self.interrupted.append(name)
            self._fail(name, "execution_interrupted", {})
        return web.Response()

    async def history(self, request: web.Request) -> web.Response:
        """What became of a graph; empty until it is done."""
        _authorise(request)
        if self.troubles.meet("deaf"):
            return web.Response(status=502)
        name = request.match_info["id"]
        if self.troubles.meet("forgets"):
            self.queued.remove(name)
        if name in self._line()[:1]:
            await self._tell(name)
            self._move(name)
        entry = self._history.get(name)
        return web.json_response({name: entry} if entry else {})

    async def view(self, request: web.Request) -> web.Response:
        """A picture or a clip."""
        _authorise(request)
        name, _, form = request.query["filename"].rpartition(".")
        if self.troubles.meet("bodiless"):
            return web.Response(body=b"no picture", content_type="image/png")
        graph = self._graphs[name]
        if (clip := _first(graph, "SVD_img2vid_Conditioning")) is not None:
            return self._clip(graph, int(clip["video_frames"]), form)
        size = _first(graph, "EmptyLatentImage") or {"width": 64, "height": 64}
        seed = (_first(graph, "KSampler") or {}).get("seed", 0)
        file = paint(int(size["width"]), int(size["height"]), int(seed), "WEBP")
        return web.Response(body=file, content_type="image/webp")

    def _clip(self, graph: Json, frames: int, form: str) -> web.Response:
        picture = self.uploads[(_first(graph, "LoadImage") or {})["image"]]
        if self.troubles.meet("still"):
            return web.Response(body=picture, content_type="image/png")
        file = film(picture, frames, form)
        if self.troubles.meet("truncated"):
            file = file[: len(file) // 2]
        return web.Response(body=file)

    async def upload(self, request: web.Request) -> web.Response:
        """Take a picture to start from."""
        _authorise(request)
        field = (await request.post())["image"]
        assert isinstance(field, web.FileField)
        file = await asyncio.to_thread(field.file.read)
        if not is_picture(file):
            return web.Response(status=400)
        self.uploads[field.filename] = file
        return web.json_response({"name": field.filename, "subfolder": "", "type": "input"})

    async def stats(self, request: web.Request) -> web.Response:
        """How the system is."""
        _authorise(request)
        return web.json_response({"system": {"os": "posix"}, "devices": []})

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Tell a client how far its graphs are."""
        _authorise(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        client = request.query["clientId"]
        self._sockets[client] = socket
        await socket.send_json({"type": "status", "data": {"sid": client}})
        async for _ in socket:
            pass  # clients have nothing to say
        del self._sockets[client]
        return socket

    async def _tell(self, name: str) -> None:
        """Say how far a graph is, and send a preview as bytes."""
        if (socket := self._sockets.get(self._clients[name])) is not None:
            about = {"value": self.step, "max": 20, "prompt_id": self.told_of or name, "node": "3"}
            await socket.send_json({"type": "progress", "data": about})
            await socket.send_bytes(self.preview)
            self.told += 1

    def _line(self) -> list[str]:
        return [self.stranger, *self.queued] if self.stranger else self.queued

    def _move(self, name: str) -> None:
        """The first look finds it running, the second done."""
        if name not in self._looked:
            self._looked.add(name)
            return
        self._is_stuck = self._is_stuck or self.troubles.meet("stuck") is not None
        if self._is_stuck:
            self.troubles.stuck.set()
        elif self.troubles.meet("memory"):
            about = {"exception_type": "torch.OutOfMemoryError"}
            self._fail(name, "execution_error", about)
        elif self.troubles.meet("broken"):
            self._fail(name, "execution_error", {"exception_type": "RuntimeError"})
        else:
            self.queued.remove(name)
            outputs = {} if self.troubles.meet("nonsense") else _saved(name, self._graphs[name])
            status = {"status_str": "success", "completed": True, "messages": []}
            self._history[name] = {"outputs": outputs, "status": status}

    def _fail(self, name: str, event: str, about: Json) -> None:
        self._is_stuck = False
        if name in self.queued:
            self.queued.remove(name)
        status = {"status_str": "error", "completed": False, "messages": [[event, about]]}
        self._history[name] = {"outputs": {}, "status": status}


def _problem(graph: object) -> str:
    if not isinstance(graph, dict) or not graph:
        return "no_prompt"
    if not all(isinstance(node, dict) and "class_type" in node for node in graph.values()):
        return "invalid_prompt"
    if not any(node["class_type"] in SAVERS for node in graph.values()):
        return "prompt_no_outputs"
    return ""


def _saved(name: str, graph: Json) -> Json:
    """What each node has saved, as the history lists it."""
    saved: Json = {}
    for node, about in graph.items():
        if about["class_type"] in SAVERS:
            kind, form = SAVERS[about["class_type"]]
            saved[node] = {
                kind: [{"filename": f"{name}.{form}", "subfolder": "", "type": "output"}]
            }
    return saved


def _first(graph: Json, kind: str) -> Json | None:
    return next((node["inputs"] for node in graph.values() if node["class_type"] == kind), None)


def _authorise(request: web.Request) -> None:
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        raise web.HTTPUnauthorized
