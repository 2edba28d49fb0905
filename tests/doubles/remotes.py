"""Back ends elsewhere, as the sandbox pretends them, and clients that do not wait between looks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from engine.backend import BackendSettings
from engine.clip import Clip, VideoRequest
from engine.errors import BackendError, JobCancelledError
from engine.job import GenerationRequest, Picture, Progress
from engine.remote import Remote
from sandbox.app import Sandbox, serve
from sandbox.backends.automatic1111 import WebUI
from sandbox.backends.painting import paint

REQUEST = GenerationRequest(
    prompt="a fox in the snow",
    negative_prompt="blurry",
    width=64,
    height=48,
    steps=6,
    guidance=5.0,
    seed=11,
    sampler="euler_a",
)
CLIP = VideoRequest(image=paint(80, 60, 7), width=64, height=48, frames=5, fps=5, steps=6, seed=3)
TROUBLES = (
    ("busy", "busy"),
    ("memory", "memory"),
    ("broken", "unreachable"),
    ("nonsense", "nonsense"),
    ("bodiless", "nonsense"),
)
"""What a server is ordered to do, and how every client must understand it."""

SomeRemote = TypeVar("SomeRemote", bound=Remote)


class Pauses:
    """Remembers how long somebody wanted to wait, and hardly does."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def opened(
    kind: type[SomeRemote],
    url: str,
    secret: str = "",
    *,
    queue_max: int = 8,
    pause: Any = None,
    **settings: Any,
) -> AsyncIterator[SomeRemote]:
    named = BackendSettings(name="studio", kind="automatic1111", url=url, **settings)
    async with kind(named, secret, queue_max, pause or Pauses()) as remote:
        yield remote


class Asking:
    """Somebody who asks for pictures and listens."""

    def __init__(self, remote: Any) -> None:
        self._remote = remote
        self.heard: list[Progress] = []

    async def draw(self, request: GenerationRequest = REQUEST, job_id: str = "job_1") -> Picture:
        picture = await self._remote.generate(job_id, request, self.heard.append, owner="1")
        assert isinstance(picture, Picture)
        return picture

    async def film(self, request: VideoRequest = CLIP, job_id: str = "job_1") -> Clip:
        clip = await self._remote.animate(job_id, request, self.heard.append, owner="1")
        assert isinstance(clip, Clip)
        return clip


async def caught(
    remote: Remote, request: GenerationRequest | VideoRequest = REQUEST
) -> BackendError | JobCancelledError | None:
    try:
        if isinstance(request, VideoRequest):
            await Asking(remote).film(request)
        else:
            await Asking(remote).draw(request)
    except (BackendError, JobCancelledError) as error:
        return error
    return None


@asynccontextmanager
async def pretended() -> AsyncIterator[Sandbox]:
    async with serve(limits="none") as sandbox:
        yield sandbox


async def heard_amid_numbers_without_end(ui: WebUI, remote: Remote) -> list[Progress]:
    """Draw while the server tells of progress in numbers that no JSON has; return what is heard."""
    ui.troubles.order("stuck")
    ui.troubles.order("wild", 3)
    asking = Asking(remote)
    async with asyncio.TaskGroup() as tasks:
        drawing = tasks.create_task(asking.draw())
        await ui.troubles.stuck.wait()
        while ui.troubles._waiting["wild"]:
            await asyncio.sleep(0)
        ui._stopped.set()
        await drawing
    return asking.heard
