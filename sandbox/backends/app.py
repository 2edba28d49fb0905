"""The pretended servers under one application, and the plane that orders their trouble."""

from dataclasses import dataclass, field

from aiohttp import web

from sandbox.backends.automatic1111 import WebUI
from sandbox.backends.comfyui import ComfyUI
from sandbox.backends.huggingface import HuggingFace
from sandbox.backends.troubles import TROUBLES
from sandbox.control import Refused, order
from sandbox.telegram.params import number


@dataclass(frozen=True, slots=True)
class Backends:
    """Every server; each is at `/backends/` and its name."""

    automatic1111: WebUI = field(default_factory=lambda: WebUI(names_tasks=True))
    sdnext: WebUI = field(default_factory=lambda: WebUI(names_tasks=False))
    comfyui: ComfyUI = field(default_factory=ComfyUI)
    huggingface: HuggingFace = field(default_factory=HuggingFace)

    async def trouble(self, request: web.Request) -> web.Response:
        """Order trouble: `{"backend": "comfyui", "trouble": "memory", "count": 2}`."""
        body = await order(request)
        backend, kind = str(body.get("backend")), body.get("trouble")
        if backend not in self.__slots__:
            raise Refused(f"backend can be {', '.join(self.__slots__)}")
        if kind not in TROUBLES:
            raise Refused(f"trouble can be {', '.join(TROUBLES)}")
        server: WebUI | ComfyUI | HuggingFace = getattr(self, backend)
        server.troubles.order(kind, int(number(body.get("count", 1))))
        return web.json_response({"ok": True})


def setup(app: web.Application) -> Backends:
    """Add all routes."""
    backends = Backends()
    backends.automatic1111.setup(app, "/backends/automatic1111")
    backends.sdnext.setup(app, "/backends/sdnext")
    backends.comfyui.setup(app, "/backends/comfyui")
    backends.huggingface.setup(app, "/backends/huggingface")
    app.router.add_post("/_sandbox/backends", backends.trouble)
    return backends
