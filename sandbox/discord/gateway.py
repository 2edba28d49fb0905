"""The websocket a bot listens on: hello, identify or resume, heartbeats, dispatches."""

import asyncio
import json
import zlib
from typing import cast

from aiohttp import WSMsgType, web

from sandbox.discord import events, render
from sandbox.discord.sessions import GUILD_MEMBERS, PRIVILEGED, Session
from sandbox.discord.world import Discord, Exchange
from sandbox.records import Json, JsonValue

TOKEN = "sandbox.discord.token-is-no-secret"
HEARTBEAT_MS = 41_250
_SILENCE = HEARTBEAT_MS / 1000 * 1.5
_DISPATCH, _HEARTBEAT, _IDENTIFY, _PRESENCE, _VOICE, _RESUME = 0, 1, 2, 3, 4, 6
_RECONNECT, _REQUEST_MEMBERS, _INVALID, _HELLO, _ACK = 7, 8, 9, 10, 11
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, BAD_TOKEN = 4001, 4002, 4003, 4004
ALREADY_AUTHENTICATED, TIMED_OUT, BAD_SHARD, DISALLOWED_INTENTS = 4005, 4009, 4010, 4014


class CloseError(Exception):
    """The connection ends with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Gateway:
    """All connections; drops them on order."""

    def __init__(self, discord: Discord) -> None:
        self.discord = discord
        self.connections: set[Connection] = set()

    async def accept(self, request: web.Request) -> web.WebSocketResponse:
        """One websocket from its first to its last frame."""
        socket = web.WebSocketResponse(heartbeat=None, compress=False)
        await socket.prepare(request)
        compressed = request.query.get("compress") == "zlib-stream"
        connection = Connection(self.discord, socket, compressed=compressed)
        self.connections.add(connection)
        try:
            await connection.run()
        finally:
            self.connections.discard(connection)
            self.discord.news.tell("connection")
        return socket

    async def drop(self, code: int) -> int:
        """Close every connection; sessions stay and can be resumed. Returns how many."""
        dropped = list(self.connections)
        for connection in dropped:
            await connection.close(code, "dropped on order")
        return len(dropped)

    async def ask_to_reconnect(self) -> None:
        """Tell every bot to come back, as before a restart of a gateway (op 7)."""
        for connection in list(self.connections):
            await connection.send({"op": _RECONNECT, "d": None, "s": None, "t": None})


class Connection:
    """One websocket. What is dispatched comes from the session, so a resume replays it."""

    def __init__(
        self, discord: Discord, socket: web.WebSocketResponse, *, compressed: bool
    ) -> None:
        self.discord = discord
        self.socket = socket
        self.session: Session | None = None
        self._sent = 0
        self._deflate = zlib.compressobj() if compressed else None
        self._order = asyncio.Lock()
        self._identified = asyncio.Event()

    async def run(self) -> None:
        """Speak until either side closes."""
        hello: Json = {"heartbeat_interval": HEARTBEAT_MS, "_trace": []}
        await self.send({"op": _HELLO, "d": hello, "s": None, "t": None})
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(self._write())
            try:
                await self._read()
            except CloseError as error:
                await self.close(error.code, error.reason)
            finally:
                writing.cancel()
                if self.session:
                    self.session.listeners -= 1

    async def close(self, code: int, reason: str) -> None:
        """End the connection."""
        await self.socket.close(code=code, message=reason.encode())

    async def send(self, frame: Json) -> None:
        """One frame, as text or as the next stretch of the one zlib stream."""
        text = json.dumps(frame)
        async with self._order:
            if self.socket.closed:
                return
            if self._deflate is None:
                await self.socket.send_str(text)
                return
            packed = self._deflate.compress(text.encode())
            await self.socket.send_bytes(packed + self._deflate.flush(zlib.Z_SYNC_FLUSH))

    async def _write(self) -> None:
        await self._identified.wait()
        assert self.session
        while True:
            for frame in self.session.after(self._sent):
                self._sent = cast("int", frame["s"])
                name = f"gateway sends {frame['t']}"
                self.discord.trace.append(Exchange(name, None, 0, frame))
                try:
                    await self.send(frame)
                except ConnectionResetError:
                    return  # the reader sees the end and says so
            await self.session.wait_beyond(self._sent)

    async def _read(self) -> None:
        while True:
            try:
                heard = await self.socket.receive(timeout=_SILENCE)
            except TimeoutError:
                raise CloseError(TIMED_OUT, "Session timed out.") from None
            if heard.type is not WSMsgType.TEXT:
                return
            await self._take(_decode(cast("str", heard.data)))

    async def _take(self, frame: Json) -> None:
        op, data = frame.get("op"), frame.get("d")
        self.discord.trace.append(Exchange(f"gateway hears {op}", frame, 0, None))
        if op == _HEARTBEAT:
            await self.send({"op": _ACK, "d": None, "s": None, "t": None})
        elif op == _IDENTIFY:
            self._identify(_object(data))
        elif op == _RESUME:
            await self._resume(_object(data))
        elif self.session is None:
            raise CloseError(NOT_AUTHENTICATED, "Not authenticated.")
        elif op == _REQUEST_MEMBERS:
            self._members(_object(data))
        elif op not in {_PRESENCE, _VOICE}:
            raise CloseError(UNKNOWN_OPCODE, "Unknown opcode.")

    def _identify(self, data: Json) -> None:
        if self.session:
            raise CloseError(ALREADY_AUTHENTICATED, "Already authenticated.")
        if data.get("token") != TOKEN:
            raise CloseError(BAD_TOKEN, "Authentication failed.")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & PRIVILEGED & ~self.discord.allowed_intents:
            raise CloseError(DISALLOWED_INTENTS, "Disallowed intent(s).")
        session = self.discord.sessions.open(_shard(data.get("shard")), intents)
        events.greet(self.discord, session)
        self._begin(session, 0)

    async def _resume(self, data: Json) -> None:
        session = self.discord.sessions.live.get(str(data.get("session_id")))
        seq = data.get("seq")
        if data.get("token") != TOKEN:
            raise CloseError(BAD_TOKEN, "Authentication failed.")
        if session is None or not isinstance(seq, int) or not session.keeps(seq):
            await self.send({"op": _INVALID, "d": False, "s": None, "t": None})
            return
        session.dispatch("RESUMED", {"_trace": []})
        self._begin(session, seq)

    def _begin(self, session: Session, seq: int) -> None:
        session.listeners += 1
        self.session, self._sent = session, seq
        self._identified.set()
        self.discord.news.tell("connection")

    def _members(self, data: Json) -> None:
        """Answer op 8 with those asked for by name or number."""
        assert self.session
        asked = str(data.get("guild_id"))
        guild = next((g for g in self.discord.guilds.values() if str(g.id) == asked), None)
        if guild is None or not self.session.intents & GUILD_MEMBERS:
            return
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": [render.guild_member(u) for u in self._users() if _wanted(u, data)],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
        }
        nonce = data.get("nonce")
        self.session.dispatch("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": nonce} if nonce else {}))

    def _users(self) -> list[Json]:
        people = [render.user(member) for member in self.discord.members.values()]
        return [render.bot_user(), *people]


def _wanted(user: Json, asked: Json) -> bool:
    numbers = asked.get("user_ids")
    if isinstance(numbers, list):
        return str(user["id"]) in map(str, numbers)
    start = str(asked.get("query") or "").casefold()
    return any(str(user[name]).casefold().startswith(start) for name in ("username", "global_name"))


def _decode(text: str) -> Json:
    try:
        frame = json.loads(text)
    except ValueError:
        raise CloseError(DECODE_ERROR, "Error while decoding payload.") from None
    return _object(frame)


def _object(value: JsonValue) -> Json:
    if not isinstance(value, dict):
        raise CloseError(DECODE_ERROR, "Error while decoding payload.")
    return value


def _shard(value: JsonValue) -> tuple[int, int]:
    match value:
        case None:
            return (0, 1)
        case [int(number), int(count)] if 0 <= number < count:
            return (number, count)
        case _:
            raise CloseError(BAD_SHARD, "Invalid shard.")
