"""The calls that `scripts.contract` makes, and what is believed of each answer."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

LINKS = "/v1/payment_links"
TIMEOUT_S = (3.05, 30.0)
LIFE_S = 1_200  # a link that could not be cancelled ends by itself; 15 minutes are the least
AMOUNT = 100
NOBODYS = "plink_AAAAAAAAAAAAAA"

Readings = Mapping[str, tuple[int, str]]

WRONG_KEY: Readings = {
    "live": (401, "Authentication failed"),
    "docs": (401, "The api key provided is invalid"),
}
UNKNOWN: Readings = {"live": (404, ""), "docs": (400, "The id provided does not exist")}
CANCELLED: Readings = {"live": (400, "cannot cancel or expire a cancelled link")}
PAID: Readings = {
    "live": (400, "cannot cancel or expire an already paid / partially paid link"),
    "docs": (400, "cannot cancel or expire an already paid/partially paid link"),
}


def duplicate(reference: str) -> Readings:
    """The refusal of a reference that was used before."""
    live = (
        f"payment link with given reference_id: {reference} already exists."
        " Please create a payment link with a different reference_id"
    )
    documented = "payment link creation with reference ID already attempted"
    return {"live": (400, live), "docs": (400, documented)}


class DiffersError(Exception):
    """Something is not as it is believed to be; the message says how."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` is empty when it was no JSON object."""

    status: int
    body: Mapping[str, Any]

    @property
    def error(self) -> Mapping[str, Any]:
        """The error in it."""
        error = self.body.get("error")
        return error if isinstance(error, dict) else {}

    def __str__(self) -> str:
        """How it is told to an operator."""
        return f"{self.status} {self.error.get('description') or ''}".strip()


@dataclass
class Contract:
    """The calls, one after another about the same link."""

    api: str
    key_id: str
    key_secret: str
    reference: str = field(default_factory=lambda: f"contract_{secrets.token_hex(8)}")
    link_id: str = ""

    def __post_init__(self) -> None:
        """No proxy or .netrc from the environment, as in the product."""
        self._session = requests.Session()
        self._session.trust_env = False

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, secret: str = ""
    ) -> Answer:
        """Call, and wait for an answer."""
        try:
            response = self._session.request(
                method,
                self.api + path,
                json=body,
                auth=(self.key_id, secret or self.key_secret),
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise DiffersError(f"no answer ({type(error).__name__})") from error
        try:
            content = response.json()
        except requests.exceptions.JSONDecodeError:
            content = {}
        return Answer(response.status_code, content if isinstance(content, dict) else {})

    def create(self) -> str:
        """A new link is open, and says where to pay."""
        answer = self._create()
        link = answer.body
        self.link_id = str(link.get("id") or "")
        if answer.status // 100 != 2 or not self.link_id.startswith("plink_"):  # noqa: PLR2004  any 2xx
            raise DiffersError(str(answer))
        wanted = {"status": "created", "amount": AMOUNT, "amount_paid": 0, "cancelled_at": 0}
        _same(link, {**wanted, "reference_id": self.reference})
        if "entity" in link or not str(link.get("short_url", "")).startswith("http"):
            raise DiffersError(f"the keys are {', '.join(sorted(link))}")
        return ""

    def duplicate(self) -> str:
        """A reference is taken for ever, and the error is of the links' own shape."""
        answer = self._create()
        reading = _reading(answer, duplicate(self.reference))
        if answer.error.get("metadata") != [] or answer.error.get("reason") is not None:
            raise DiffersError(f"the error is {dict(answer.error)}")
        return reading

    def envelope(self) -> str:
        """A list of links is called `payment_links`, and can be asked for a reference."""
        if self._made() != [self.link_id]:
            raise DiffersError(f"the links of {self.reference} are {self._made()}")
        return ""

    def wrong_key(self) -> str:
        """Wrong keys are told from all other errors by their status."""
        return _reading(self.ask("GET", LINKS, secret="not-the-secret"), WRONG_KEY)  # noqa: S106  it is none

    def unknown(self) -> str:
        """A well-formed id of nothing."""
        return _reading(self.ask("GET", f"{LINKS}/{NOBODYS}"), UNKNOWN)

    def cancel(self) -> str:
        """Cancelling answers the cancelled link."""
        answer = self._cancel(self._link())
        if answer.error or not answer.body:
            raise DiffersError(str(answer))
        _same(answer.body, {"status": "cancelled", "id": self.link_id})
        if not answer.body.get("cancelled_at"):
            raise DiffersError("cancelled_at is not set")
        return ""

    def cancel_again(self) -> str:
        """What is cancelled stays so."""
        return _reading(self._cancel(self._link()), CANCELLED)

    def cancel_paid(self, link_id: str) -> str:
        """What is paid cannot be cancelled; an open link is left alone."""
        status = self.ask("GET", f"{LINKS}/{link_id}").body.get("status")
        if status != "paid":
            raise DiffersError(f"{link_id} is {status}, not paid")
        return _reading(self._cancel(link_id), PAID)

    def tidy(self) -> list[str]:
        """Cancel whatever bears our reference and is still open; the ids that are left."""
        return [
            link_id
            for link_id in self._made(only_open=True)
            if self._cancel(link_id).body.get("status") != "cancelled"
        ]

    def _create(self) -> Answer:
        link = {
            "amount": AMOUNT,
            "currency": "INR",
            "reference_id": self.reference,
            "description": "A check of the contract, to be cancelled at once",
            "expire_by": int(time.time()) + LIFE_S,
        }
        return self.ask("POST", LINKS, link)

    def _cancel(self, link_id: str) -> Answer:
        return self.ask("POST", f"{LINKS}/{link_id}/cancel", {})

    def _link(self) -> str:
        if not self.link_id:
            raise DiffersError("there is no link to try it with")
        return self.link_id

    def _made(self, *, only_open: bool = False) -> list[str]:
        answer = self.ask("GET", f"{LINKS}?reference_id={self.reference}")
        links = answer.body.get("payment_links")
        if not isinstance(links, list):
            raise DiffersError(f"{answer}, with {', '.join(answer.body) or 'nothing'}")
        ours = [link for link in links if link.get("reference_id") == self.reference]
        return [link["id"] for link in ours if not only_open or link.get("status") == "created"]


def _reading(answer: Answer, readings: Readings) -> str:
    given = (answer.status, str(answer.error.get("description") or ""))
    for name, expected in readings.items():
        if given == expected:
            return name if len(readings) > 1 else ""
    raise DiffersError(str(answer))


def _same(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    other = {name: given.get(name) for name in wanted if given.get(name) != wanted[name]}
    if other:
        raise DiffersError(", ".join(f"{name} is {value!r}" for name, value in other.items()))
