"""The seam between the step loop and whatever holds the model."""

from collections.abc import Sequence
from typing import Protocol

from PIL.Image import Image

from engine.job import GenerationRequest


class Runner(Protocol):
    """Holds the model and the tensors of the jobs it has admitted.  Used by one thread only."""

    @property
    def model(self) -> str:
        """The model's name, as it is told to users."""
        ...

    @property
    def device(self) -> str:
        """What it runs on."""
        ...

    @property
    def dtype(self) -> str:
        """The precision it runs in."""
        ...

    def admit(self, job_id: str, request: GenerationRequest) -> int:
        """Prepare a job and return the forwards it needs.

        Raises:
            BadRequestError: this model cannot draw it.
            GenerationFailedError: there is no memory for it.
        """
        ...

    def step(self, job_ids: Sequence[str]) -> None:
        """Take these jobs one forward further, together.

        Raises:
            GenerationFailedError: there is no memory for it.
        """
        ...

    def decode(self, job_id: str) -> Image:
        """Turn a job's latents into a picture.

        Raises:
            GenerationFailedError: no memory, or the model's safety checker withholds it.
        """
        ...

    def release(self, job_id: str) -> None:
        """Forget a job.  One that is not there is forgotten already."""
        ...
