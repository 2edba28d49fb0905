"""The HTTP face: /api/v10, /cdn and the gateway's websocket."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import unquote

from aiohttp import web

from sandbox.discord import commands, interactions, lookups, messages, render
from sandbox.discord.errors import ApiError, TooManyError, unauthorized, unknown_route
from sandbox.discord.gateway import TOKEN, Gateway
from sandbox.discord.records import ACKNOWLEDGE_WITHIN, Notice
from sandbox.discord.request import Call, read_call
from sandbox.discord.world import Discord, Exchange
from sandbox.faults import Fault
from sandbox.records import Call as JournalCall
from sandbox.records import Json, JsonValue

Handler = Callable[[Discord, Call], Awaitable[JsonValue]]
API = "/api/v10"
_OK, _NO_CONTENT = 200, 204
_TICK = 0.25


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route; `name` is its operationId in Discord's OpenAPI description."""

    name: str
    method: str
    path: str
    handler: Handler
    bucket: str = ""
    needs_token: bool = True
    speaks: bool = False


def _commands(scope: str, guild: str) -> list[Endpoint]:
    one, many = f"{scope}/{{command_id}}", f"{guild}application_command"
    return [
        Endpoint(f"list_{many}s", "GET", scope, commands.list_commands),
        Endpoint(f"bulk_set_{many}s", "PUT", scope, commands.bulk_set_commands),
        Endpoint(f"create_{many}", "POST", scope, commands.create_command),
        Endpoint(f"get_{many}", "GET", one, commands.get_command),
        Endpoint(f"update_{many}", "PATCH", one, commands.update_command),
        Endpoint(f"delete_{many}", "DELETE", one, commands.delete_command),
    ]


def _webhook(method: str, verb: str, handler: Handler) -> list[Endpoint]:
    base = "/webhooks/{webhook_id}/{webhook_token}/messages"
    bucket = f"{verb}_webhook_message"
    speaks = verb == "update"
    return [
        Endpoint(
            f"{verb}_original_webhook_message",
            method,
            f"{base}/@original",
            handler,
            bucket,
            needs_token=False,
            speaks=speaks,
        ),
        Endpoint(
            bucket,
            method,
            f"{base}/{{message_id}}",
            handler,
            bucket,
            needs_token=False,
            speaks=speaks,
        ),
    ]


_APP = "/applications/{application_id}"
_CHANNEL = "/channels/{channel_id}"
_MESSAGE = _CHANNEL + "/messages/{message_id}"
_GUILD = "/guilds/{guild_id}"

ENDPOINTS = (
    Endpoint("get_my_user", "GET", "/users/@me", lookups.get_my_user),
    Endpoint("get_user", "GET", "/users/{user_id}", lookups.get_user),
    Endpoint("create_dm", "POST", "/users/@me/channels", messages.create_dm),
    Endpoint(
        "get_my_oauth2_application", "GET", "/oauth2/applications/@me", lookups.get_my_application
    ),
    Endpoint("get_my_application", "GET", "/applications/@me", lookups.get_my_application),
    Endpoint("get_gateway", "GET", "/gateway", lookups.get_gateway, needs_token=False),
    Endpoint("get_bot_gateway", "GET", "/gateway/bot", lookups.get_bot_gateway),
    *_commands(f"{_APP}/commands", ""),
    *_commands(f"{_APP}/guilds/{{guild_id}}/commands", "guild_"),
    Endpoint("get_guild", "GET", _GUILD, lookups.get_guild),
    Endpoint("list_guild_channels", "GET", f"{_GUILD}/channels", lookups.list_guild_channels),
    Endpoint("list_guild_roles", "GET", f"{_GUILD}/roles", lookups.list_guild_roles),
    Endpoint("get_guild_member", "GET", _GUILD + "/members/{user_id}", lookups.get_guild_member),
    Endpoint("get_channel", "GET", _CHANNEL, lookups.get_channel),
    Endpoint("list_messages", "GET", f"{_CHANNEL}/messages", messages.list_messages),
    Endpoint(
        "create_message",
        "POST",
        f"{_CHANNEL}/messages",
        messages.create_message,
        "create_message",
        speaks=True,
    ),
    Endpoint("get_message", "GET", _MESSAGE, messages.get_message),
    Endpoint(
        "update_message", "PATCH", _MESSAGE, messages.update_message, "update_message", speaks=True
    ),
    Endpoint("delete_message", "DELETE", _MESSAGE, messages.delete_message),
    Endpoint("trigger_typing_indicator", "POST", f"{_CHANNEL}/typing", messages.trigger_typing),
    Endpoint(
        "create_interaction_response",
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        interactions.create_interaction_response,
        needs_token=False,
        speaks=True,
    ),
    Endpoint(
        "execute_webhook",
        "POST",
        "/webhooks/{webhook_id}/{webhook_token}",
        interactions.execute_webhook,
        "execute_webhook",
        needs_token=False,
        speaks=True,
    ),
    *_webhook("GET", "get", interactions.get_webhook_message),
    *_webhook("PATCH", "update", interactions.update_webhook_message),
    *_webhook("DELETE", "delete", interactions.delete_webhook_message),
)


def setup(app: web.Application, discord: Discord) -> Gateway:
    """Add Discord's routes to an application."""
    server = _Server(discord)
    gateway = Gateway(discord)
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, API + endpoint.path, server.serve(endpoint))
    app.router.add_route("*", "/api/{rest:.*}", server.refuse)
    app.router.add_get("/gateway", gateway.accept)
    app.router.add_get("/gateway/", gateway.accept)
    app.router.add_get("/cdn/attachments/{channel}/{id}/{name}", server.download)
    app.cleanup_ctx.append(server.keep_time)
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

    async def download(self, request: web.Request) -> web.Response:
        """A file's bytes, for a signed address that has not run out."""
        number = request.match_info["id"]
        found = self.discord.attachments.get(int(number)) if number.isdecimal() else None
        expires = request.query.get("ex", "0")
        if found is None or found.file.name != unquote(request.match_info["name"]):
            return web.Response(status=404, text="This content is no longer available.")
        signed = request.query.get("hm") == render.link_signature(found, expires)
        if not signed or int(expires, 16) < self.discord.now():
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=found.file.content, headers={"Content-Type": found.file.mime})

    async def keep_time(self, _app: web.Application) -> AsyncGenerator[None]:
        """Tell people when the bot missed its three seconds, for as long as the world runs."""
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(self._keep_time())
            yield
            keeping.cancel()

    async def _keep_time(self) -> None:
        world, seq = self.discord.world, 0
        while True:
            await world.wait_beyond(seq, _TICK)
            for event in world.events_after(seq):
                seq = event.seq
                if event.kind == "reset":
                    self.discord.forget()
                elif event.kind == "clock":
                    self.discord.news.tell("clock")
            self._end_the_unanswered()

    def _end_the_unanswered(self) -> None:
        late = self.discord.now() - ACKNOWLEDGE_WITHIN
        for missed in self.discord.interactions.values():
            if missed.answered is None and not missed.ended and missed.created < late:
                missed.ended = True
                notice = Notice(missed.id, missed.title)
                self.discord.news.tell("failed", missed.channel, notice, person=missed.person)


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
            "retry_after": round(error.retry_after, 3),
            "global": error.scope == "global",
        }
    body: Json = {"message": error.message, "code": error.code}
    return body | ({"errors": error.errors} if error.errors else {})
