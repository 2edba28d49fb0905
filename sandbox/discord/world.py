"""The state of the pretended Discord: who is where, what stands there, what was asked."""

from collections import deque
from dataclasses import dataclass, replace

from sandbox.discord import permissions
from sandbox.discord.errors import ApiError
from sandbox.discord.news import News
from sandbox.discord.pace import Pace
from sandbox.discord.records import (
    BOT,
    Attachment,
    Channel,
    Guild,
    Interaction,
    Member,
    Message,
    Modal,
)
from sandbox.discord.sessions import Sessions
from sandbox.faults import Faults
from sandbox.records import Json, JsonValue, Person
from sandbox.world import World

EPOCH_MS = 1_420_070_400_000  # snowflakes count from the first second of 2015
TRACE_KEPT = 3_000
MIB = 1024 * 1024
_FIRST_PERSON = 1_190_000_000_000_000_001
_LOCALES = {"asha": "en-US", "ravi": "hi", "meera": "en-US"}
_EVERYBODY = ("asha", "ravi", "meera")

GUILDS = (
    Guild("studio", 1_200_000_000_000_000_001, "Weekend artists", "meera", has_bot=True),
    Guild("elsewhere", 1_200_000_000_000_000_002, "Book club", "ravi", has_bot=False),
)
CHANNELS = (
    Channel("general", 1_210_000_000_000_000_001, "text", "general", _EVERYBODY, "studio"),
    Channel("art", 1_210_000_000_000_000_002, "text", "art", _EVERYBODY, "studio"),
    Channel(
        "after-dark",
        1_210_000_000_000_000_003,
        "text",
        "after-dark",
        _EVERYBODY,
        "studio",
        age_restricted=True,
    ),
    Channel("words-only", 1_210_000_000_000_000_004, "text", "words-only", _EVERYBODY, "studio"),
    Channel("lounge", 1_210_000_000_000_000_005, "text", "lounge", _EVERYBODY, "elsewhere"),
    Channel("friends", 1_210_000_000_000_000_006, "group", "Asha, Ravi", ("asha", "ravi")),
)
_DENIED = {("words-only", BOT): permissions.ATTACH_FILES}
_FIRST_DM = 1_220_000_000_000_000_001


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request or gateway frame with all it said, for checks against the specifications."""

    operation: str
    asked: JsonValue
    status: int
    answered: JsonValue


class Discord:
    """Servers, channels, messages and interactions beside the other services' world."""

    def __init__(self, world: World, *, public_url: str) -> None:
        self.world = world
        self.public_url = public_url
        self.members = {
            p.key: Member(p.key, _FIRST_PERSON + index, p.username, p.first_name, _LOCALES[p.key])
            for index, p in enumerate(world.people.values())
        }
        self.guilds = {guild.key: guild for guild in GUILDS}
        dms = [
            Channel(f"dm-{key}", _FIRST_DM + index, "dm", BOT, (key,))
            for index, key in enumerate(self.members)
        ]
        self.channels = {channel.key: channel for channel in (*CHANNELS, *dms)}
        self.denied: dict[tuple[str, str], int] = dict(_DENIED)
        self.closed_dms: set[str] = set()
        self.size_limit = 10 * MIB
        self.allowed_intents = 0
        """The privileged intents switched on in the developer portal; none, unless ordered."""
        self.news = News()
        self.sessions = Sessions()
        self.faults = Faults()
        self.pace = Pace()
        self.trace: deque[Exchange] = deque(maxlen=TRACE_KEPT)
        self.commands: dict[int, Json] = {}
        self.interactions: dict[int, Interaction] = {}
        self.modals: dict[str, Modal] = {}
        self.attachments: dict[int, Attachment] = {}
        self._messages: dict[str, dict[int, Message]] = {key: {} for key in self.channels}
        self._last_id = 0

    def invite(self, person: Person) -> None:
        """Let one more person into the servers, with a chat of their own with the bot."""
        number = len(self.members)
        self.members[person.key] = Member(
            person.key, _FIRST_PERSON + number, person.username, person.first_name, "en-US"
        )
        for channel in list(self.channels.values()):
            if channel.kind == "text":
                joined = replace(channel, members=(*channel.members, person.key))
                self.channels[channel.key] = joined
        dm = Channel(f"dm-{person.key}", _FIRST_DM + number, "dm", BOT, (person.key,))
        self.channels[dm.key] = dm
        self._messages[dm.key] = {}
        self.news.tell("channels")

    # Finding

    def now(self) -> float:
        """Unix seconds in this world."""
        return self.world.now()

    def new_id(self) -> int:
        """A snowflake: this moment, then a count."""
        moment = (int(self.now() * 1000) - EPOCH_MS) << 22
        self._last_id = max(self._last_id + 1, moment)
        return self._last_id

    def channel_by_id(self, number: int) -> Channel | None:
        """The channel with this number."""
        return next((c for c in self.channels.values() if c.id == number), None)

    def member_by_id(self, number: int) -> Member | None:
        """The person with this number."""
        return next((m for m in self.members.values() if m.id == number), None)

    def guild_of(self, channel: Channel) -> Guild | None:
        """The server a channel belongs to."""
        return self.guilds[channel.guild] if channel.guild else None

    def dm(self, person: str) -> Channel:
        """A person's chat with the bot."""
        return self.channels[f"dm-{person}"]

    def has_bot(self, channel: Channel) -> bool:
        """Whether the bot itself is there, not only an app that somebody brought."""
        guild = self.guild_of(channel)
        return guild.has_bot if guild else channel.kind == "dm"

    def bot_sees(self, channel: Channel) -> bool:
        """Whether the bot may read a channel."""
        if not self.has_bot(channel):
            return False
        return not channel.guild or bool(self.app_permissions(channel) & permissions.VIEW_CHANNEL)

    # Permissions

    def app_permissions(self, channel: Channel) -> int:
        """What the app may do in a channel."""
        if channel.kind == "dm":
            return permissions.BOT_DM
        if not self.has_bot(channel):
            return permissions.PRIVATE
        return permissions.EVERYONE & ~self.denied.get((channel.key, BOT), 0)

    def member_permissions(self, person: str, channel: Channel) -> int:
        """What a person may do in a channel."""
        guild = self.guild_of(channel)
        if guild and guild.owner == person:
            return permissions.OWNER
        return permissions.EVERYONE & ~self.denied.get((channel.key, "everyone"), 0)

    # Messages

    def messages(self, channel: str) -> list[Message]:
        """What stands in a channel, oldest first."""
        return list(self._messages[channel].values())

    def message(self, channel: str, number: int | None) -> Message | None:
        """One message, unless it was deleted."""
        return self._messages[channel].get(number or 0)

    def post(self, message: Message) -> Message:
        """Put a new message into its channel."""
        self._messages[message.channel][message.id] = message
        self.news.tell("message", message.channel, message, person=message.viewer)
        return message

    def edit(self, message: Message, *, mark: bool = True) -> Message:
        """Replace a message; `mark` says whether readers see that it was edited."""
        edited = replace(message, edited=self.now()) if mark else message
        self._messages[message.channel][message.id] = edited
        self.news.tell("edited", message.channel, edited, person=message.viewer)
        return edited

    def delete(self, message: Message) -> None:
        """Take a message out of its channel."""
        del self._messages[message.channel][message.id]
        self.news.tell("deleted", message.channel, message, person=message.viewer)

    def attach(
        self, channel: Channel, name: str, mime: str, content: bytes, description: str | None
    ) -> Attachment:
        """Store a file under a new number."""
        file = self.world.keep(content, folder="discord", name=name, mime=mime)
        attachment = Attachment(self.new_id(), channel.id, file, description)
        self.attachments[attachment.id] = attachment
        return attachment

    def forget(self) -> None:
        """Drop what happened; commands and connections stay."""
        self.interactions.clear()
        self.modals.clear()
        self.attachments.clear()
        self.faults.waiting.clear()
        self.trace.clear()
        self.closed_dms.clear()
        self.denied = dict(_DENIED)
        self.size_limit = 10 * MIB
        self.pace.use(self.pace.profile)
        for channel in self._messages.values():
            channel.clear()
        self.news.tell("reset")

    def fault(self, problem: str) -> None:
        """Record a rule that the bot broke."""
        self.world.faults.append(f"discord: {problem}")


def person_of(discord: Discord, channel: Channel) -> Member:
    """Whose chat with the bot this is.

    Raises:
        ApiError: 50007 where they closed it.
    """
    member = discord.members[channel.members[0]]
    if member.key in discord.closed_dms:
        raise ApiError(403, 50007, "Cannot send messages to this user")
    return member
