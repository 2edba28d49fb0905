"""Hugging Face's inference router: words in, a picture's bytes out."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.backends.painting import paint
from sandbox.backends.troubles import Trouble, Troubles

TOKEN = "hf_sandbox"
MODEL = "pretended/diffusion-v1"
SLEEPS_S = 20.0


class HuggingFace:
    """One model that sleeps when it is told to."""

    def __init__(self) -> None:
        self.troubles = Troubles()
        self.asked: list[dict[str, Any]] = []

    def setup(self, app: web.Application, prefix: str) -> None:
        """Add the route."""
        app.router.add_post(f"{prefix}/models/{{owner}}/{{name}}", self.infer)

    async def infer(self, request: web.Request) -> web.Response:
        """Draw from words."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "Invalid username or password."}, status=401)
        if "/".join(request.match_info.values()) != MODEL:
            return web.json_response({"error": "Model not found"}, status=404)
        body = await request.json()
        self.asked.append(body)
        trouble = self.troubles.meet("loading", "busy", "memory", "broken", "nonsense", "bodiless")
        if trouble is not None:
            return MISHAPS[trouble]()
        parameters = body.get("parameters", {})
        width, height = int(parameters.get("width", 512)), int(parameters.get("height", 512))
        file = paint(width, height, int(parameters.get("seed", 0)), "JPEG")
        return web.Response(body=file, content_type="image/jpeg")


def _loading() -> web.Response:
    answer = {"error": f"Model {MODEL} is currently loading", "estimated_time": SLEEPS_S}
    return web.json_response(answer, status=503)


def _error(words: str, status: int = 200) -> web.Response:
    return web.json_response({"error": words}, status=status)


MISHAPS: dict[Trouble, Callable[[], web.Response]] = {
    "loading": _loading,
    "busy": lambda: _error("Rate limit reached", 429),
    "memory": lambda: _error("CUDA out of memory", 500),
    "broken": lambda: _error("Internal Server Error", 500),
    "nonsense": lambda: _error("unknown error"),
    "bodiless": lambda: web.Response(body=b"no picture", content_type="image/jpeg"),
}
