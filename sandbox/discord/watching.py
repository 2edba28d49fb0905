"""The control plane's eyes: who is there, what stands where, what happens."""

import json
from dataclasses import asdict

from aiohttp import web

from sandbox.control import LONGEST_WAIT
from sandbox.discord import asking, views
from sandbox.discord.places import named_channel, named_person
from sandbox.discord.records import BOT_ID, BOT_NAME, Event
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue

_HEARTBEAT = 2.0


def setup(app: web.Application, discord: Discord) -> None:
    """Add the routes that only look."""
    watch = _Watch(discord)
    for name, tell in (
        ("state", watch.state),
        ("health", watch.health),
        ("events", watch.events),
        ("stream", watch.stream),
        ("messages", watch.messages),
        ("commands", watch.commands),
        ("trace", watch.trace),
    ):
        app.router.add_get(f"/_sandbox/discord/{name}", tell)


class _Watch:
    def __init__(self, discord: Discord) -> None:
        self.discord = discord

    async def state(self, _request: web.Request) -> web.Response:
        """Who and what there is."""
        discord = self.discord
        body: Json = {
            "seq": discord.news.seq,
            "now": discord.now(),
            "people": [{**asdict(m), "id": str(m.id)} for m in discord.members.values()],
            "guilds": [{**asdict(g), "id": str(g.id)} for g in discord.guilds.values()],
            "channels": [views.channel(discord, c) for c in discord.channels.values()],
            "bot": {"id": str(BOT_ID), "name": BOT_NAME, "connected": discord.sessions.connected},
            "size_limit": discord.size_limit,
        }
        return web.json_response(body)

    async def health(self, request: web.Request) -> web.Response:
        """Whether a bot listens and has commands; waits up to `wait` seconds for one."""
        sessions, news = self.discord.sessions, self.discord.news
        if not (sessions.connected and self.discord.commands):
            await news.wait_beyond(news.seq, _seconds(request))
        ready = sessions.connected and bool(self.discord.commands)
        return web.json_response({"ok": True, "bot": ready})

    async def events(self, request: web.Request) -> web.Response:
        """What a person could see happen after `after`; waits up to `wait` seconds."""
        after = int(request.query.get("after", "0"))
        await self.discord.news.wait_beyond(after, _seconds(request))
        return web.json_response(
            {"seq": self.discord.news.seq, "events": self._seen(request, after)}
        )

    def _seen(self, request: web.Request, after: int) -> list[JsonValue]:
        return [views.event(self.discord, e) for e in self._after(request, after)]

    def _after(self, request: web.Request, after: int) -> list[Event]:
        person = request.query.get("person", "")
        return [e for e in self.discord.news.after(after) if e.person in {"", person}]

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
                for event in self._after(request, seq):
                    shown = json.dumps(views.event(self.discord, event))
                    await response.write(f"id: {event.seq}\ndata: {shown}\n\n".encode())
                seq = self.discord.news.seq
                if connected != self.discord.sessions.connected:
                    connected = self.discord.sessions.connected
                    await response.write(f"event: bot\ndata: {json.dumps(connected)}\n\n".encode())
                await self.discord.news.wait_beyond(seq, _HEARTBEAT)
        except ConnectionResetError:
            pass  # the window was closed
        return response

    async def messages(self, request: web.Request) -> web.Response:
        """What a person sees in a channel, oldest first."""
        person = named_person(self.discord, request.query.get("person"))
        channel = named_channel(self.discord, request.query.get("channel"), person)
        shown = [
            views.message(self.discord, message)
            for message in self.discord.messages(channel.key)
            if views.visible(message, person.key)
        ]
        return web.json_response({"messages": shown, "seq": self.discord.news.seq})

    async def commands(self, request: web.Request) -> web.Response:
        """The commands a person sees in a channel, in their language."""
        person = named_person(self.discord, request.query.get("person"))
        channel = named_channel(self.discord, request.query.get("channel"), person)
        shown = [
            views.command(command, person)
            for command in asking.offered(self.discord, person, channel)
        ]
        return web.json_response({"commands": shown})

    async def trace(self, _request: web.Request) -> web.Response:
        """Everything said over REST and gateway, for checks against the specifications."""
        return web.json_response({"exchanges": [asdict(e) for e in self.discord.trace]})


def _seconds(request: web.Request) -> float:
    return min(float(request.query.get("wait", "0")), LONGEST_WAIT)
