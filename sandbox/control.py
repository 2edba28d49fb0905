"""The control plane under /_sandbox that all services share: state, events, clock, journal."""

import json
from typing import cast

from aiohttp import web

from sandbox import views
from sandbox.records import Json, JsonValue
from sandbox.telegram.bot import Bot
from sandbox.telegram.params import number
from sandbox.telegram.render import BOT_USERNAME
from sandbox.world import World

LONGEST_WAIT = 25.0
_HEARTBEAT = 2.0


class Refused(web.HTTPBadRequest):
    """An order that makes no sense (400); the reason is in the body."""

    def __init__(self, reason: str) -> None:
        body = json.dumps({"error": reason})
        super().__init__(text=body, content_type="application/json")


async def order(request: web.Request) -> Json:
    """The JSON object a request carries; empty where there is no body.

    Raises:
        Refused: when the body is something else.
    """
    raw = await request.read()
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise Refused("a JSON object is needed") from None
    if not isinstance(body, dict):
        raise Refused("a JSON object is needed")
    return cast("Json", body)


def setup(app: web.Application, world: World, bot: Bot) -> None:
    """Add the shared routes to an application."""
    control = _Control(world, bot)
    app.router.add_get("/_sandbox/health", control.health)
    app.router.add_get("/_sandbox/state", control.state)
    app.router.add_get("/_sandbox/events", control.events)
    app.router.add_get("/_sandbox/stream", control.stream)
    app.router.add_get("/_sandbox/journal", control.journal)
    app.router.add_get("/_sandbox/files/{id}", control.file)
    app.router.add_post("/_sandbox/clock", control.clock)
    app.router.add_post("/_sandbox/reset", control.reset)


class _Control:
    def __init__(self, world: World, bot: Bot) -> None:
        self.world = world
        self.bot = bot

    async def health(self, request: web.Request) -> web.Response:
        """Whether a bot listens; waits up to `wait` seconds for one to come."""
        if not self._connected():
            await self.bot.updates.wait(_seconds(request))
        return web.json_response({"ok": True, "bot": self._connected()})

    def _connected(self) -> bool:
        """Whether a bot listens: it polls, or its webhook has not failed."""
        hook = self.bot.webhook
        return self.bot.updates.polled or bool(hook.url and not hook.error)

    async def state(self, _request: web.Request) -> web.Response:
        body: Json = {
            "seq": self.world.last_seq,
            "now": self.world.now(),
            "people": views.people(self.world),
            "chats": [views.chat(chat) for chat in self.world.chats.values()],
            "bot": {
                "name": self.bot.render.bot_name,
                "username": BOT_USERNAME,
                "connected": self._connected(),
            },
        }
        return web.json_response(body)

    async def events(self, request: web.Request) -> web.Response:
        """What happened after `after`; waits up to `wait` seconds for something."""
        after = int(request.query.get("after", "0"))
        await self.world.wait_beyond(after, _seconds(request))
        happened = [views.event(event) for event in self.world.events_after(after)]
        return web.json_response({"seq": self.world.last_seq, "events": happened})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The same as server-sent events, with the bot's connection in between."""
        seq = int(request.headers.get("Last-Event-ID") or request.query.get("after", "0"))
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
        )
        await response.prepare(request)
        connected: bool | None = None
        try:
            while request.transport is not None:
                for event in self.world.events_after(seq):
                    seq = event.seq
                    await response.write(
                        f"id: {seq}\ndata: {_line(views.event(event))}\n\n".encode()
                    )
                if connected != self._connected():
                    connected = self._connected()
                    await response.write(f"event: bot\ndata: {_line(connected)}\n\n".encode())
                await self.world.wait_beyond(seq, _HEARTBEAT)
        except ConnectionResetError:
            pass  # the window was closed
        return response

    async def journal(self, _request: web.Request) -> web.Response:
        """Every call that was answered, and every rule that was broken."""
        calls = [
            {
                "at": c.at,
                "service": c.service,
                "method": c.method,
                "status": c.status,
                "problem": c.problem,
            }
            for c in self.world.calls
        ]
        return web.json_response({"calls": calls, "faults": self.world.faults})

    async def file(self, request: web.Request) -> web.Response:
        """A file's bytes, for the window; players ask for them in ranges."""
        file = self.world.files.get(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        headers = {"Content-Type": file.mime, "Cache-Control": "max-age=86400, immutable"}
        wanted = range(len(file.content))[request.http_range]
        if len(wanted) == len(file.content):
            return web.Response(body=file.content, headers=headers)
        headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{len(file.content)}"
        part = file.content[wanted.start : wanted.stop]
        return web.Response(status=206, body=part, headers=headers)

    async def clock(self, request: web.Request) -> web.Response:
        """Advance the clock by seconds, or set it to Unix seconds."""
        body = await order(request)
        if "set" in body:
            self.world.advance(number(body["set"]) - self.world.now())
        else:
            self.world.advance(number(body.get("advance")))
        return web.json_response({"now": self.world.now()})

    async def reset(self, _request: web.Request) -> web.Response:
        """Empty every chat and forget trouble, blocks, journal and clock."""
        self.bot.forget()
        self.world.reset()
        return web.json_response({"ok": True})


def _seconds(request: web.Request) -> float:
    return min(float(request.query.get("wait", "0")), LONGEST_WAIT)


def _line(value: JsonValue) -> str:
    return json.dumps(value)
