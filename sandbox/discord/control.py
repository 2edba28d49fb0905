"""The control plane under /_sandbox/discord: be a person, make trouble."""

import base64
import binascii
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.control import Refused, order
from sandbox.discord import drafts, events, forms, people, permissions, views
from sandbox.discord.asking import NotOfferedError
from sandbox.discord.gateway import Gateway
from sandbox.discord.pace import PROFILES
from sandbox.discord.places import named_channel, named_person
from sandbox.discord.records import BOT, Attachment, Channel, Member, Message
from sandbox.discord.request import Upload
from sandbox.discord.world import Discord
from sandbox.faults import FAULT_KINDS, Fault
from sandbox.records import Json, JsonValue

_HEARTBEAT = 2.0
Order = Callable[["_Control", Json], Awaitable[Json]]


def setup(app: web.Application, discord: Discord, gateway: Gateway) -> None:
    """Add Discord's control routes to an application."""
    control = _Control(discord, gateway)
    base = "/_sandbox/discord"
    for name, act in _ORDERS.items():
        app.router.add_post(f"{base}/{name}", control.obey(act))


class _Control:
    def __init__(self, discord: Discord, gateway: Gateway) -> None:
        self.discord = discord
        self.gateway = gateway

    def obey(self, act: Order) -> Callable[[web.Request], Awaitable[web.Response]]:
        """The handler of one order; what Discord's own app would not allow is refused."""

        async def handle(request: web.Request) -> web.Response:
            try:
                return web.json_response(await act(self, await order(request)))
            except NotOfferedError as error:
                raise Refused(str(error)) from None

        return handle

    # Who, where, what

    def _place(self, body: Json) -> tuple[Member, Channel]:
        person = named_person(self.discord, body.get("person"))
        return person, named_channel(self.discord, body.get("channel"), person)

    def _message(self, body: Json) -> tuple[Member, Message]:
        person, channel = self._place(body)
        message = self.discord.message(channel.key, int(str(body.get("message") or 0)))
        if message is None or not views.visible(message, person.key):
            raise Refused("that message is gone")
        return person, message

    def _file(self, channel: Channel, given: JsonValue) -> Attachment:
        if not isinstance(given, dict):
            raise Refused("a file is {name, content in base64}")
        try:
            content = base64.b64decode(str(given.get("content")), validate=True)
        except binascii.Error:
            raise Refused("content must be base64") from None
        upload = Upload(str(given.get("name") or "picture.png"), content)
        return drafts.keep_upload(self.discord, channel, upload, {})

    def _options(self, body: Json, channel: Channel) -> Json:
        """The options of a command; a file becomes the number of its attachment."""
        given = body.get("options") or {}
        if not isinstance(given, dict):
            raise Refused("options must be an object")
        return {
            name: str(self._file(channel, value).id) if isinstance(value, dict) else value
            for name, value in given.items()
        }

    # Orders

    async def say(self, body: Json) -> Json:
        """A person writes; `files` is a list of {name, content}."""
        person, channel = self._place(body)
        text = str(body.get("text") or "").strip()
        files = body.get("files") or []
        attachments = tuple(
            self._file(channel, item) for item in (files if isinstance(files, list) else [])
        )
        if not text and not attachments:
            raise Refused("there is nothing to send")
        seq = self.discord.news.seq
        reply_to = int(str(body.get("reply_to") or 0)) or None
        message = people.say(
            self.discord, person, channel, text, attachments=attachments, reply_to=reply_to
        )
        return {"id": str(message.id), "seq": seq}

    async def slash(self, body: Json) -> Json:
        """A person sends a command with options; a file is {name, content}."""
        person, channel = self._place(body)
        seq = self.discord.news.seq
        options = self._options(body, channel)
        sent = people.slash(self.discord, person, channel, str(body.get("command")), options)
        return {"interaction": str(sent.id), "seq": seq}

    async def autocomplete(self, body: Json) -> Json:
        """A person types in the option `focused`; the event "choices" follows."""
        person, channel = self._place(body)
        seq = self.discord.news.seq
        name, focused = str(body.get("command")), str(body.get("focused"))
        options = self._options(body, channel)
        sent = people.autocomplete(self.discord, person, channel, name, options, focused)
        return {"interaction": str(sent.id), "seq": seq}

    async def press(self, body: Json) -> Json:
        """A person presses a button, or chooses `values` in a select."""
        person, message = self._message(body)
        seq = self.discord.news.seq
        values = body.get("values") or []
        chosen = [str(value) for value in values] if isinstance(values, list) else []
        sent = people.press(self.discord, person, message, str(body.get("custom_id")), chosen)
        return {"interaction": str(sent.id), "seq": seq}

    async def submit(self, body: Json) -> Json:
        """A person sends a form with `values` by custom_id."""
        person = named_person(self.discord, body.get("person"))
        modal = self.discord.modals.get(str(body.get("modal")))
        values = body.get("values") or {}
        if modal is None or not isinstance(values, dict):
            raise Refused("that form is not open")
        seq = self.discord.news.seq
        sent = forms.submit(self.discord, person, modal, values)
        return {"interaction": str(sent.id), "seq": seq}

    async def menu(self, body: Json) -> Json:
        """A person chooses Apps ▸ `command` on a message."""
        person, message = self._message(body)
        seq = self.discord.news.seq
        sent = people.use_menu(self.discord, person, message, str(body.get("command")))
        return {"interaction": str(sent.id), "seq": seq}

    async def dismiss(self, body: Json) -> Json:
        """A person sends away an ephemeral message."""
        person, message = self._message(body)
        people.dismiss(self.discord, person, message)
        return {"ok": True}

    async def drop(self, body: Json) -> Json:
        """Close the gateway's connections; `forget` makes a resume fail, `ask` is op 7."""
        if body.get("ask") is True:
            await self.gateway.ask_to_reconnect()
            return {"dropped": 0}
        if body.get("forget") is True:
            self.discord.sessions.live.clear()
        code = body.get("code", 4000)
        return {"dropped": await self.gateway.drop(code if isinstance(code, int) else 4000)}

    async def redeliver(self, body: Json) -> Json:
        """Send the bot its last `count` interactions once more."""
        count = body.get("count", 1)
        wanted = count if isinstance(count, int) else 1
        live = self.discord.sessions.live.values()
        return {"count": sum(session.repeat(wanted) for session in live)}

    async def faults(self, body: Json) -> Json:
        """Order trouble for the next `count` calls of an operation."""
        kind = next((k for k in FAULT_KINDS if k == body.get("kind")), None)
        if kind is None:
            raise Refused(f"kind must be one of {', '.join(FAULT_KINDS)}")
        count, after = body.get("count", 1), body.get("retry_after", 1)
        assert isinstance(count, int)
        assert isinstance(after, int)
        self.discord.faults.order(Fault(str(body.get("method") or "*"), kind, count, after))
        return {"ok": True}

    async def permissions(self, body: Json) -> Json:
        """Deny the bot (or `"subject": "everyone"`) permissions in a channel, by name."""
        channel = self.discord.channels.get(str(body.get("channel")))
        subject, denied = str(body.get("subject") or BOT), body.get("deny") or []
        if channel is None or channel.guild is None or not isinstance(denied, list):
            raise Refused("a server's channel and a list of permissions are needed")
        if subject not in {BOT, "everyone"}:
            raise Refused("subject must be bot or everyone")
        try:
            bits = permissions.bits([str(name) for name in denied])
        except KeyError as error:
            raise Refused(f"unknown permission {error}") from None
        self.discord.denied[channel.key, subject] = bits
        self.discord.news.tell("channels")
        events.tell_channel(self.discord, channel)
        return {"ok": True}

    async def settings(self, body: Json) -> Json:
        """Rate limits ("profile"), largest file, privileged intents, who closed their chat."""
        profile = next((p for p in PROFILES if p == body.get("profile")), None)
        if profile:
            self.discord.pace.use(profile)
        if isinstance(size := body.get("attachment_size_limit"), int):
            self.discord.size_limit = size
        if isinstance(intents := body.get("privileged_intents"), int):
            self.discord.allowed_intents = intents
        if isinstance(closed := body.get("closed_dms"), list):
            self.discord.closed_dms = {str(key) for key in closed}
        return {"ok": True}

    async def reset(self, _body: Json) -> Json:
        """Forget what happened in Discord alone."""
        self.discord.forget()
        return {"ok": True}


_ORDERS: dict[str, Order] = {
    "say": _Control.say,
    "slash": _Control.slash,
    "autocomplete": _Control.autocomplete,
    "press": _Control.press,
    "submit": _Control.submit,
    "menu": _Control.menu,
    "dismiss": _Control.dismiss,
    "drop": _Control.drop,
    "redeliver": _Control.redeliver,
    "faults": _Control.faults,
    "permissions": _Control.permissions,
    "settings": _Control.settings,
    "reset": _Control.reset,
}
