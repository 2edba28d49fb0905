"""A person's hands and eyes for tests: say, press, wait, over HTTP to any running sandbox.

```python
async with SandboxClient(url) as sandbox:
    asha = sandbox.person("asha")
    await asha.say("/start")
    message = await asha.wait("Welcome")
    await asha.press(message, "Buy")
```
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Self, cast

import aiohttp

from sandbox.records import Json, JsonValue
from sandbox.seen import (
    NothingCame,
    SeenAnswer,
    SeenMessage,
    items,
    read_answer,
    read_message,
    whole,
)

__all__ = ["NothingCame", "Person", "SandboxClient", "SeenAnswer", "SeenMessage", "Wanted"]

PATIENCE = 45.0  # seconds a wait lasts unless told otherwise
_ONE_LOOK = 5.0
_TIMEOUT = aiohttp.ClientTimeout(total=60)


Wanted = str | Callable[[SeenMessage], bool]


class SandboxClient:
    """A sandbox at an address; use it as an async context manager."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session:
            await self._session.close()

    def person(self, key: str, chat: str | None = None) -> "Person":
        """Somebody, in their own chat with the bot unless another is named."""
        return Person(self, key, chat or key)

    async def order(self, path: str, **body: JsonValue) -> Json:
        """POST to the control plane, for example `order("clock", advance=1200)`."""
        return await self._call("POST", f"/_sandbox/{path}", body)

    async def ask(self, path: str, **query: str | float) -> Json:
        """GET from the control plane, for example `ask("journal")`."""
        return await self._call("GET", f"/_sandbox/{path}", None, query)

    async def advance(self, seconds: float) -> None:
        """Move the world's clock."""
        await self.order("clock", advance=seconds)

    async def trouble(
        self, kind: str, method: str = "*", *, count: int = 1, retry_after: int = 1
    ) -> None:
        """Let the next calls of a method fail: 429, 500, drop_before or drop_after."""
        await self.order(
            "telegram/faults", kind=kind, method=method, count=count, retry_after=retry_after
        )

    async def redeliver(self, count: int = 1) -> None:
        """Send the bot its last updates once more."""
        await self.order("telegram/redeliver", count=count)

    async def faults(self) -> list[str]:
        """The rules the bot has broken so far."""
        return [str(item) for item in items((await self.ask("journal"))["faults"])]

    async def ready(self, patience: float = PATIENCE) -> None:
        """Wait until a bot listens.

        Raises:
            NothingCame: when none does in time.
        """
        try:
            async with asyncio.timeout(patience):
                while not (await self.ask("health", wait=_ONE_LOOK))["bot"]:
                    pass
        except TimeoutError:
            raise NothingCame(f"no bot listens to {self.base_url}") from None

    async def bytes_at(self, path: str) -> bytes:
        """A file of the sandbox."""
        assert self._session, "use the client as a context manager"
        async with self._session.get(self.base_url + path) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def _call(
        self, method: str, path: str, body: Json | None, query: dict[str, str | float] | None = None
    ) -> Json:
        assert self._session, "use the client as a context manager"
        url = self.base_url + path
        async with self._session.request(method, url, json=body, params=query) as answer:
            found = cast("Json", await answer.json())
            if not answer.ok:
                raise NothingCame(f"{path}: {found.get('error')}")
            return found


class Person:
    """Somebody in a chat. Waiting looks only at what came after their last act."""

    def __init__(self, sandbox: SandboxClient, key: str, chat: str) -> None:
        self.sandbox = sandbox
        self.key = key
        self.chat = chat
        self._acted = 0  # the event number before the last act
        self._query = ""

    async def say(
        self, text: str = "", *, photo: bytes | None = None, reply_to: SeenMessage | None = None
    ) -> int:
        """Write; returns the message's id."""
        sent = await self.sandbox.order(
            "telegram/send",
            person=self.key,
            chat=self.chat,
            text=text,
            photo=base64.b64encode(photo).decode() if photo else "",
            reply_to=reply_to.id if reply_to else None,
        )
        self._acted = whole(sent["seq"])
        return whole(sent["id"])

    async def press(self, message: SeenMessage, label: str) -> None:
        """Press the callback button with this label."""
        button = message.button(label)
        if button.data is None:
            raise NothingCame(f"{button.text!r} opens {button.url or button.copy!r}")
        pressed = await self.sandbox.order(
            "telegram/press",
            person=self.key,
            chat=self.chat,
            message_id=message.id,
            data=button.data,
        )
        self._acted = whole(pressed["seq"])
        self._query = str(pressed["query_id"])

    async def pay(self, link: str, mischief: str = "") -> tuple[str, str]:
        """Pay an invoice in Stars: the outcome, and the bot's words where it refuses."""
        paid = await self.sandbox.order(
            "telegram/pay", person=self.key, link=link, mischief=mischief
        )
        self._acted = whole(paid["seq"])
        return str(paid["outcome"]), str(paid["words"])

    async def wait(self, wanted: Wanted = "", patience: float = PATIENCE) -> SeenMessage:
        """The first message of the bot, new or edited since the last act, that is as wanted.

        `wanted` is a piece of its text or a predicate; every state an edited message went
        through is looked at.

        Raises:
            NothingCame: with everything that came instead.
        """
        seen: list[str] = []
        async for event in self._events(patience):
            if event["kind"] not in {"message", "edited"}:
                continue
            shown = cast("Json", event["message"])
            if shown["sender"] != "bot":
                continue
            message = await self._seen(shown)
            if wanted in message.text if isinstance(wanted, str) else wanted(message):
                return message
            seen.append(message.text or f"[{message.media.kind if message.media else ''}]")
        raise NothingCame(f"{self.key} waited for {wanted!r}; came: {seen}")

    async def wait_answer(self, patience: float = PATIENCE) -> SeenAnswer:
        """How the bot answered the last press.

        Raises:
            NothingCame: when it did not.
        """
        async for event in self._events(patience):
            answer = event.get("answer")
            if isinstance(answer, dict) and answer["query_id"] == self._query:
                return read_answer(answer)
        raise NothingCame(f"the button {self.key} pressed was not answered")

    async def messages(self) -> list[SeenMessage]:
        """Everything that stands in the chat now, oldest first."""
        listed = await self.sandbox.ask("telegram/messages", chat=self.chat)
        return [await self._seen(cast("Json", shown)) for shown in items(listed["messages"])]

    async def block(self, *, blocked: bool = True) -> None:
        """Block the bot, or let it speak again."""
        await self.sandbox.order("telegram/block", person=self.key, blocked=blocked)

    async def _events(self, patience: float) -> AsyncIterator[Json]:
        """What happens in the chat, from the last act on, until patience ends."""
        seq = self._acted
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        while (left := deadline - loop.time()) > 0:
            found = await self.sandbox.ask("events", after=seq, wait=min(left, _ONE_LOOK))
            seq = whole(found["seq"])
            for event in items(found["events"]):
                if isinstance(event, dict) and event["chat"] == self.chat:
                    yield event

    async def _seen(self, shown: Json) -> SeenMessage:
        media = shown["media"]
        path = str(media["url"]) if isinstance(media, dict) else ""
        return read_message(shown, await self.sandbox.bytes_at(path) if path else b"")
