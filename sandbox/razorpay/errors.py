"""Refusals in the three shapes of the real service: PHP services, payment links (Go), routing."""

from typing import Final

from sandbox.razorpay.wire import Json, JsonObject

_CODE: Final = "BAD_REQUEST_ERROR"


class ApiError(Exception):
    """A call that is answered with an error: the status, the body and extra headers."""

    def __init__(
        self, status: int, error: JsonObject, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(error.get("description"))
        self.status = status
        self.body: JsonObject = {"error": error}
        self.headers = headers or {}


def invalid(description: str, field: str | None = None) -> ApiError:
    """What orders, payments and refunds answer to a call they cannot accept."""
    error: dict[str, Json] = {
        "code": _CODE,
        "description": description,
        "source": "business",
        "step": "payment_initiation",
        "reason": "input_validation_failed",
        "metadata": {},
    }
    if field:
        error["field"] = field
    return ApiError(400, error)


def link_refused(description: str, status: int = 400) -> ApiError:
    """What the payment links service answers: `metadata` is a list, nothing else is told."""
    return ApiError(status, _go_error(description))


def not_routed(description: str = "The requested URL was not found on the server.") -> ApiError:
    """What the router answers before any service sees the call."""
    return ApiError(400, _routing_error(description))


def no_route() -> ApiError:
    """What the gateway before the services answers to a method that it does not pass on."""
    refusal = ApiError(404, {})
    refusal.body = {"message": "no Route matched with those values"}
    return refusal


def unexpected_fields(names: list[str]) -> ApiError:
    """What most services answer to a field they do not know."""
    return invalid(f"{', '.join(names)} is/are not required and should not be sent")


def no_such_id() -> ApiError:
    """What orders, payments and refunds answer to a well-formed id of nothing."""
    return invalid("The id provided does not exist")


def too_many_requests(retry_after: float | None) -> ApiError:
    """A passing 429; not every service says how long to wait."""
    headers = {} if retry_after is None else {"Retry-After": str(round(retry_after))}
    return ApiError(429, {"code": _CODE, "description": "Too many requests"}, headers)


def quota_exhausted(quota: int) -> ApiError:
    """A permanent 429: a test account has had all the payment links it will ever get."""
    description = f"test mode limit of {quota} reached for payment_link"
    return ApiError(429, {"code": "RATE_LIMIT_EXCEEDED", "description": description})


def server_error() -> ApiError:
    """The 500 of the PHP services."""
    description = "We are facing some trouble completing your request at the moment."
    return ApiError(500, {"code": "SERVER_ERROR", "description": description, "metadata": {}})


def unauthorized(*, documented: bool) -> ApiError:
    """Wrong or missing keys, as seen live or as documented."""
    if documented:
        return ApiError(401, _routing_error("The api key provided is invalid"))
    return ApiError(401, AUTHENTICATION_FAILED)


def _go_error(description: str) -> JsonObject:
    return {
        "code": _CODE,
        "description": description,
        "metadata": [],
        "reason": None,
        "source": None,
        "step": None,
    }


def _routing_error(description: str) -> JsonObject:
    return {
        "code": _CODE,
        "description": description,
        "source": "NA",
        "step": "NA",
        "reason": "NA",
        "metadata": {},
    }


AUTHENTICATION_FAILED: Final[JsonObject] = {
    "code": _CODE,
    "description": "Authentication failed",
}
_IN_PROGRESS = "Another request with the same idempotency key is still in progress."
REFUND_IN_PROGRESS: Final[JsonObject] = {"code": _CODE, "description": _IN_PROGRESS}
_OTHER_BODY = "Different request with the same idempotency key has already been processed."
REFUND_KEY_REUSED: Final[JsonObject] = {"code": _CODE, "description": _OTHER_BODY}
