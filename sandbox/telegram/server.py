"""The HTTP face of the Bot API: /bot<token>/<method> and /file/bot<token>/<path>."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.faults import Fault
from sandbox.records import Call, Json, JsonValue
from sandbox.telegram import editing, lookups, profile, receiving, sending, stars
from sandbox.telegram.bot import TOKEN, Bot
from sandbox.telegram.errors import ApiError, too_many
from sandbox.telegram.methods import CANONICAL, PARAMETERS, REQUIRED
from sandbox.telegram.params import Params, read_params

Method = Callable[[Bot, Params], Awaitable[JsonValue]]

_METHODS: dict[str, Method] = {
    **editing.METHODS,
    **lookups.METHODS,
    **profile.METHODS,
    **receiving.METHODS,
    **sending.METHODS,
    **stars.METHODS,
}


def setup(app: web.Application, bot: Bot) -> None:
    """Add the Bot API's routes to an application."""
    server = _Server(bot)
    app.router.add_route("*", "/bot{token}/{method}", server.call)
    app.router.add_get("/file/bot{token}/{path:.+}", server.download)


class _Server:
    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One method call: check the token, meet ordered trouble, answer, write the journal."""
        asked = request.match_info["method"]
        method = CANONICAL.get(asked.lower(), asked)
        fault = self.bot.faults.meet(method)
        if fault and fault.kind == "drop_before":
            return _drop(request)
        try:
            result = await self._answer(request, method, fault)
        except ApiError as error:
            self._note(method, error.status, error.description)
            return _refusal(error)
        self._note(method, 200)
        if fault and fault.kind == "drop_after":
            return _drop(request)
        return web.json_response({"ok": True, "result": result})

    async def _answer(self, request: web.Request, method: str, fault: Fault | None) -> JsonValue:
        if request.match_info["token"] != TOKEN:
            raise ApiError(401, "Unauthorized")
        if fault and fault.kind == "500":
            raise ApiError(500, "Internal Server Error")
        if method not in PARAMETERS:
            self.bot.world.faults.append(f"{method}: unknown method")
            raise ApiError(404, "Not Found: method not found")
        params = await read_params(request)
        self._check(method, params)
        if fault and fault.kind == "429":
            raise self._flood(params, fault.retry_after)
        if method == "getUpdates":
            return await receiving.get_updates(self.bot, params, lambda: _connected(request))
        return await _METHODS[method](self.bot, params)

    def _flood(self, params: Params, seconds: int) -> ApiError:
        """The chat, where one is named, stays closed for as long as the bot is told to wait."""
        chat = self.bot.world.chat(params.text("chat_id"))
        if chat is not None:
            self.bot.pace.pause(chat, seconds, self.bot.world.now())
        return too_many(seconds)

    def _check(self, method: str, params: Params) -> None:
        """Record what the documentation does not allow; the method itself answers for it."""
        attached = {name for name in params.uploads if f"attach://{name}" in str(params.values)}
        for name in sorted(params.names() - PARAMETERS[method] - attached):
            self.bot.world.faults.append(f"{method}: unknown parameter {name}")
        for name in sorted(REQUIRED[method] - params.names()):
            self.bot.world.faults.append(f"{method}: missing parameter {name}")

    def _note(self, method: str, status: int, problem: str = "") -> None:
        world = self.bot.world
        world.calls.append(Call(world.now(), "telegram", method, status, problem))

    async def download(self, request: web.Request) -> web.Response:
        """A file's bytes."""
        if request.match_info["token"] != TOKEN:
            return _refusal(ApiError(401, "Unauthorized"))
        file = self.bot.world.file_at(request.match_info["path"])
        if file is None:
            return _refusal(ApiError(404, "Not Found"))
        return web.Response(body=file.content, content_type="application/octet-stream")


def _connected(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()


def _drop(request: web.Request) -> web.Response:
    """Close the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _refusal(error: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.status, "description": error.description}
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return web.json_response(body, status=error.status)
