"""All that the engine's process draws with: one model for pictures, and one for clips if wanted."""

from collections.abc import Sequence
from pathlib import Path

from PIL.Image import Image

from engine.clip import VideoRequest
from engine.diffusers_runner import DiffusersRunner
from engine.errors import CannotAnimateError, GenerationFailedError
from engine.job import GenerationRequest
from engine.settings import EngineSettings
from engine.video_pipeline import VideoPipeline


class Studio:
    """A `engine.runner.Runner` of both, which hands each job to the model that draws it.

    Raises:
        ModelMissingError: there is no whole checkpoint where the settings say.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self.pictures = DiffusersRunner(settings)
        self._clips: VideoPipeline | None = None
        self._animated: set[str] = set()
        if settings.video_model:
            self._clips = VideoPipeline(
                settings.video_model, self.pictures.place, self.pictures.precision
            )
        self.model = self.pictures.model
        self.video_model = Path(settings.video_model).name
        self.device = self.pictures.device
        self.dtype = self.pictures.dtype

    def admit(self, job_id: str, request: GenerationRequest | VideoRequest) -> int:
        """Prepare a job and return the forwards it needs."""
        if isinstance(request, GenerationRequest):
            return self.pictures.admit(job_id, request)
        if self._clips is None:
            raise CannotAnimateError
        self._animated.add(job_id)
        return self._clips.admit(job_id, request)

    def step(self, job_ids: Sequence[str], rows: int) -> None:
        """Take these jobs one forward further."""
        self._holder(job_ids).step(job_ids, rows)

    def decode(
        self, job_ids: Sequence[str]
    ) -> Sequence[Image | list[Image] | GenerationFailedError]:
        """Return pictures, or the frames of clips."""
        return self._holder(job_ids).decode(job_ids)

    def preview(self, job_id: str) -> Image | None:
        """Return what a picture looks like so far; there is no such of a clip."""
        return None if job_id in self._animated else self.pictures.preview(job_id)

    def release(self, job_id: str) -> None:
        """Forget a job."""
        self._holder([job_id]).release(job_id)
        self._animated.discard(job_id)

    def _holder(self, job_ids: Sequence[str]) -> DiffusersRunner | VideoPipeline:
        if self._clips is not None and job_ids[0] in self._animated:
            return self._clips
        return self.pictures
