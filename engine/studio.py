"""All that the engine's process draws with: one model for pictures, and one for clips if wanted."""

import logging
from collections.abc import Sequence
from pathlib import Path

from PIL.Image import Image

from engine import device
from engine.clip import VideoRequest
from engine.diffusers_runner import DiffusersRunner
from engine.errors import CannotAnimateError, GenerationFailedError, OutOfMemoryError, WithheldError
from engine.job import GenerationRequest
from engine.residence import Exchange
from engine.settings import EngineSettings
from engine.tags import Loras
from engine.video_pipeline import VideoPipeline

_log = logging.getLogger(__name__)


class Studio:
    """A `engine.runner.Runner` of both, which hands each job to the model that draws it.

    Raises:
        ModelMissingError: there is no whole checkpoint where the settings say.
        OutOfMemoryError: the device has no memory for them.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self.pictures = DiffusersRunner(settings)
        self._clips: VideoPipeline | None = None
        self._animated: set[str] = set()
        self._offload = settings.offload
        self._is_at_clips = False
        self._exchange: Exchange | None = None
        if settings.video_model:
            self._clips = self._load_clips(settings.video_model)
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
        if self._holder(job_ids) is self.pictures:
            return self.pictures.decode(job_ids)
        return [self._let_through(frames) for frames in self._holder(job_ids).decode(job_ids)]

    def preview(self, job_id: str) -> Image | None:
        """Return what a picture looks like so far; there is no such of a clip."""
        return None if job_id in self._animated else self.pictures.preview(job_id)

    def release(self, job_id: str) -> None:
        """Forget a job."""
        self._holder([job_id]).release(job_id)
        self._animated.discard(job_id)

    def make_room(self, *, for_clips: bool, loras: Loras = ()) -> bool:
        """Have the model on the device that is to draw, with these LoRAs on; whether it was not."""
        self._is_at_clips = for_clips
        is_changed = self._exchange is not None and self._exchange.bring(clips=for_clips)
        if for_clips:
            return is_changed
        return self.pictures.loras.put_on(loras) or is_changed

    def relieve(self) -> bool:
        """Free memory that only serves speed: recorded forwards, then the model that is idle."""
        if self.pictures.forwards.drop():
            return True
        if self._clips is None or self._offload != "auto" or self._exchange is not None:
            return False
        if not device.has_own_memory(self.pictures.place):
            return False
        _log.warning("memory does not hold both models; from now on the one that draws")
        self._take_turns(self._clips)
        return self.make_room(for_clips=self._is_at_clips)

    def _load_clips(self, model: str) -> VideoPipeline:
        """Load it beside the model for pictures, or in its place."""
        place, precision = self.pictures.place, self.pictures.precision
        is_alone = self._offload == "always" and device.has_own_memory(place)
        if not is_alone:
            try:
                return VideoPipeline(model, place, precision)
            except OutOfMemoryError:
                if self._offload == "never":
                    raise
                _log.warning("memory does not hold both models; the one that draws is there")
        self.pictures.resident.leave()
        clips = VideoPipeline(model, place, precision)
        self._take_turns(clips)
        self.make_room(for_clips=False)
        return clips

    def _take_turns(self, clips: VideoPipeline) -> None:
        self._exchange = Exchange(self.pictures.resident, clips.resident)
        self.pictures.forwards.stop_recording()

    def _let_through(
        self, frames: Image | list[Image] | GenerationFailedError
    ) -> Image | list[Image] | GenerationFailedError:
        """Return what it is given, or that the safety checker of pictures withholds it."""
        if isinstance(frames, list) and self.pictures.safety.withholds_clip(frames):
            return WithheldError()
        return frames

    def _holder(self, job_ids: Sequence[str]) -> DiffusersRunner | VideoPipeline:
        if self._clips is not None and job_ids[0] in self._animated:
            return self._clips
        return self.pictures
