"""Hugging Face's inference: a router for pictures, and a dedicated endpoint for clips."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.backends.painting import film, is_picture, paint
from sandbox.backends.troubles import Trouble, Troubles

TOKEN = "hf_sandbox"
MODEL = "pretended/diffusion-v1"
SLEEPS_S = 20.0
_LOOK_S = 0.02


class HuggingFace:
    """Two models that sleep when they are told to."""

    def __init__(self) -> None:
        self.troubles = Troubles()
        self.asked: list[dict[str, Any]] = []
        self.edited: list[dict[str, Any]] = []
        """What the endpoint for drawing over pictures was asked for."""
        self.filmed: list[dict[str, Any]] = []
        """What the endpoint for clips was asked for."""

    def setup(self, app: web.Application, prefix: str) -> None:
        """Add the routes."""
        app.router.add_post(f"{prefix}/models/{{owner}}/{{name}}", self.infer)
        app.router.add_post(f"{prefix}/endpoints/edit", self.edit)
        app.router.add_post(f"{prefix}/endpoints/video", self.animate)

    async def infer(self, request: web.Request) -> web.Response:
        """Draw from words."""
        if refusal := _refused(request):
            return refusal
        if "/".join(request.match_info.values()) != MODEL:
            return web.json_response({"error": "Model not found"}, status=404)
        body = await request.json()
        self.asked.append(body)
        if mishap := await self._mishap(request, "image/jpeg"):
            return mishap
        parameters = body.get("parameters", {})
        width, height = int(parameters.get("width", 512)), int(parameters.get("height", 512))
        file = paint(width, height, int(parameters.get("seed", 0)), "JPEG")
        return web.Response(body=file, content_type="image/jpeg")

    async def edit(self, request: web.Request) -> web.Response:
        """Draw over a picture."""
        if refusal := _refused(request):
            return refusal
        body = await request.json()
        self.edited.append(body)
        if not is_picture(_given(body)):
            return _error("inputs: cannot identify image file", 422)
        if mishap := await self._mishap(request, "image/png"):
            return mishap
        size = body["parameters"]["target_size"]
        return web.Response(body=paint(size["width"], size["height"], 5), content_type="image/png")

    async def animate(self, request: web.Request) -> web.Response:
        """Draw a clip from a picture."""
        if refusal := _refused(request):
            return refusal
        body = await request.json()
        self.filmed.append(body)
        picture = _given(body)
        if not is_picture(picture):
            return _error("inputs: cannot identify image file", 422)
        if mishap := await self._mishap(request, "video/mp4"):
            return mishap
        file = film(picture, int(body["parameters"]["num_frames"]))
        if self.troubles.meet("truncated"):
            file = file[: len(file) // 2]
        if self.troubles.meet("still"):
            return web.Response(body=picture, content_type="image/png")
        return web.Response(body=file, content_type="video/mp4")

    async def _mishap(self, request: web.Request, content_type: str) -> web.Response | None:
        if (trouble := self.troubles.meet(*MISHAPS)) is not None:
            return MISHAPS[trouble]()
        if self.troubles.meet("bodiless"):
            return web.Response(body=b"no picture", content_type=content_type)
        if self.troubles.meet("stuck"):
            self.troubles.stuck.set()
            while request.transport is not None:  # noqa: ASYNC110 - nobody tells who is gone
                await asyncio.sleep(_LOOK_S)
        return None


def _refused(request: web.Request) -> web.Response | None:
    if request.headers.get("Authorization") == f"Bearer {TOKEN}":
        return None
    return _error("Invalid username or password.", 401)


def _given(body: dict[str, Any]) -> bytes:
    """The picture that somebody sent."""
    try:
        return base64.b64decode(str(body.get("inputs")), validate=True)
    except binascii.Error:
        return b""


def _loading(seconds: float = SLEEPS_S) -> web.Response:
    answer = {"error": f"Model {MODEL} is currently loading", "estimated_time": seconds}
    return web.json_response(answer, status=503)


def _error(words: str, status: int = 200) -> web.Response:
    return web.json_response({"error": words}, status=status)


MISHAPS: dict[Trouble, Callable[[], web.Response]] = {
    "loading": _loading,
    "wild": lambda: _loading(float("nan")),
    "asleep": lambda: web.Response(text="Service Unavailable", status=503),
    "busy": lambda: _error("Rate limit reached", 429),
    "memory": lambda: _error("CUDA out of memory", 500),
    "broken": lambda: _error("Internal Server Error", 500),
    "nonsense": lambda: _error("unknown error"),
}
