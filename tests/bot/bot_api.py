"""A small Bot API on loopback that notes what it is asked and answers what the test lays out."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

ME = {"id": 7, "is_bot": True, "first_name": "Hub", "username": "HubBot"}
TOKEN = "7:secret"


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    params: Mapping[str, str]
    files: Mapping[str, bytes] = field(default_factory=dict)

    def json(self, name: str) -> Any:
        return json.loads(self.params[name])


class BotApi:
    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.refusals: defaultdict[str, deque[web.Response]] = defaultdict(deque)
        self.confirmed = 0
        """The offset of the latest poll."""
        self._updates: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()
        self._message_id = 100

    def refuse(self, method: str, status: int, description: str, **parameters: int) -> None:
        """Let the next call of a method fail."""
        body = {"ok": False, "error_code": status, "description": description}
        if parameters:
            body["parameters"] = parameters
        self.refusals[method].append(web.json_response(body, status=status))

    def sent(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    async def push(self, **update: Any) -> int:
        """Let something happen; returns its update's id."""
        update_id = 900 + len(self._updates)
        self._updates.append({"update_id": update_id} | update)
        async with self._changed:
            self._changed.notify_all()
        return update_id

    async def say(self, words: str, chat: int = 5) -> int:
        return await self.push(
            message={
                "message_id": 12,
                "date": 1_700_000_000,
                "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"},
                "from": {"id": abs(chat), "is_bot": False, "first_name": "Asha"},
                "text": words,
            }
        )

    async def press(self, data: str, chat: int = 5) -> int:
        return await self.push(
            callback_query={
                "id": "press-1",
                "from": {"id": abs(chat), "is_bot": False, "first_name": "Asha"},
                "chat_instance": "1",
                "data": data,
                "message": {
                    "message_id": 30,
                    "date": 1_700_000_000,
                    "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"},
                    "from": ME,
                    "text": "card",
                },
            }
        )

    async def until(self, *methods: str, count: int = 1) -> list[Call]:
        """Wait for calls."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.sent(*methods)) >= count)
        return self.sent(*methods)

    async def until_confirmed(self, update_id: int) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self.confirmed > update_id)

    async def answer(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != TOKEN:
            return web.json_response({"ok": False, "description": "Unauthorized"}, status=401)
        call = await _read(request)
        async with self._changed:
            self.calls.append(call)
            if call.method == "getUpdates":
                self.confirmed = max(self.confirmed, int(call.params.get("offset", "0")))
            self._changed.notify_all()
        if self.refusals[call.method]:
            return self.refusals[call.method].popleft()
        return web.json_response({"ok": True, "result": await self._result(call)})

    async def _result(self, call: Call) -> Any:
        match call.method:
            case "getMe":
                return ME
            case "getUpdates":
                return await self._poll(float(call.params.get("timeout", "0")))
            case name if name.startswith(("send", "editMessage")):
                self._message_id += 1
                chat = {"id": int(call.params["chat_id"]), "type": "private"}
                return {"message_id": self._message_id, "date": 1, "chat": chat}
            case _:
                return True

    async def _poll(self, timeout_s: float) -> list[dict[str, Any]]:
        def waiting() -> list[dict[str, Any]]:
            return [update for update in self._updates if update["update_id"] >= self.confirmed]

        try:
            async with asyncio.timeout(timeout_s), self._changed:
                return await self._changed.wait_for(waiting)
        except TimeoutError:
            return waiting()


async def _read(request: web.Request) -> Call:
    method = request.match_info["method"]
    if not request.content_type.startswith("multipart/"):
        return Call(method, {key: str(value) for key, value in (await request.post()).items()})
    params: dict[str, str] = {}
    files: dict[str, bytes] = {}
    reader = await request.multipart()
    async for part in reader:
        assert isinstance(part, BodyPartReader)
        assert part.name is not None
        if part.filename is None:
            params[part.name] = await part.text()
        else:
            files[part.name] = bytes(await part.read())
            params.setdefault(f"{part.name} filename", part.filename)
    return Call(method, params, files)


@asynccontextmanager
async def serve_bot_api() -> AsyncGenerator[BotApi]:
    api = BotApi()
    app = web.Application(client_max_size=64_000_000)
    app.router.add_post("/bot{token}/{method}", api.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()
