"""A chat platform in memory: remembers what was shown, fails on order."""

from dataclasses import dataclass, replace
from itertools import count

from chat.errors import DeliveryError, PictureGoneError
from chat.model import Address, PictureRef, Reply


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands in a chat."""

    id: str
    chat: str
    reply: Reply
    reply_to: str | None = None
    edits: int = 0


class FakeChat:
    def __init__(self, platform: str = "telegram") -> None:
        self.platform = platform
        self.messages: dict[str, Shown] = {}
        self.progress: list[tuple[str, Reply]] = []
        self.fail: list[DeliveryError | PictureGoneError] = []
        """The next calls fail with these, and show nothing."""
        self.files: dict[str, bytes] = {}
        """What people sent."""
        self.has_deep_links = platform == "telegram"
        self._ids = count(100)

    cashier = None

    @property
    def last(self) -> Shown:
        return list(self.messages.values())[-1]

    def gone(self, message: str) -> None:
        """Somebody deleted a message."""
        del self.messages[message]

    def home(self, user_id: str) -> Address:
        return Address(self.platform, user_id, private=True)

    def aside(self, address: Address, user_id: str) -> Address:
        return replace(address, chat=f"aside {user_id}", private=True, message=None, reply_to=None)

    def deep_link(self, payload: str) -> str | None:
        return f"https://chat.example/hub?start={payload}" if self.has_deep_links else None

    async def send(self, address: Address, reply: Reply) -> str:
        self._fail()
        message = str(next(self._ids))
        self.messages[message] = Shown(message, address.chat, reply, address.reply_to)
        return message

    async def edit(self, address: Address, reply: Reply) -> None:
        self._fail()
        assert address.message is not None
        was = self.messages.get(address.message) or Shown(address.message, address.chat, reply)
        self.messages[address.message] = replace(was, reply=reply, edits=was.edits + 1)

    async def fetch(self, picture: PictureRef) -> bytes:
        self._fail()
        return self.files[picture.file]

    async def show_progress(self, address: Address, reply: Reply) -> None:
        assert address.message is not None
        self.progress.append((address.message, reply))

    def _fail(self) -> None:
        if self.fail:
            raise self.fail.pop(0)
