"""The seam between the step loop and whatever holds the model."""

from collections.abc import Sequence
from typing import Protocol

from PIL.Image import Image

from engine.clip import VideoRequest
from engine.errors import GenerationFailedError
from engine.job import GenerationRequest
from engine.tags import Loras


class Runner(Protocol):
    """Holds the model and the tensors of the jobs it has admitted.  Used by one thread only."""

    @property
    def model(self) -> str:
        """The model's name, as it is told to users."""
        ...

    @property
    def video_model(self) -> str:
        """The name of the model for clips; empty: it draws none."""
        ...

    @property
    def device(self) -> str:
        """What it runs on."""
        ...

    @property
    def dtype(self) -> str:
        """The precision it runs in."""
        ...

    def admit(self, job_id: str, request: GenerationRequest | VideoRequest) -> int:
        """Prepare a job and return the forwards it needs.

        Raises:
            BadRequestError: this model cannot draw it.
            CannotAnimateError: it is a clip, and there is no model for such.
            OutOfMemoryError: there is no memory for it.
        """
        ...

    def step(self, job_ids: Sequence[str], rows: int) -> None:
        """Take these jobs, all of one shape, one forward further in one pass of so many rows.

        Nothing has happened to them if it raises.

        Raises:
            OutOfMemoryError: there is no memory for so many.
        """
        ...

    def decode(
        self, job_ids: Sequence[str]
    ) -> Sequence[Image | list[Image] | GenerationFailedError]:
        """Return the pictures of jobs of one shape, or the frames, or why one cannot be shown.

        Raises:
            OutOfMemoryError: there is no memory even for one at a time.
        """
        ...

    def preview(self, job_id: str) -> Image | None:
        """Return what a picture that is being drawn looks like so far, small; None: not to be seen.

        Takes next to no time.
        """
        ...

    def make_room(self, *, for_clips: bool, loras: Loras = ()) -> bool:
        """Have the model for clips, or that for pictures, where it can draw, with these LoRAs on.

        Returns whether it had to come there, for which the other one may have had to leave, or had
        other ones on.

        Raises:
            OutOfMemoryError: there is no memory for it.
        """
        ...

    def relieve(self) -> bool:
        """Free memory that only serves speed; False if there is no more of that."""
        ...

    def release(self, job_id: str) -> None:
        """Forget a job.  One that is not there is forgotten already."""
        ...
