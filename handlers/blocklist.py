"""Words that are not drawn: the operator's lists, looked for in a prompt before it costs anything.

A word matches as a whole, however it is written: letters that look the same to a reader are the
same (full-width letters, accents, nuktas, capitals), invisible characters are passed over, a phrase
matches across spaces and punctuation, and a number is no part of the word beside it. Every list is
looked through, whatever the person's language: people mix them.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from chat.errors import NotUnderstoodError

_IN_WORDS = ("L", "M", "N")
_INVISIBLE = "Cf"
_CHANDRABINDU, _ANUSVARA = "\u0901", "\u0902"
_NUKTA, _POINTS, _ACCENTS_FROM = 7, range(10, 36), 200
"""Combining classes of marks with which a word is the same word: vowel signs and the virama have
others."""

_BESIDE_A_NUMBER = re.compile(r"(?<=\d)(?=\D)|(?<=\D)(?=\d)")

Words = tuple[str, ...]


class SafetySettings(BaseModel):
    """The `[safety]` table of config.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    blocked: Mapping[str, tuple[str, ...]] = {}
    """Words and phrases by language."""


class PromptBlockedError(NotUnderstoodError):
    """The prompt has what the operator does not let people draw."""

    def __init__(self, entry: str) -> None:
        super().__init__()
        self.entry = entry
        """As the operator's list has it."""


class BlockList:
    """All lists, made ready for looking."""

    def __init__(self, settings: SafetySettings) -> None:
        self._by_first: dict[str, list[tuple[Words, str]]] = {}
        for listed in settings.blocked.values():
            for entry in listed:
                if words := words_of(entry):
                    self._by_first.setdefault(words[0], []).append((words, entry))

    def check(self, prompt: str) -> None:
        """Let a prompt pass, or not.

        Raises:
            PromptBlockedError: names the first entry that it has.
        """
        said = words_of(prompt)
        for at, word in enumerate(said):
            for words, entry in self._by_first.get(word, ()):
                if said[at : at + len(words)] == words:
                    raise PromptBlockedError(entry)


def words_of(said: str) -> Words:
    """A text's words, each in one way of writing."""
    return tuple(_BESIDE_A_NUMBER.sub(" ", "".join(_spaced(_plain(said)))).split())


def _plain(said: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", said).casefold())
    return folded.replace(_CHANDRABINDU, _ANUSVARA)


def _spaced(said: str) -> Sequence[str]:
    return [
        char if unicodedata.category(char).startswith(_IN_WORDS) else " "
        for char in said
        if unicodedata.category(char) != _INVISIBLE and not _is_accent(char)
    ]


def _is_accent(char: str) -> bool:
    kind = unicodedata.combining(char)
    return kind == _NUKTA or kind in _POINTS or kind >= _ACCENTS_FROM
