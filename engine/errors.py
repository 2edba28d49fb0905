"""What can go wrong in generation, as facts; the sentences for people are made elsewhere.

EngineError
├── BackendError           a back end elsewhere did not draw it; another one may
├── BadRequestError        this request can never be drawn as it stands
├── CannotAnimateError     it draws pictures and no clips
├── CannotDrawOverError    it draws from words only
├── EngineBusyError        too many jobs are waiting already
├── EngineClosedError      the engine is going down; ask again after its restart
├── EngineCrashedError     the engine died under this job again and again
├── GenerationFailedError  the model could not draw this one
│   ├── OutOfMemoryError   there is no memory for it
│   └── WithheldError      a safety checker does not let it be seen
├── JobCancelledError      somebody asked to stop it
├── ModelMissingError      there is no checkpoint where the settings say
└── NoBackendError         all back ends rest after failures
"""

from typing import Literal

Trouble = Literal["busy", "memory", "nonsense", "refused", "slow", "unable", "unreachable"]
"""Why a back end did not draw."""


class EngineError(Exception):
    """Whatever `Engine.generate` and `Engine.animate` may raise."""


class BackendError(EngineError):
    """A back end elsewhere did not draw this; another one may."""

    def __init__(self, backend: str, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{backend}: {trouble}" + (f", {detail}" if detail else ""))
        self.backend = backend
        self.trouble = trouble
        self.detail = detail
        """For the operator; without anybody's words."""


class BadRequestError(EngineError):
    """A request that can never be drawn as it stands."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason


class CannotAnimateError(EngineError):
    """Nothing here has a model for clips."""

    def __init__(self) -> None:
        super().__init__("there is no video model")


class CannotDrawOverError(EngineError):
    """Nothing here draws over a picture."""

    def __init__(self) -> None:
        super().__init__("nobody draws over pictures")


class EngineBusyError(EngineError):
    """The queue is full."""

    def __init__(self, queued: int, limit: int) -> None:
        super().__init__(f"{queued} jobs are waiting, the limit is {limit}")
        self.queued = queued
        self.limit = limit


class EngineClosedError(EngineError):
    """The engine is going down; the job can be fed to the next one with the same result."""


class EngineCrashedError(EngineError):
    """The engine died under this job more often than allowed."""

    def __init__(self, crashes: int) -> None:
        super().__init__(f"the engine crashed {crashes} times")
        self.crashes = crashes


class GenerationFailedError(EngineError):
    """The model could not draw this one; the engine goes on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OutOfMemoryError(GenerationFailedError):
    """There is no memory for it, or for so many at once."""


class WithheldError(GenerationFailedError):
    """It was drawn, and a safety checker does not let it be seen."""

    def __init__(self) -> None:
        super().__init__("withheld by a safety checker")


class JobCancelledError(EngineError):
    """The job was stopped by `Engine.cancel`."""


class ModelMissingError(EngineError):
    """There is no checkpoint of the kind needed where the settings say: a folder or a hub id."""

    def __init__(self, path: str, setting: str = "engine.image_model") -> None:
        super().__init__(f"no model at {path} ({setting})")
        self.path = path
        self.setting = setting
        """The one that says so."""


class NoBackendError(EngineError):
    """All back ends failed so often that they are left alone for a while."""


class DeviceLostError(BaseException):
    """The accelerator is unusable until the engine's process is replaced.

    It never leaves that process: it ends it, which is why nothing that catches what goes wrong with
    a job catches this.
    """
