"""What a clip is to show, as offers and jobs keep it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from engine.clip import VideoRequest
from engine.job import GenerationRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A clip, and the picture that it begins with: one that is drawn first, or one that is kept."""

    prompt: str
    """The person's words; empty when they gave a picture alone."""
    seconds: int
    """What they asked and pay for; the clip may play a little longer or shorter."""
    clip: VideoRequest
    """Without its picture."""
    picture: GenerationRequest | None = None
    """What is drawn first."""
    source: str | None = None
    """Where the picture is kept."""
    is_covered: bool = False

    def to_json(self) -> dict[str, Any]:
        """The scene as rows keep it."""
        clip = asdict(self.clip)
        del clip["image"]
        return {
            "prompt": self.prompt,
            "seconds": self.seconds,
            "frozen": clip,
            "picture": asdict(self.picture) if self.picture else None,
            "source": self.source,
            "is_covered": self.is_covered,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave; what else stands there is left alone."""
        picture = kept["picture"]
        return cls(
            prompt=kept["prompt"],
            seconds=kept["seconds"],
            clip=VideoRequest(image=b"", **kept["frozen"]),
            picture=GenerationRequest(**picture) if picture else None,
            source=kept["source"],
            is_covered=kept["is_covered"],
        )
