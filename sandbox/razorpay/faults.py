"""What can go wrong with a REST call, before it is applied or (worse) after."""

import asyncio
import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from aiohttp import web

from sandbox.razorpay.errors import (
    AUTHENTICATION_FAILED,
    REFUND_IN_PROGRESS,
    ApiError,
    quota_exhausted,
    server_error,
    too_many_requests,
)

FaultKind = Literal[
    "latency",
    "latency_after",
    "hang",
    "reset_before",
    "reset_after",
    "timeout_after",
    "http500_before",
    "http500_after",
    "html502",
    "html502_after",
    "truncate_json",
    "429",
    "429_quota",
    "401",
    "409_refund_in_progress",
    "stale_read",
    "list_lag",
    "wrong_amount_in_response",
    "redirect302",
]

STALE_BY = web.RequestKey("stale_by", float)
LIST_LAG = web.RequestKey("list_lag", float)

_HTML_502 = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)
_FOR_EVER = 600.0
_GLANCE = 0.05


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with the next `count` calls of this method and path pattern."""

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    count: int | None = 1
    seconds: float = 1.0  # of latency, hang, staleness, lag or Retry-After

    def matches(self, method: str, path: str) -> bool:
        """Whether it is about this call; `*` in the pattern matches everything, also slashes."""
        return self.method in {"*", method} and fnmatchcase(path, self.path)


async def before(request: web.Request, fault: Fault, closing: asyncio.Event) -> web.Response | None:
    """Do what happens before the call is applied; an answer means that nothing is applied."""
    match fault.kind:
        case "latency":
            await _wait(fault.seconds, request, closing)
        case "hang":
            await _wait(_FOR_EVER, request, closing)
            return _cut(request)
        case "reset_before":
            return _cut(request)
        case "html502":
            return _html_502()
        case "redirect302":
            return web.Response(status=302, headers={"Location": "/_emu/redirected"})
        case "stale_read":
            request[STALE_BY] = fault.seconds
        case "list_lag":
            request[LIST_LAG] = fault.seconds
        case _:
            _refuse(fault)
    return None


async def after(
    request: web.Request, fault: Fault, response: web.Response, closing: asyncio.Event
) -> web.Response:
    """Do what happens to the answer once the call is applied."""
    match fault.kind:
        case "latency_after":
            await _wait(fault.seconds, request, closing)
        case "reset_after":
            return _cut(request)
        case "timeout_after":
            await _wait(_FOR_EVER, request, closing)
            return _cut(request)
        case "http500_after":
            raise server_error()
        case "html502_after":
            return _html_502()
        case "truncate_json":
            return _with_body(response, _body(response)[: len(_body(response)) // 2])
        case "wrong_amount_in_response":
            return _with_body(response, _dearer(_body(response)))
    return response


async def _wait(seconds: float, request: web.Request, closing: asyncio.Event) -> None:
    """Sleep, but never longer than the caller and the server live."""
    left = seconds
    while left > 0 and request.transport is not None and not closing.is_set():
        await asyncio.sleep(min(left, _GLANCE))
        left -= _GLANCE


def _refuse(fault: Fault) -> None:
    match fault.kind:
        case "http500_before":
            raise server_error()
        case "429":
            raise too_many_requests(fault.seconds)
        case "429_quota":
            raise quota_exhausted(30)
        case "401":
            raise ApiError(401, AUTHENTICATION_FAILED)
        case "409_refund_in_progress":
            raise ApiError(409, REFUND_IN_PROGRESS)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)  # never arrives: the connection is gone


def _html_502() -> web.Response:
    return web.Response(status=502, text=_HTML_502, content_type="text/html")


def _body(response: web.Response) -> bytes:
    return response.body if isinstance(response.body, bytes) else b""


def _with_body(response: web.Response, body: bytes) -> web.Response:
    return web.Response(status=response.status, body=body, content_type="application/json")


def _dearer(body: bytes) -> bytes:
    content = json.loads(body)
    if isinstance(content.get("amount"), int):
        content["amount"] += 100
    return json.dumps(content).encode()
