"""The state of the pretended world: one object, in memory, with its own clock."""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from sandbox.records import (
    Action,
    Answer,
    Call,
    Chat,
    Event,
    EventKind,
    File,
    Media,
    Message,
    Person,
)

PEOPLE = (
    Person("asha", 7_001_001, "Asha", "Nair", "asha_nair", "en"),
    Person("ravi", 7_001_002, "Ravi", "Kumar", "ravi_kumar", "hi"),
    Person("meera", 7_001_003, "Meera", "Shah", "meera_shah", "en"),
)
GROUP = Chat("friends", -1_002_000_000_001, "group", "Weekend artists", ("asha", "ravi", "meera"))

EVENTS_KEPT = 5_000
CALLS_KEPT = 2_000


class World:
    """People, chats, messages, files, a journal, and a clock that tests may move."""

    def __init__(self) -> None:
        self.people = {person.key: person for person in PEOPLE}
        dms = [Chat(p.key, p.id, "private", p.first_name, (p.key,)) for p in PEOPLE]
        self.chats = {chat.key: chat for chat in (*dms, GROUP)}
        self.blocked: set[str] = set()
        self.started: set[str] = {GROUP.key}
        self.faults: list[str] = []
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self.events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self.files: dict[str, File] = {}
        self.media: dict[str, Media] = {}
        self._messages: dict[str, dict[int, Message]] = {key: {} for key in self.chats}
        self._last_message = 0
        self._last_event = 0
        self._last_file = 0
        self._offset = 0.0
        self._bell = asyncio.Event()

    # The clock

    def now(self) -> float:
        """Unix seconds in this world."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Move the clock; everything that reads `now` ages at once."""
        self._offset += seconds
        self.emit("clock")

    # People and chats

    def chat(self, name: int | str) -> Chat | None:
        """The chat with this key or platform id."""
        if isinstance(name, str) and name in self.chats:
            return self.chats[name]
        return next((chat for chat in self.chats.values() if str(chat.id) == str(name)), None)

    def person_by_id(self, number: int) -> Person | None:
        """The person with this platform id."""
        return next((p for p in self.people.values() if p.id == number), None)

    def invite(self, person: Person) -> None:
        """Let one more person in, with a chat of their own with the bot."""
        self.people[person.key] = person
        chat = Chat(person.key, person.id, "private", person.first_name, (person.key,))
        self.chats[chat.key] = chat
        self._messages[chat.key] = {}
        self.emit("people", person.key)

    def set_blocked(self, person: str, *, blocked: bool) -> None:
        """Let a person block the bot, or forgive it."""
        (self.blocked.add if blocked else self.blocked.discard)(person)
        self.emit("people", person)

    # Messages

    def next_message_id(self) -> int:
        """A number no message has had."""
        self._last_message += 1
        return self._last_message

    def messages(self, chat: str) -> list[Message]:
        """What stands in a chat, oldest first."""
        return list(self._messages[chat].values())

    def message(self, chat: str, message_id: int) -> Message | None:
        """One message, unless it was deleted."""
        return self._messages[chat].get(message_id)

    def post(self, message: Message) -> Message:
        """Put a new message into its chat."""
        self._messages[message.chat][message.id] = message
        self.emit("message", message.chat, message)
        return message

    def edit(self, message: Message, *, mark: bool = True) -> Message:
        """Replace a message; `mark` says whether readers see that it was edited."""
        edited = replace(message, edited=int(self.now()) if mark else message.edited)
        self._messages[message.chat][message.id] = edited
        self.emit("edited", message.chat, edited)
        return edited

    def delete(self, message: Message) -> None:
        """Take a message out of its chat."""
        del self._messages[message.chat][message.id]
        self.emit("deleted", message.chat, message)

    # Files

    def keep(self, content: bytes, *, folder: str, name: str, mime: str) -> File:
        """Store bytes under a new id."""
        self._last_file += 1
        number = self._last_file
        digest = hashlib.sha256(content).hexdigest()
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        file = File(
            id=f"sandbox-{folder}-{number}-{digest[:16]}",
            unique_id=digest[:16],
            path=f"{folder}/file_{number}.{suffix}",
            name=name,
            mime=mime,
            content=content,
        )
        return self.refile(file)

    def refile(self, file: File) -> File:
        """Store what has become known about a file, such as its size in pixels."""
        self.files[file.id] = file
        return file

    def remember(self, media: Media) -> None:
        """Let every id of this media stand for it when it is sent again."""
        for file in (media.file, *media.sizes):
            self.media[file.id] = media

    def file_at(self, path: str) -> File | None:
        """The file a download path leads to."""
        return next((file for file in self.files.values() if file.path == path), None)

    # Events

    def emit(
        self, kind: EventKind, chat: str = "", subject: Message | Answer | Action | None = None
    ) -> None:
        """Tell everyone who listens."""
        self._last_event += 1
        self.events.append(Event(self._last_event, kind, chat, subject))
        self._bell.set()
        self._bell = asyncio.Event()

    @property
    def last_seq(self) -> int:
        """The number of the newest event."""
        return self._last_event

    def events_after(self, seq: int) -> Iterator[Event]:
        """The events newer than `seq` that are still kept."""
        return (event for event in tuple(self.events) if event.seq > seq)

    async def wait_beyond(self, seq: int, seconds: float) -> None:
        """Return when something newer than `seq` has happened, or after `seconds`."""
        if self._last_event > seq:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            return

    def reset(self) -> None:
        """Forget everything that happened; numbers go on so that no id comes twice."""
        self.blocked.clear()
        self.started = {GROUP.key}
        self.faults.clear()
        self.calls.clear()
        self.files.clear()
        self.media.clear()
        self._offset = 0.0
        for chat in self._messages.values():
            chat.clear()
        self.emit("reset")
