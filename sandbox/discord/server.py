"""The HTTP face: /api/v10, /cdn and the gateway's websocket."""

import json
from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web

from sandbox.discord import cdn, deadlines
from sandbox.discord.errors import ApiError, TooManyError, unauthorized, unknown_route
from sandbox.discord.gateway import TOKEN, Gateway
from sandbox.discord.request import Call, read_call
from sandbox.discord.routes import ENDPOINTS, Endpoint
from sandbox.discord.world import Discord, Exchange
from sandbox.faults import Fault
from sandbox.records import Call as JournalCall
from sandbox.records import Json, JsonValue

API = "/api/v10"
_OK, _NO_CONTENT = 200, 204


def setup(app: web.Application, discord: Discord) -> Gateway:
    """Add Discord's routes to an application."""
    server = _Server(discord)
    gateway = Gateway(discord)
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, API + endpoint.path, server.serve(endpoint))
    app.router.add_route("*", "/api/{rest:.*}", server.refuse)
    app.router.add_get("/gateway", gateway.accept)
    app.router.add_get("/gateway/", gateway.accept)
    app.router.add_get("/cdn/attachments/{channel}/{id}/{name}", partial(cdn.download, discord))
    app.cleanup_ctx.append(partial(deadlines.keep_time, discord))
    return gateway


class _Server:
    def __init__(self, discord: Discord) -> None:
        self.discord = discord

    def serve(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The aiohttp handler of one endpoint."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(endpoint, request)

        return handle

    async def _serve(self, endpoint: Endpoint, request: web.Request) -> web.StreamResponse:
        fault = self._meet(endpoint)
        if fault and fault.kind == "drop_before":
            return _drop(request)
        call: Call | None = None
        headers: dict[str, str] = {}
        try:
            self._authorize(endpoint, request)
            _refuse_on_order(fault)
            headers = self._spend(endpoint, request)
            call = await read_call(request)
            result = await endpoint.handler(self.discord, call)
        except ApiError as error:
            self._note(endpoint.name, call, error.status, error_body(error), error.message)
            return refusal(error, headers)
        status = _NO_CONTENT if result is None else _OK
        self._note(endpoint.name, call, status, result)
        if fault and fault.kind == "drop_after":
            return _drop(request)
        return reply(result, status, headers)

    def _meet(self, endpoint: Endpoint) -> Fault | None:
        """The trouble this call runs into; an order for "*" takes any call that says something."""
        ordered = self.discord.faults.meet(endpoint.name)
        if ordered is None and endpoint.speaks:
            ordered = self.discord.faults.meet("send")
        return ordered

    def _authorize(self, endpoint: Endpoint, request: web.Request) -> None:
        if endpoint.needs_token and request.headers.get("Authorization") != f"Bot {TOKEN}":
            raise unauthorized()

    def _spend(self, endpoint: Endpoint, request: web.Request) -> dict[str, str]:
        now = self.discord.now()
        if endpoint.needs_token:
            self.discord.pace.spend_globally(now)
        path = request.match_info
        major = path.get("channel_id") or path.get("webhook_token") or ""
        return self.discord.pace.spend(endpoint.bucket, major, now)

    def _note(
        self, name: str, call: Call | None, status: int, answered: JsonValue, problem: str = ""
    ) -> None:
        discord = self.discord
        discord.world.calls.append(JournalCall(discord.now(), "discord", name, status, problem))
        discord.trace.append(Exchange(name, call.body if call else None, status, answered))

    async def refuse(self, request: web.Request) -> web.Response:
        """Nothing is served here; the journal says that the bot asked."""
        error = unknown_route()
        asked = f"{request.method} {request.path}"
        self.discord.fault(f"{asked}: unknown route")
        self._note(asked, None, error.status, error_body(error), error.message)
        return refusal(error, {})


def _refuse_on_order(fault: Fault | None) -> None:
    if fault and fault.kind == "429":
        raise TooManyError(fault.retry_after)
    if fault and fault.kind == "500":
        raise ApiError(500, 0, "500: Internal Server Error")


def _drop(request: web.Request) -> web.Response:
    """Close the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def reply(body: JsonValue, status: int, headers: dict[str, str]) -> web.Response:
    """JSON as Discord sends it: the bare content type, which discord.py compares as a whole."""
    if status == _NO_CONTENT:
        return web.Response(status=status, headers=headers)
    typed = headers | {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=typed)


def refusal(error: ApiError, headers: dict[str, str]) -> web.Response:
    """An error as Discord sends it; a 429 passed through a proxy, as `Via` shows."""
    if isinstance(error, TooManyError):
        headers = headers | {
            "Via": "1.1 google",
            "Retry-After": str(max(1, round(error.retry_after))),
            "X-RateLimit-Scope": error.scope,
            "X-RateLimit-Reset-After": f"{error.retry_after:.3f}",
        }
        if error.scope == "global":
            headers["X-RateLimit-Global"] = "true"
    return reply(error_body(error), error.status, headers)


def error_body(error: ApiError) -> Json:
    """The JSON of a refusal."""
    if isinstance(error, TooManyError):
        return {
            "message": error.message,
            "code": error.code,
            "retry_after": round(error.retry_after, 3),
            "global": error.scope == "global",
        }
    body: Json = {"message": error.message, "code": error.code}
    return body | ({"errors": error.errors} if error.errors else {})
