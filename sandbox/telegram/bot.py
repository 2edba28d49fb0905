"""What Telegram keeps about one bot, and the checks every method shares."""

from dataclasses import dataclass, field

from sandbox.faults import Faults
from sandbox.records import BOT, Chat, Json, Message
from sandbox.telegram.errors import ApiError, bad_request, forbidden
from sandbox.telegram.pace import Pace, Profile
from sandbox.telegram.params import Params, number
from sandbox.telegram.render import Renderer
from sandbox.telegram.star_records import StarBooks
from sandbox.telegram.updates import Updates
from sandbox.world import World

TOKEN = "7000000001:AA-the-sandbox-token-is-no-secret-00"


@dataclass(frozen=True, slots=True)
class Query:
    """A pressed button that waits for its answer."""

    id: str
    person: str
    chat: str
    asked: float


@dataclass(slots=True)
class BotProfile:
    """What the bot tells about itself; texts by language, commands by scope and language."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Webhook:
    """Where updates are pushed to; an empty address means that the bot polls."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    certificate: bool = False
    error: str = ""
    error_at: int = 0


class Bot:
    """One bot in the pretended world."""

    def __init__(self, world: World, *, limits: Profile = "real") -> None:
        self.world = world
        self.updates = Updates()
        self.pace = Pace(limits)
        self.faults = Faults()
        self.render = Renderer(world)
        self.queries: dict[str, Query] = {}
        self.profile = BotProfile()
        self.webhook = Webhook()
        self.stars = StarBooks()

    def forget(self) -> None:
        """Drop what happened in chats; what the bot set up about itself stays."""
        self.updates.pending.clear()
        self.queries.clear()
        self.stars.clear()
        self.faults.waiting.clear()
        self.pace.use(self.pace.profile)

    def chat(self, params: Params) -> Chat:
        """The chat a request names, checked that the bot may know it.

        Raises:
            ApiError: 400 "chat not found".
        """
        name = params.text("chat_id")
        if not name:
            raise bad_request("chat_id is empty")
        chat = next((c for c in self.world.chats.values() if str(c.id) == name), None)
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def open_chat(self, params: Params) -> Chat:
        """A chat whose person lets the bot in.

        Raises:
            ApiError: 400, or 403 where the person blocked the bot or never wrote.
        """
        chat = self.chat(params)
        if chat.key in self.world.blocked:
            raise forbidden("bot was blocked by the user")
        if chat.key not in self.world.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def chat_to_speak_in(self, params: Params, count: int = 1) -> Chat:
        """An open chat; counts `count` messages against the limits.

        Raises:
            ApiError: 400, 403 or 429.
        """
        chat = self.open_chat(params)
        self.pace.spend(chat, count, self.world.now())
        return chat

    def message_to_edit(self, chat: Chat, params: Params) -> Message:
        """The message an edit names.

        Raises:
            ApiError: 400 where it is gone or somebody else's.
        """
        if params.text("inline_message_id") or not params.text("message_id"):
            raise bad_request("message identifier is not specified")
        message = self.world.message(chat.key, params.integer("message_id"))
        if message is None:
            raise bad_request("message to edit not found")
        if message.sender != BOT:
            raise bad_request("message can't be edited")
        return message

    def reply_target(self, chat: Chat, params: Params) -> int | None:
        """The message that is replied to, if any.

        Raises:
            ApiError: 400 where it is gone, unless the request allows that.
        """
        reply = params.object("reply_parameters", "reply parameters")
        if not reply:
            return None
        wanted = number(reply.get("message_id"))
        if self.world.message(chat.key, wanted) is not None:
            return wanted
        if reply.get("allow_sending_without_reply") is True:
            return None
        raise ApiError(400, "Bad Request: message to be replied not found")
