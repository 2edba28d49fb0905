"""HTTP as back ends elsewhere speak it: bounded in time and size, every failure a BackendError."""

import json
import math
import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from engine.errors import BackendError, Trouble

ASK_S = 10.0
"""Seconds for an answer that costs the other side nothing."""
BODY_BYTES_MAX = 48 * 1024 * 1024
EVENT_BYTES_MAX = 8 * 1024 * 1024
_PIECE_BYTES = 64 * 1024
_NAME = re.compile(r"\w{1,60}")
_OK, _TOO_MANY, _SERVER = range(200, 300), 429, 500
_OUT_OF_MEMORY = ("outofmemory", "out of memory")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    backend: str
    status: int
    content_type: str
    body: bytes

    def json(self) -> dict[str, Any]:
        """Read it as a JSON object.

        Raises:
            BackendError: it is none.
        """
        value = _object(self.body)
        if value is None:
            raise BackendError(self.backend, "nonsense", f"{self.content_type}, no JSON object")
        return value


class Http:
    """One back end's address. A secret with a colon is a user and a password, else a token."""

    def __init__(self, backend: str, base_url: str, secret: str) -> None:
        self._backend = backend
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": _authorization(secret)} if secret else {}
        self._session: aiohttp.ClientSession | None = None

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        form: aiohttp.FormData | None = None,
        query: Mapping[str, str] | None = None,
        accept: str = "*/*",
        timeout_s: float | None = ASK_S,
    ) -> Answer:
        """Ask, and return an answer whatever its status; without a time, for as long as it takes.

        Raises:
            BackendError: there is none, in time and of a bearable size.
        """
        timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=ASK_S)
        try:
            async with self._opened().request(
                method,
                self._base_url + path,
                json=body,
                data=form,
                params=query,
                headers={**self._headers, "Accept": accept},
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                data = await self._read(answer)
                return Answer(self._backend, answer.status, answer.content_type, data)
        except TimeoutError:
            raise BackendError(
                self._backend, "slow", f"no answer in {timeout_s or ASK_S:g} s"
            ) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise BackendError(self._backend, "unreachable", type(error).__name__) from error

    async def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        timeout_s: float | None = ASK_S,
    ) -> Answer:
        """Ask for something that is there.

        Raises:
            BackendError: it is not given.
        """
        return believed(await self.ask("GET", path, query=query, timeout_s=timeout_s))

    async def post(self, path: str, body: object, *, timeout_s: float | None = ASK_S) -> Answer:
        """Ask for something to be done.

        Raises:
            BackendError: it is not.
        """
        return believed(await self.ask("POST", path, body=body, timeout_s=timeout_s))

    async def events(
        self, path: str, query: Mapping[str, str]
    ) -> AsyncGenerator[dict[str, Any] | bytes]:
        """Yield what a web socket says in JSON or bytes, until it closes or cannot be opened."""
        try:
            async with self._opened().ws_connect(
                self._base_url + path,
                params=query,
                headers=self._headers,
                max_msg_size=EVENT_BYTES_MAX,
            ) as socket:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.BINARY:
                        yield bytes(message.data)
                    elif message.type is aiohttp.WSMsgType.TEXT and (
                        event := _object(message.data)
                    ):
                        yield event
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise BackendError(self._backend, "unreachable", type(error).__name__) from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Requests say so themselves; those that open a web socket cannot.
            tracing = aiohttp.TraceConfig()
            tracing.on_request_redirect.append(_refuse_redirect)
            self._session = aiohttp.ClientSession(trace_configs=[tracing])
        return self._session

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        data = bytearray()
        async for piece in answer.content.iter_chunked(_PIECE_BYTES):
            data += piece
            if len(data) > BODY_BYTES_MAX:
                raise BackendError(self._backend, "nonsense", f"more than {BODY_BYTES_MAX} bytes")
        return bytes(data)


async def _refuse_redirect(*_: object) -> None:
    """Go nowhere that the settings do not name."""
    raise aiohttp.ClientError("a redirect")


def _object(text: str | bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # the latter of what is nested without end
        return None
    return value if isinstance(value, dict) else None


def number(value: object) -> float | None:
    """Return a number of somebody's JSON; None for what is none, or is not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:  # hundreds of digits
        return None


def believed(answer: Answer) -> Answer:
    """Return an answer that is a success.

    Raises:
        BackendError: it is a refusal.
    """
    if answer.status in _OK:
        return answer
    raise BackendError(answer.backend, _trouble(answer), f"{answer.status} {_word(answer)}".strip())


def _trouble(answer: Answer) -> Trouble:
    if answer.status == _TOO_MANY:
        return "busy"
    if answer.status < _SERVER:
        return "refused"
    return failure(answer.body.decode(errors="replace"))


def failure(said: str) -> Trouble:
    """What went wrong inside the other side, by its own words."""
    lacks_memory = any(words in said.lower() for words in _OUT_OF_MEMORY)
    return "memory" if lacks_memory else "unreachable"


def _word(answer: Answer) -> str:
    """The other side's name for the error, a single word: whole sentences may quote a prompt."""
    try:
        error = answer.json().get("error")
    except BackendError:
        return ""
    if isinstance(error, dict):
        error = error.get("type")
    return error if isinstance(error, str) and _NAME.fullmatch(error) else ""


def _authorization(secret: str) -> str:
    user, colon, password = secret.partition(":")
    return aiohttp.encode_basic_auth(user, password) if colon else f"Bearer {secret}"
