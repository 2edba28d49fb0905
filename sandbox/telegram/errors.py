"""The one error of the Bot API: a status, a sentence and sometimes a waiting time."""


class ApiError(Exception):
    """Answered as `{"ok": false, "error_code": status, "description": …}`."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after


def bad_request(reason: str) -> ApiError:
    """The request itself is wrong (400)."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """The person does not want to hear from the bot (403)."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """Somebody else receives the updates (409)."""
    return ApiError(409, f"Conflict: {reason}")


def too_many(seconds: int) -> ApiError:
    """Slow down (429)."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", seconds)
