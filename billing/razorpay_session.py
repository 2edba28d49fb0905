"""The HTTP session under Razorpay's SDK: time-outs, no surprises, errors that say what they mean.

It raises our own errors from inside the request, where status and headers are at hand; the SDK
would keep the description alone and print to the terminal.
"""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import requests  # noqa: TID251 - the SDK's own transport; it runs in threads
from urllib3.exceptions import NameResolutionError, NewConnectionError

from billing.errors import (
    AuthFailedError,
    DuplicateReferenceError,
    GatewayError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UnknownOutcomeError,
)

CONNECT_S, READ_S = 3.05, 12.0
RETRY_AFTER_S = 20.0  # some of its services do not say; observed: up to 40
QUOTA = "RATE_LIMIT_EXCEEDED"
TOO_MANY, UNAUTHORIZED, FORBIDDEN, SERVER_ERROR, REDIRECT = 429, 401, 403, 500, 300


class RazorpaySession(requests.Session):
    """A session whose every failure is a GatewayError."""

    def __init__(self, saw_date: Callable[[int], None]) -> None:
        super().__init__()
        self.trust_env = False  # no proxy or .netrc from the environment
        self._saw_date = saw_date

    def request(self, method: str | bytes, url: str | bytes, **options: Any) -> requests.Response:  # type: ignore[override]  # noqa: ANN401 - requests spells out 14 arguments
        """Send, and return only answers that can be believed.

        Raises:
            GatewayError: Anything else.
        """
        options.setdefault("timeout", (CONNECT_S, READ_S))
        options["allow_redirects"] = False
        reads = str(method).upper() == "GET"
        try:
            response = super().request(method, url, **options)
        except requests.RequestException as error:
            raise _unanswered(error, reads=reads) from error
        if date := response.headers.get("Date"):
            self._saw_date(int(parsedate_to_datetime(date).timestamp()))
        if response.status_code >= REDIRECT:
            raise refusal(response, reads=reads)
        if not isinstance(_json(response), dict):
            raise UnavailableError("no JSON") if reads else UnknownOutcomeError("no JSON")
        return response


def refusal(response: requests.Response, *, reads: bool) -> GatewayError:
    """The error that an answer other than success stands for."""
    status = response.status_code
    body = _json(response)
    error = body.get("error") if isinstance(body, dict) else None
    if status == TOO_MANY:
        return _rate_limited(response, error)
    if status in (UNAUTHORIZED, FORBIDDEN):
        return AuthFailedError(f"{status}")
    if status >= SERVER_ERROR or not isinstance(error, dict):
        # A write may have been done before the server lost its words.
        return UnavailableError(f"{status}") if reads else UnknownOutcomeError(f"{status}")
    description = str(error.get("description") or "")
    # The documentation and the live service word this differently.
    duplicate = "reference" in description.lower() and "already" in description.lower()
    kind = DuplicateReferenceError if duplicate else RejectedError
    return kind(
        status, str(error.get("code")), description, error.get("field"), error.get("reason")
    )


def _unanswered(error: requests.RequestException, *, reads: bool) -> GatewayError:
    cause = getattr(error.args[0], "reason", None) if error.args else None
    never_sent = isinstance(
        error, (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)
    ) or isinstance(cause, (NewConnectionError, NameResolutionError))
    name = type(error).__name__
    return UnavailableError(name) if never_sent or reads else UnknownOutcomeError(name)


def _rate_limited(response: requests.Response, error: object) -> RateLimitedError:
    code = error.get("code") if isinstance(error, dict) else None
    try:
        retry_after = float(response.headers.get("Retry-After", RETRY_AFTER_S))
    except ValueError:
        retry_after = RETRY_AFTER_S
    return RateLimitedError(retry_after, permanent=code == QUOTA)


def _json(response: requests.Response) -> object:
    try:
        body: object = response.json()
    except requests.exceptions.JSONDecodeError:
        return None
    return body
