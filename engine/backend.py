"""What draws: the seam that the local engine, back ends elsewhere and a chain of them share."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

from engine.clip import Clip, VideoRequest
from engine.health import EngineHealth
from engine.job import GenerationRequest, Picture, Progress

INPUTS = (
    *("prompt", "negative_prompt", "seed", "width", "height"),
    *("steps", "guidance", "image", "mask", "strength"),
)
"""What a workflow can map for a picture; one that maps no image draws from words alone."""
CLIP_INPUTS = (
    *("image", "seed", "width", "height", "frames", "fps"),
    *("steps", "guidance", "guidance_min", "motion", "noise"),
)
"""What a workflow can map for a clip, which begins with its `image`."""


class Backend(Protocol):
    """Draws pictures and perhaps clips; `engine.engine.Engine` says what its methods promise."""

    @property
    def animates(self) -> bool:
        """Whether it draws clips."""
        ...

    @property
    def draws_over(self) -> bool:
        """Whether it draws over pictures."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    async def generate(
        self,
        job_id: str,
        request: GenerationRequest,
        on_progress: Callable[[Progress], None],
        *,
        owner: str = "",
        priority: int = 0,
    ) -> Picture:
        """Draw a picture, telling how far it is."""
        ...

    async def animate(
        self,
        job_id: str,
        request: VideoRequest,
        on_progress: Callable[[Progress], None],
        *,
        owner: str = "",
        priority: int = 0,
    ) -> Clip:
        """Draw a clip, telling how far it is.

        Raises:
            CannotAnimateError: it draws none.
        """
        ...

    def cancel(self, job_id: str) -> None:
        """Stop a job; one that is not here is stopped already."""
        ...

    def send_on(self, job_id: str) -> None:
        """Let a job that only waits here go elsewhere; one that runs stays."""
        ...

    async def ready(self) -> EngineHealth:
        """Wait until something can be drawn."""
        ...

    def health(self) -> EngineHealth:
        """Return what is being done now."""
        ...

    def estimate_s(self, request: GenerationRequest | VideoRequest) -> float:
        """Return the seconds until a newcomer with this request would be done."""
        ...

    async def drain(self, timeout_s: float) -> None:
        """Take no new jobs and let the running ones finish within the time."""
        ...


class TaskSettings(BaseModel):
    """Who does one kind of work at a back end, where it is not who draws from words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = ""
    workflow: str = ""
    inputs: Mapping[str, str] = {}
    output: str = ""
    timeout_s: float = Field(default=600, gt=0)


class ClipTaskSettings(TaskSettings):
    """Who draws clips; there the model may have to be named."""

    engine: str = ""
    model: str = ""


class BackendSettings(BaseModel):
    """One entry of `[[backends]]`: the first that is well draws."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern="^[a-z0-9_]{1,24}$")
    kind: Literal["local", "automatic1111", "sdnext", "comfyui", "huggingface"]
    url: str = ""
    model: str = ""
    timeout_s: float = Field(default=300, gt=0)
    workflow: str = ""
    inputs: Mapping[str, str] = {}
    output: str = ""
    hourly_max: int | None = Field(default=None, ge=0)
    video: ClipTaskSettings | None = None
    """Who draws clips there; left out: nobody."""
    edit: TaskSettings | None = None
    """Who draws over pictures there; left out: who draws pictures, if they can."""


def checked(backends: Sequence[BackendSettings]) -> tuple[BackendSettings, ...]:
    """Return back ends of which each can be spoken to.

    Raises:
        ValueError: one lacks something, or is there twice.
    """
    names = Counter(backend.name for backend in backends)
    if repeated := [name for name, times in names.items() if times > 1]:
        raise ValueError(f"{repeated[0]} is there twice")
    if sum(backend.kind == "local" for backend in backends) > 1:
        raise ValueError("only one can be local")
    for backend in backends:
        if lack := _lack(backend):
            raise ValueError(f"{backend.name} needs {lack}")
        if unknown := _unknown_inputs(backend):
            raise ValueError(f"{backend.name} has no {unknown[0]!r} for its inputs to map")
    return tuple(backends)


def _unknown_inputs(backend: BackendSettings) -> list[str]:
    edits = backend.edit.inputs if backend.edit else {}
    clips = backend.video.inputs if backend.video else {}
    return sorted({*backend.inputs, *edits} - {*INPUTS} | {*clips} - {*CLIP_INPUTS})


def _lack(backend: BackendSettings) -> str:
    match backend.kind:
        case "local":
            return ""
        case _ if lack := _lack_for_clips(backend) or _lack_for_edits(backend):
            return lack
        case "huggingface":
            return "" if backend.model or backend.url else "a model or a url"
        case "comfyui" if not (backend.workflow and "prompt" in backend.inputs):
            return "a workflow, and inputs with a prompt"
        case _:
            return "" if _is_address(backend.url) else "a url"


def _lack_for_clips(backend: BackendSettings) -> str:
    if (video := backend.video) is None:
        return ""
    match backend.kind:
        case "huggingface":
            return "" if _is_address(video.url) else "a url of its own for video"
        case "comfyui":
            is_whole = video.workflow and "image" in video.inputs
            return "" if is_whole else "a workflow for video, and inputs with an image"
        case "sdnext" if video.url:
            return "no url for video: clips are drawn where pictures are"
        case "sdnext":
            has_both = bool(video.engine) == bool(video.model)
            return "" if has_both else "both an engine and a model for video, or neither"
        case _:
            return "no video: it draws no clips"


def _lack_for_edits(backend: BackendSettings) -> str:
    if (edit := backend.edit) is None:
        return ""
    match backend.kind:
        case "huggingface":
            return "" if _is_address(edit.url) else "a url for edit"
        case "comfyui":
            is_whole = edit.workflow and {"image", "prompt"} <= {*edit.inputs}
            return "" if is_whole else "a workflow for edit, and inputs with an image and a prompt"
        case _:
            return "no edit: it draws over pictures by itself"


def _is_address(url: str) -> bool:
    return url.startswith(("http://", "https://"))
