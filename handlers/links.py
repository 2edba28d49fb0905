"""Signed links to private media: for one person, for a time."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

VALID_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and checks links under the public address; without one there are no links."""

    public_url: str
    key: bytes = field(repr=False)
    clock: Callable[[], int]

    def media(self, job_id: str, user_id: int) -> str | None:
        """A link to a job's picture that this person may use until tomorrow."""
        if not self.public_url or not self.key:
            return None
        expires = self.clock() + VALID_S
        query = {"u": user_id, "e": expires, "s": self._signature(job_id, user_id, expires)}
        return f"{self.public_url.rstrip('/')}/media/{job_id}?{urlencode(query)}"

    def page(self, name: str, language: str) -> str | None:
        """A link to one of the public pages."""
        if not self.public_url:
            return None
        return f"{self.public_url.rstrip('/')}/{name}?{urlencode({'lang': language})}"

    def is_valid(self, job_id: str, user_id: int, expires: int, signature: str) -> bool:
        """Whether this server signed these values and their time is not over."""
        expected = self._signature(job_id, user_id, expires)
        genuine = hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))
        return bool(self.key) and genuine and self.clock() < expires

    def _signature(self, job_id: str, user_id: int, expires: int) -> str:
        message = f"media\n{job_id}\n{user_id}\n{expires}".encode()
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()
