"""The control plane under /_sandbox/telegram: be a person, make trouble."""

import base64
import binascii

from aiohttp import web

from sandbox import views
from sandbox.control import Refused, order
from sandbox.faults import FAULT_KINDS, Fault
from sandbox.records import Chat, Json, Media, Message, Person
from sandbox.telegram import people, profile, stars
from sandbox.telegram.bot import Bot
from sandbox.telegram.errors import ApiError
from sandbox.telegram.media import input_media
from sandbox.telegram.pace import PROFILES
from sandbox.telegram.params import Params, Upload, number, string
from sandbox.telegram.stars import Mischief

MISCHIEF: tuple[Mischief, ...] = ("", "lost", "unasked")


def setup(app: web.Application, bot: Bot) -> None:
    """Add Telegram's control routes to an application."""
    control = _Control(bot)
    app.router.add_post("/_sandbox/telegram/send", control.send)
    app.router.add_post("/_sandbox/telegram/press", control.press)
    app.router.add_get("/_sandbox/telegram/invoice", control.invoice)
    app.router.add_post("/_sandbox/telegram/pay", control.pay)
    app.router.add_get("/_sandbox/telegram/messages", control.messages)
    app.router.add_get("/_sandbox/telegram/menu", control.menu)
    app.router.add_post("/_sandbox/telegram/block", control.block)
    app.router.add_post("/_sandbox/telegram/redeliver", control.redeliver)
    app.router.add_post("/_sandbox/telegram/faults", control.faults)
    app.router.add_post("/_sandbox/telegram/limits", control.limits)


class _Control:
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.world = bot.world

    def _person(self, name: str) -> Person:
        person = self.world.people.get(name)
        if person is None:
            raise Refused(f"nobody is called {name!r}")
        return person

    def _chat(self, name: str) -> Chat:
        chat = self.world.chat(name)
        if chat is None:
            raise Refused(f"there is no chat {name!r}")
        return chat

    def _place(self, body: Json) -> tuple[Person, Chat]:
        """Who acts, and where; a person's own chat with the bot unless another is named."""
        person = self._person(string(body.get("person")))
        chat = self._chat(string(body.get("chat")) or person.key)
        if person.key not in chat.members:
            raise Refused(f"{person.key} is not in {chat.key}")
        return person, chat

    async def send(self, request: web.Request) -> web.Response:
        """A person writes; `photo` is base64, `reply_to` a message id."""
        body = await order(request)
        person, chat = self._place(body)
        text = string(body.get("text"))
        media = await self._photo(string(body.get("photo")))
        if not text.strip() and media is None:
            raise Refused("there is nothing to send")
        reply_to = number(body.get("reply_to")) or None
        message = people.say(self.bot, person, chat, text, media=media, reply_to=reply_to)
        return web.json_response(views.message(message, self.world.last_seq))

    async def _photo(self, encoded: str) -> Media | None:
        if not encoded:
            return None
        try:
            content = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise Refused("photo must be base64") from None
        upload = Upload("photo", "application/octet-stream", content)
        try:
            return await input_media(self.world, Params({}, {}), {"type": "photo"}, upload=upload)
        except ApiError as error:
            raise Refused(error.description) from None

    async def press(self, request: web.Request) -> web.Response:
        """A person presses the button that carries `data`."""
        body = await order(request)
        person, chat = self._place(body)
        message = self.world.message(chat.key, number(body.get("message_id")))
        if message is None:
            raise Refused("that message is gone")
        data = string(body.get("data"))
        if not _carries(message, data):
            raise Refused("that message has no such button")
        seq = self.world.last_seq
        query = people.press(self.bot, person, message, data)
        return web.json_response({"query_id": query.id, "seq": seq})

    async def invoice(self, request: web.Request) -> web.Response:
        """What a link to an invoice asks for."""
        invoice = self.bot.stars.invoices.get(request.query.get("link", ""))
        if invoice is None:
            raise Refused("there is no such invoice")
        body: Json = {"title": invoice.title, "description": invoice.description}
        return web.json_response(body | {"amount": invoice.amount})

    async def pay(self, request: web.Request) -> web.Response:
        """A person pays the invoice behind `link`; answered when Telegram knows how it went."""
        body = await order(request)
        person, seq = self._person(string(body.get("person"))), self.world.last_seq
        mischief: Mischief = next((m for m in MISCHIEF if m == body.get("mischief")), "")
        link = string(body.get("link"))
        outcome, words = await stars.pay(self.bot, person, link, mischief)
        return web.json_response({"outcome": outcome, "words": words, "seq": seq})

    async def messages(self, request: web.Request) -> web.Response:
        """What stands in a chat, oldest first."""
        chat = self._chat(request.query.get("chat", ""))
        shown = [views.message(message) for message in self.world.messages(chat.key)]
        return web.json_response({"messages": shown, "seq": self.world.last_seq})

    async def menu(self, request: web.Request) -> web.Response:
        """What a person sees of the bot in a chat: commands, name, description."""
        person = self._person(request.query.get("person", ""))
        chat = self._chat(request.query.get("chat") or person.key)
        texts = self.bot.profile
        body: Json = {
            "commands": [*profile.commands_for(self.bot, chat, person.language)],
            "name": profile.told(texts.names, person.language, self.bot.render.bot_name),
            "description": profile.told(texts.descriptions, person.language),
        }
        return web.json_response(body)

    async def block(self, request: web.Request) -> web.Response:
        """A person blocks the bot, or with `"blocked": false` lets it speak again."""
        body = await order(request)
        person = self._person(string(body.get("person")))
        people.set_blocked(self.bot, person, blocked=body.get("blocked") is not False)
        return web.json_response({"ok": True})

    async def redeliver(self, request: web.Request) -> web.Response:
        """Send the last `count` updates once more."""
        body = await order(request)
        return web.json_response({"count": self.bot.updates.repeat(number(body.get("count", 1)))})

    async def faults(self, request: web.Request) -> web.Response:
        """Order trouble for the next `count` calls of `method`."""
        body = await order(request)
        kind = next((k for k in FAULT_KINDS if k == body.get("kind")), None)
        if kind is None:
            raise Refused(f"kind must be one of {', '.join(FAULT_KINDS)}")
        method = string(body.get("method")) or "*"
        count, after = number(body.get("count", 1)), number(body.get("retry_after", 5))
        self.bot.faults.order(Fault(method, kind, count, after))
        return web.json_response({"ok": True})

    async def limits(self, request: web.Request) -> web.Response:
        """Choose how strict the rate limits are."""
        wanted = (await order(request)).get("profile")
        profile_name = next((p for p in PROFILES if p == wanted), None)
        if profile_name is None:
            raise Refused(f"profile must be one of {', '.join(PROFILES)}")
        self.bot.pace.use(profile_name)
        return web.json_response({"ok": True})


def _carries(message: Message, data: str) -> bool:
    return any(button.data == data for row in message.keyboard for button in row)
