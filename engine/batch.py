"""Jobs as the scheduler sees them, and those that share a forward."""

from dataclasses import dataclass

from engine.clip import VideoRequest
from engine.job import Alike, GenerationRequest, Shape


@dataclass(slots=True)
class Job:
    """A job as the scheduler sees it: so many forwards to do, so many done."""

    id: str
    request: GenerationRequest | VideoRequest
    owner: str = ""  # jobs of nobody are each somebody else's
    priority: int = 0  # smaller goes first
    is_suspect: bool = False  # of killing the process: drawn alone, so that no other is blamed
    turn: int = 0  # the round of owners in which it may begin
    forwards: int = 0  # known once the runner has admitted it
    done: int = 0

    @property
    def is_clip(self) -> bool:
        """Whether it is a clip, not a picture."""
        return isinstance(self.request, VideoRequest)

    @property
    def rows(self) -> int:
        """The rows that its next forward has for it."""
        if not self.is_admitted:
            return self.request.rows
        return self.request.rows_after(self.done, self.forwards)

    @property
    def is_admitted(self) -> bool:
        """Whether the runner holds it."""
        return self.forwards > 0

    @property
    def is_done(self) -> bool:
        """Whether only decoding is left."""
        return self.is_admitted and self.done >= self.forwards

    @property
    def step(self) -> int:
        """The forwards done, counted in the steps that the user asked for."""
        if not self.is_admitted:
            return 0
        skipped = self.request.steps_skipped
        return skipped + self.done * (self.request.steps - skipped) // self.forwards


@dataclass(frozen=True, slots=True)
class Batch:
    """The next forward pass: jobs that are alike, in so many rows, of which some may be padding."""

    shape: Shape
    jobs: list[Job]
    rows: int

    @property
    def alike(self) -> Alike:
        """What they have in common."""
        return self.jobs[0].request.alike
