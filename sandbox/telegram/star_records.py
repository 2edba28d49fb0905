"""What Telegram keeps about payments in Stars."""

import asyncio
from dataclasses import dataclass, field

from sandbox.records import Json


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice behind a link; anybody may open it, any number of times."""

    link: str
    title: str
    description: str
    payload: str
    amount: int


@dataclass(slots=True)
class Charge:
    """Stars that were taken from a person."""

    id: str
    payload: str
    person: str
    amount: int
    at: int
    refunded: bool = False


@dataclass(slots=True)
class StarBooks:
    """The invoices, questions and charges of one bot."""

    invoices: dict[str, Invoice] = field(default_factory=dict)
    questions: "dict[str, asyncio.Future[str]]" = field(default_factory=dict)
    """Payers wait for the bot's word: empty is yes."""
    charges: dict[str, Charge] = field(default_factory=dict)
    transactions: list[Json] = field(default_factory=list)

    def clear(self) -> None:
        """Forget all of it."""
        for question in self.questions.values():
            question.cancel()
        self.invoices.clear()
        self.questions.clear()
        self.charges.clear()
        self.transactions.clear()
