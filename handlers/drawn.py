"""What came of a job, before anybody has decided that it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from store.jobs import Generation
from store.videos import Video


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture's or a clip's files, by their keys, and its row."""

    files: Mapping[str, bytes] = field(repr=False)
    row: Generation | Video
    backend: str
    """Who drew it."""
