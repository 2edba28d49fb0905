"""The Discord adapter: acknowledges at once what people do, and says what the bot answers.

Whoever asked sees "thinking…" until the answer takes its place, which a durable card may do minutes
later and after a restart: bot.discord_address says how. The library keeps Discord's own addresses
for the whole process, so one process speaks to one Discord.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import NoReturn, Self

from aiohttp import ClientError
from discord import HTTPException, Interaction, InteractionType, Message

from bot.discord_address import PLATFORM, in_private, person_chat
from bot.discord_commands import suggestions
from bot.discord_gateway import Gateway, Heard, Sleep, redirect
from bot.discord_interactions import data_of, is_home, may_answer, to_call, to_press, to_words
from bot.discord_sending import edit, send
from bot.pacing import PATIENCE_S, Pacing
from bot.replying import say_or_give_up
from chat.commands import Command
from chat.errors import CannotAnswerHereError, MessageGoneError
from chat.model import Address, Incoming, Reply
from chat.router import Explain

Dispatch = Callable[[Incoming], Awaitable[Reply | None]]

_ACKNOWLEDGE_S = 3.0
"""Discord forgets an interaction that is not acknowledged in this time."""

log = logging.getLogger(__name__)


class DiscordAdapter:
    """One bot on Discord (implements chat.model.Chat); `async with` closes its connections."""

    platform = PLATFORM

    def __init__(
        self,
        token: str,
        api_base_url: str,
        gateway_url: str,
        *,
        explain: Explain,
        clock: Callable[[], float],
        pacing: Pacing | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        # Their warnings tell the URLs of slowed requests, which hold the interactions' tokens.
        for name in ("discord.http", "discord.webhook.async_"):
            logging.getLogger(name).setLevel(logging.ERROR)
        redirect(api_base_url, gateway_url)
        self._gateway = Gateway(token, sleep=sleep)
        self._explain = explain
        self._now = clock
        self._pacing = pacing or Pacing()
        self._sleep = sleep
        self._commands: dict[str, Command] = {}

    async def __aenter__(self) -> Self:
        await self._pacing.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self._pacing.__aexit__(kind, error, traceback)
        finally:
            await self._gateway.close()

    async def run(self, dispatch: Dispatch) -> NoReturn:
        """Hear what people do and answer, until cancelled.

        Raises:
            TokenRejectedError: Discord does not know the token.
        """
        try:
            async with asyncio.TaskGroup() as tasks:

                def hear(heard: Heard) -> None:
                    tasks.create_task(self._handle(dispatch, heard))

                await self._gateway.run(tuple(self._commands.values()), hear)
        except ExceptionGroup as group:  # of one: only the connection raises
            raise group.exceptions[0] from None

    def introduce(self, commands: Sequence[Command]) -> None:
        """Say which slash commands `run` publishes."""
        self._commands = {command.name: command for command in commands}

    def home(self, user_id: str) -> Address:
        """See chat.model.Chat."""
        return Address(PLATFORM, person_chat(user_id), private=True)

    async def send(self, address: Address, reply: Reply) -> str:
        """See chat.model.Chat."""
        return await send(self._gateway.http, address, reply, self._now())

    async def edit(self, address: Address, reply: Reply) -> None:
        """See chat.model.Chat; what the message shows now is final, later progress is dropped."""
        await self._pacing.send(
            _lane(address),
            partial(self._edit, address, reply),
            is_group=False,
            edits=address.message,
            is_final=True,
            patience_s=PATIENCE_S,
        )

    async def show_progress(self, address: Address, reply: Reply) -> None:
        """See chat.model.Chat."""
        if address.message is not None:
            call = partial(self._edit, address, reply)
            self._pacing.progress(_lane(address), address.message, call, is_group=False)

    async def _edit(self, address: Address, reply: Reply) -> None:
        await edit(self._gateway.http, address, reply, self._now())

    async def _handle(self, dispatch: Dispatch, heard: Heard) -> None:
        try:
            if isinstance(heard, Message):
                await self._answer_words(dispatch, heard)
            else:
                await self._answer(dispatch, heard)
        except Exception:  # the boundary of one event: a poisonous one must not stop the bot
            log.exception("event %d could not be answered", heard.id)

    async def _answer(self, dispatch: Dispatch, interaction: Interaction) -> None:
        match interaction.type:
            case InteractionType.application_command:
                await self._answer_call(dispatch, interaction)
            case InteractionType.component:
                if await _acknowledged(interaction, is_hidden=False):
                    press = to_press(interaction, self._now())
                    await self._reply(press, await dispatch(press))
            case InteractionType.autocomplete:
                await self._suggest(interaction)
            case _:
                log.debug("an interaction of type %s is left alone", interaction.type)

    async def _answer_call(self, dispatch: Dispatch, interaction: Interaction) -> None:
        command = self._commands.get(data_of(interaction)["name"])
        is_private = command is not None and command.is_private
        is_refused = not is_private and not may_answer(interaction)
        is_hidden = (is_private or is_refused) and not is_home(interaction)
        if not await _acknowledged(interaction, is_hidden=is_hidden):
            return
        call = to_call(interaction, is_hidden=is_hidden, now=self._now())
        if is_refused:
            await self._reply(call, self._explain(CannotAnswerHereError(), call))
        else:
            await self._reply(call, await dispatch(call))

    async def _answer_words(self, dispatch: Dispatch, message: Message) -> None:
        words = to_words(message)
        if words is not None:
            await self._reply(words, await dispatch(words))

    async def _suggest(self, interaction: Interaction) -> None:
        data = data_of(interaction)
        command = self._commands.get(data["name"])
        choices = suggestions(command, data) if command else []
        try:
            async with asyncio.timeout(_ACKNOWLEDGE_S):
                await interaction.response.autocomplete(choices)
        except (HTTPException, ClientError, OSError, TimeoutError) as error:
            log.debug("no suggestions were shown: %s", error)

    async def _reply(self, incoming: Incoming, reply: Reply | None) -> None:
        if reply is not None:
            await say_or_give_up(partial(self._say, incoming, reply), self._sleep)

    async def _say(self, incoming: Incoming, reply: Reply) -> None:
        address = incoming.address
        if reply.toast:
            await self.send(in_private(address, incoming.user.id), reply)
            return
        if reply.edit and address.message is not None:
            try:
                await self._edit(address, reply)
            except MessageGoneError:
                log.debug("a message to edit is gone; a new one takes its place")
            else:
                return
        await self.send(replace(address, message=None), reply)


async def _acknowledged(interaction: Interaction, *, is_hidden: bool) -> bool:
    """Tell Discord that an answer comes; what cannot be acknowledged must not be begun.

    Too late, or acknowledged by another process: nobody would see the answer here.
    """
    is_command = interaction.type is InteractionType.application_command
    try:
        async with asyncio.timeout(_ACKNOWLEDGE_S):
            await interaction.response.defer(ephemeral=is_hidden, thinking=is_command)
    except (HTTPException, ClientError, OSError, TimeoutError) as error:
        log.warning("interaction %d is not answered: %s", interaction.id, error)
        return False
    return True


def _lane(address: Address) -> str:
    """Discord's pace counts per interaction while there is one."""
    return address.token or address.chat
