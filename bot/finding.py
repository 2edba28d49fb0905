"""What `python -m bot doctor` says of one thing."""

from dataclasses import dataclass
from typing import Literal

MARKS = {"good": "✓", "warning": "!", "bad": "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: Literal["good", "warning", "bad"]
    subject: str
    words: str

    @property
    def is_serious(self) -> bool:
        """Whether the bot cannot work like this."""
        return self.level == "bad"

    def __str__(self) -> str:
        return f"{MARKS[self.level]} {self.subject:<9} {self.words}"
