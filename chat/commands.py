"""Commands, declared once: from here come Telegram's menu, Discord's slash options and /help."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Words = Mapping[str, str]
"""One sentence per language; "en" is always there."""

Audience = Literal["everyone", "admins"]

Value = str | int | float | bool
Options = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a command can be told."""

    name: str
    description: Words
    kind: Literal["text", "integer", "number", "flag"] = "text"
    """A flag is set by its name alone: `/image a fox --spoiler`."""
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    length_max: int | None = None
    is_rest: bool = False
    """Whether the command's free text is this option: `/image a fox` sets `prompt`."""
    is_suggested: bool = False
    """Whether `chat.router.Router.suggest` knows fitting values while somebody types."""
    names: Words = field(default_factory=dict)
    """The name in other languages, for platforms that show it in the reader's."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """What can be asked for in the menu of any message, where the platform has such menus."""

    name: str
    label: Words
    opens_form: bool = False
    """Whether a form is its answer."""
    beside: str = "again"
    """It is about what the button of this verb, under the same message, is about."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value for an option, and what a person reads in its place."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can ask for."""

    name: str
    description: Words
    options: tuple[Option, ...] = ()
    picture: Option | None = None
    """A picture that can come along: an option where the platform has such, else the one that is
    sent with the command or answered by it."""
    audience: Audience = "everyone"
    is_private: bool = False
    """Whether the answer is for the asker's eyes only."""
    is_offered: bool = True
    """Whether menus and /help show it; what cannot be done here is answered all the same."""
    names: Words = field(default_factory=dict)
    """The name in other languages, for platforms that show it in the reader's."""
