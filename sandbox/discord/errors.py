"""Discord's refusals: a status, a code, a sentence and sometimes which field is wrong."""

from sandbox.records import Json


class ApiError(Exception):
    """Answered as `{"message": …, "code": …, "errors": {…}}`."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors


class TooManyError(ApiError):
    """Slow down (429); `retry_after` counts seconds."""

    def __init__(self, retry_after: float, scope: str = "user") -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.retry_after = retry_after
        self.scope = scope


def unauthorized() -> ApiError:
    """The bot's token is wrong."""
    return ApiError(401, 0, "401: Unauthorized")


def unknown_route() -> ApiError:
    """Nothing is served there."""
    return ApiError(404, 0, "404: Not Found")


def unknown_channel() -> ApiError:
    """There is no such channel."""
    return ApiError(404, 10003, "Unknown Channel")


def unknown_message() -> ApiError:
    """It was deleted, or only a token may touch it."""
    return ApiError(404, 10008, "Unknown Message")


def unknown_webhook() -> ApiError:
    """The token belongs to nothing that can speak."""
    return ApiError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    """Wrong number or token, or more than three seconds old."""
    return ApiError(404, 10062, "Unknown interaction")


def already_acknowledged() -> ApiError:
    """An interaction is answered once."""
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def invalid_token() -> ApiError:
    """Fifteen minutes are over."""
    return ApiError(401, 50027, "Invalid Webhook Token")


def empty_message() -> ApiError:
    """No words, no file, nothing."""
    return ApiError(400, 50006, "Cannot send an empty message")


def too_large() -> ApiError:
    """A file is over the limit."""
    return ApiError(413, 40005, "Request entity too large")


def missing_access() -> ApiError:
    """The bot does not see the channel."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """The bot may not do that there."""
    return ApiError(403, 50013, "Missing Permissions")


class FormErrors:
    """Collects what is wrong with a body, field by field, into one 50035."""

    def __init__(self) -> None:
        self._tree: Json = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Note one fault; the path's steps are joined by dots."""
        node = self._tree
        for step in path.split("."):
            child = node.setdefault(step, {})
            assert isinstance(child, dict)
            node = child
        found = node.setdefault("_errors", [])
        assert isinstance(found, list)
        found.append({"code": code, "message": message})

    def required(self, path: str) -> None:
        """A field is missing."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, path: str, value: object, longest: int, shortest: int = 0) -> None:
        """Check a text's length in characters."""
        if not isinstance(value, str):
            self.add(path, "BASE_TYPE_CONVERT_STRING", f"Could not interpret {value!r} as string.")
        elif len(value) > longest and not shortest:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")
        elif not shortest <= len(value) <= longest:
            self.add(
                path,
                "BASE_TYPE_BAD_LENGTH",
                f"Must be between {shortest} and {longest} in length.",
            )

    def raise_if_any(self) -> None:
        """Refuse the body if anything was wrong.

        Raises:
            ApiError: 400, code 50035.
        """
        if self._tree:
            raise ApiError(400, 50035, "Invalid Form Body", self._tree)


def invalid(path: str, code: str, message: str) -> ApiError:
    """A body with one thing wrong (50035)."""
    errors = FormErrors()
    errors.add(path, code, message)
    try:
        errors.raise_if_any()
    except ApiError as error:
        return error
    raise AssertionError
