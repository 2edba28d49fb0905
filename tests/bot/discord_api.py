"""A small Discord on loopback that notes what it is asked and reports what the test lays out."""

import asyncio
import json
import re
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import BodyPartReader, web

from tests.bot.discord_events import APPLICATION, BOT_USER

TOKEN = "discord.secret"

_HELLO, _ACK, _EVENT, _IDENTIFY, _HEARTBEAT = 10, 11, 0, 2, 1


@dataclass(frozen=True, slots=True)
class Call:
    request: str
    """Method and path, such as `PATCH /channels/2/messages/3`."""
    json: Any = None
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Refusal:
    request: re.Pattern[str]
    status: int
    body: dict[str, Any]


class DiscordApi:
    def __init__(self) -> None:
        self.url = ""
        self.gateway_url = ""
        self.calls: list[Call] = []
        self.commands: list[dict[str, Any]] = []
        self.identified: list[dict[str, Any]] = []
        self.close_code: int | None = None
        """How the gateway ends a connection that identifies itself."""
        self._refusals: deque[Refusal] = deque()
        self._sockets: list[web.WebSocketResponse] = []
        self._changed = asyncio.Condition()
        self._id = 9000

    def refuse(self, request: str, status: int, code: int = 0, **more: Any) -> None:
        """Let the next call that looks like `request` fail."""
        body = {"message": "no", "code": code} | more
        self._refusals.append(Refusal(re.compile(request), status, body))

    def sent(self, request: str) -> list[Call]:
        return [call for call in self.calls if re.search(request, call.request)]

    async def until(self, request: str, count: int = 1) -> list[Call]:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.sent(request)) >= count)
        return self.sent(request)

    async def report(self, kind: str, event: dict[str, Any]) -> None:
        """Send an event to the bot that is connected."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self._sockets)
        await self._sockets[-1].send_json({"op": _EVENT, "t": kind, "s": 2, "d": event})

    async def until_left(self) -> None:
        """Wait until the bot has closed every connection."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: all(socket.closed for socket in self._sockets))

    async def answer(self, request: web.Request) -> web.Response:
        call = await _read(request)
        async with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
        for refusal in self._refusals:
            if refusal.request.search(call.request):
                self._refusals.remove(refusal)
                return _json(refusal.body, refusal.status, Via="1.1 test")
        if request.headers.get("Authorization") not in (None, f"Bot {TOKEN}"):
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        return _json(self._result(call))

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": _HELLO, "d": {"heartbeat_interval": 41250}})
        async for received in socket:
            if received.type is not aiohttp.WSMsgType.TEXT:
                break
            await self._receive(socket, json.loads(received.data))
        async with self._changed:
            self._changed.notify_all()
        return socket

    async def disconnect(self) -> None:
        for socket in self._sockets:
            await socket.close()

    async def _receive(self, socket: web.WebSocketResponse, said: dict[str, Any]) -> None:
        match said["op"]:
            case op if op == _HEARTBEAT:
                await socket.send_json({"op": _ACK})
            case op if op == _IDENTIFY and self.close_code is not None:
                await socket.close(code=self.close_code)
            case op if op == _IDENTIFY:
                self.identified.append(said["d"])
                await socket.send_json({"op": _EVENT, "t": "READY", "s": 1, "d": self._ready()})
                async with self._changed:
                    self._sockets.append(socket)
                    self._changed.notify_all()

    def _ready(self) -> dict[str, Any]:
        return {
            "v": 10,
            "user": BOT_USER,
            "guilds": [],
            "session_id": "s1",
            "shard": [0, 1],
            "resume_gateway_url": self.gateway_url,
            "application": {"id": APPLICATION, "flags": 0},
        }

    def _result(self, call: Call) -> Any:
        if call.request.startswith("PUT "):
            self.commands = call.json
        self._id += 1
        limit = {"total": 9, "remaining": 9, "reset_after": 0, "max_concurrency": 1}
        results: dict[str, Any] = {
            "GET /users/@me": BOT_USER,
            "GET /oauth2/applications/@me": _APPLICATION_INFO,
            "GET /gateway/bot": {
                "url": self.gateway_url,
                "shards": 1,
                "session_start_limit": limit,
            },
            f"GET /applications/{APPLICATION}/commands": self.commands,
            f"PUT /applications/{APPLICATION}/commands": self.commands,
            "POST /users/@me/channels": {"id": "77", "type": 1},
        }
        message = {"id": str(self._id), "interaction": {"id": "1", "type": 2}}
        return results.get(call.request, message)


_APPLICATION_INFO = {
    "id": APPLICATION,
    "name": "Hub",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "0" * 64,
    "flags": 0,
    "team": None,
    "summary": "",
    "owner": BOT_USER,
}


def _json(body: Any, status: int = 200, **headers: str) -> web.Response:
    # The library wants exactly this type, without a charset.
    headers["Content-Type"] = "application/json"
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers)


async def _read(request: web.Request) -> Call:
    asked = f"{request.method} {request.path.removeprefix('/api')}"
    if not request.content_type.startswith("multipart/"):
        return Call(asked, await request.json() if request.can_read_body else None)
    body: Any = None
    files: dict[str, bytes] = {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        if part.name == "payload_json":
            body = json.loads(await part.text())
        else:
            assert part.name is not None
            files[part.name] = bytes(await part.read())
    return Call(asked, body, files)


@asynccontextmanager
async def serve_discord_api() -> AsyncGenerator[DiscordApi]:
    api = DiscordApi()
    app = web.Application(client_max_size=64_000_000)
    app.router.add_route("*", "/api/{path:.*}", api.answer)
    app.router.add_get("/gateway", api.gateway)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host = f"127.0.0.1:{runner.addresses[0][1]}"
    api.url, api.gateway_url = f"http://{host}/api", f"ws://{host}/gateway"
    try:
        yield api
    finally:
        await api.disconnect()
        await runner.cleanup()
