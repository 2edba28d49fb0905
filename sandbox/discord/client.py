"""A person's hands and eyes in Discord for tests: slash, press, submit, wait.

```python
async with SandboxClient(url) as sandbox:
    ravi = DiscordPerson(sandbox, "ravi", "general")
    await ravi.slash("/image", prompt="a fox")
    message = await ravi.wait("a fox")
    await ravi.press(message, "Again")
```
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import cast

from sandbox.client import PATIENCE, NothingCame, SandboxClient
from sandbox.discord.given import Option, Picture, encode, encode_options
from sandbox.discord.reading import read_command, read_file, read_message, read_modal
from sandbox.discord.records import BOT
from sandbox.discord.seen import SeenCommand, SeenFile, SeenMessage, SeenModal, objects
from sandbox.records import Json, JsonValue

_ONE_LOOK = 5.0

Wanted = str | Callable[[SeenMessage], bool]


class DiscordPerson:
    """Somebody in a channel ("dm" is their chat with the bot).

    Waiting looks only at what came after their last act.
    """

    def __init__(self, sandbox: SandboxClient, key: str, channel: str = "general") -> None:
        self.sandbox = sandbox
        self.key = key
        self.channel = f"dm-{key}" if channel == "dm" else channel
        self._acted = 0
        self._interaction = ""

    def elsewhere(self, channel: str) -> "DiscordPerson":
        """The same person in another channel."""
        return DiscordPerson(self.sandbox, self.key, channel)

    # Acting

    async def say(
        self,
        text: str = "",
        *,
        files: tuple[Picture, ...] = (),
        reply_to: SeenMessage | None = None,
    ) -> str:
        """Write; returns the message's id."""
        sent = await self._act(
            "say",
            text=text,
            files=[encode(file) for file in files],
            reply_to=reply_to.id if reply_to else None,
        )
        return str(sent["id"])

    async def slash(self, command: str, **options: Option) -> None:
        """Send a command: `await ravi.slash("/image", prompt="a fox")`.

        Raises:
            NothingCame: when Discord's own app would not let them; says why.
        """
        await self._act("slash", command=command.removeprefix("/"), options=encode_options(options))

    async def complete(
        self, command: str, focused: str, text: str = "", **options: Option
    ) -> dict[str, JsonValue]:
        """What autocomplete offers for the option typed in: value by name.

        Raises:
            NothingCame: when nothing was offered in time.
        """
        given = encode_options(options | {focused: text})
        name = command.removeprefix("/")
        await self._act("autocomplete", command=name, focused=focused, options=given)
        async for event in self._events(PATIENCE):
            if event["kind"] == "choices" and event["interaction"] == self._interaction:
                return {str(c["name"]): c["value"] for c in objects(event["choices"])}
        raise NothingCame(f"nothing was offered for {focused!r} of {command}")

    async def press(self, message: SeenMessage, label: str) -> None:
        """Press the button with this label."""
        button = message.button(label)
        if button.custom_id is None:
            raise NothingCame(f"{button.label!r} opens {button.url!r}")
        await self._act("press", message=message.id, custom_id=button.custom_id)

    async def choose(self, message: SeenMessage, *labels: str) -> None:
        """Choose these options of a select."""
        custom_id, _ = message.option(labels[0])
        values: list[JsonValue] = [message.option(label)[1] for label in labels]
        await self._act("press", message=message.id, custom_id=custom_id, values=values)

    async def use_menu(self, message: SeenMessage, name: str) -> None:
        """Choose Apps ▸ `name` on a message."""
        await self._act("menu", message=message.id, command=name)

    async def submit(self, modal: SeenModal, **values: str) -> None:
        """Send a form; fields are named by custom_id, or by a piece of their label."""
        given: Json = {_field(modal, name): value for name, value in values.items()}
        await self._act("submit", modal=modal.id, values=given)

    async def dismiss(self, message: SeenMessage) -> None:
        """Send away an ephemeral message."""
        await self._order("dismiss", message=message.id)

    async def _act(self, order: str, **body: JsonValue) -> Json:
        done = await self._order(order, **body)
        self._acted = cast("int", done["seq"])
        self._interaction = str(done.get("interaction") or "")
        return done

    async def _order(self, order: str, **body: JsonValue) -> Json:
        path = f"discord/{order}"
        return await self.sandbox.order(path, person=self.key, channel=self.channel, **body)

    # Seeing

    async def wait(self, wanted: Wanted = "", patience: float = PATIENCE) -> SeenMessage:
        """The first message of the bot, new or edited since the last act, that is as wanted.

        `wanted` is a piece of its text or a predicate; "thinking…" does not count as a message.

        Raises:
            NothingCame: with everything that came instead.
        """
        seen: list[str] = []
        async for event in self._events(patience):
            if event["kind"] == "failed":
                seen.append("[the application did not respond]")
            if event["kind"] not in {"message", "edited"}:
                continue
            message = await self._seen(cast("Json", event["message"]))
            if message.author != BOT or message.loading:
                continue
            if wanted in message.text if isinstance(wanted, str) else wanted(message):
                return message
            seen.append(message.text or str([file.name for file in message.files]))
        raise NothingCame(f"{self.key} waited for {wanted!r}; came: {seen}")

    async def wait_modal(self, patience: float = PATIENCE) -> SeenModal:
        """The form that the last act opened.

        Raises:
            NothingCame: when none came.
        """
        async for event in self._events(patience):
            if event["kind"] == "modal":
                return read_modal(cast("Json", event["modal"]))
        raise NothingCame(f"no form came for {self.key}")

    async def wait_failed(self, patience: float = PATIENCE) -> None:
        """Wait for "The application did not respond".

        Raises:
            NothingCame: when it does not come.
        """
        async for event in self._events(patience):
            if event["kind"] == "failed" and event["interaction"] == self._interaction:
                return
        raise NothingCame("the application did respond, or nothing happened")

    async def wait_acknowledged(self, patience: float = PATIENCE) -> None:
        """Wait until the bot took in the last act.

        Raises:
            NothingCame: when it did not.
        """
        async for event in self._events(patience):
            if event["kind"] == "acknowledged" and event["interaction"] == self._interaction:
                return
        raise NothingCame(f"what {self.key} did was not acknowledged")

    async def messages(self) -> list[SeenMessage]:
        """Everything this person sees in the channel now, oldest first."""
        listed = await self.sandbox.ask("discord/messages", person=self.key, channel=self.channel)
        return [await self._seen(shown) for shown in objects(listed["messages"])]

    async def commands(self) -> list[SeenCommand]:
        """The commands this person's picker shows here."""
        listed = await self.sandbox.ask("discord/commands", person=self.key, channel=self.channel)
        return [read_command(shown) for shown in objects(listed["commands"])]

    async def _events(self, patience: float) -> AsyncIterator[Json]:
        """What happens in the channel, from the last act on, until patience ends."""
        seq = self._acted
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience
        while (left := deadline - loop.time()) > 0:
            found = await self.sandbox.ask(
                "discord/events", person=self.key, after=seq, wait=min(left, _ONE_LOOK)
            )
            seq = cast("int", found["seq"])
            for event in objects(found["events"]):
                if event["channel"] == self.channel:
                    yield event

    async def _seen(self, shown: Json) -> SeenMessage:
        files = [await self._file(about) for about in objects(shown["attachments"])]
        return read_message(shown, tuple(files))

    async def _file(self, about: Json) -> SeenFile:
        return read_file(about, await self.sandbox.bytes_at(str(about["url"])))


async def ready(sandbox: SandboxClient, patience: float = PATIENCE) -> None:
    """Wait until a bot listens to Discord's gateway and has registered commands.

    Raises:
        NothingCame: when none does in time.
    """
    try:
        async with asyncio.timeout(patience):
            while not (await sandbox.ask("discord/health", wait=_ONE_LOOK))["bot"]:
                pass
    except TimeoutError:
        raise NothingCame(f"no bot listens to {sandbox.base_url}/gateway") from None


def _field(modal: SeenModal, name: str) -> str:
    if name in modal.fields:
        return name
    for custom_id, label in modal.labels.items():
        if name.casefold() in label.casefold():
            return custom_id
    raise NothingCame(f"the form {modal.title!r} has no field {name!r}: {modal.labels}")
