"""The Discord adapter: acknowledges at once what people do, and says what the bot answers.

Whoever asked sees "thinking…" until the answer takes its place, which a durable card may do minutes
later and after a restart: bot.discord_address says how. The library keeps Discord's own addresses
for the whole process, so one process speaks to one Discord.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import NoReturn, Self

from discord import Interaction, InteractionType, Message

from bot.discord_address import PLATFORM, below, in_private, person_chat
from bot.discord_answering import acknowledged, show_form
from bot.discord_gateway import Gateway, Heard, Sleep, redirect
from bot.discord_interactions import to_words
from bot.discord_offers import Offers
from bot.discord_sending import edit, fetch, send
from bot.pacing import PATIENCE_S, Pacing
from bot.replying import say_or_give_up
from chat.errors import CannotAnswerHereError, MessageGoneError
from chat.model import Address, Incoming, PictureRef, Reply
from chat.router import Explain

Dispatch = Callable[[Incoming], Awaitable[Reply | None]]

log = logging.getLogger(__name__)


class DiscordAdapter:
    """One bot on Discord (implements chat.platform.Chat); `async with` closes its connections."""

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
        self._offers = Offers()

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

                await self._gateway.run(self._offers.declarations(), hear)
        except ExceptionGroup as group:  # of one: only the connection raises
            raise group.exceptions[0] from None

    def introduce(self, offers: Offers) -> None:
        """Say what `run` publishes and understands."""
        self._offers = offers

    def home(self, user_id: str) -> Address:
        """See chat.platform.Chat."""
        return Address(PLATFORM, person_chat(user_id), private=True)

    def aside(self, address: Address, user_id: str) -> Address:
        """See chat.platform.Chat."""
        return below(in_private(replace(address, message=None, reply_to=None), user_id))

    cashier = None
    """See chat.platform.Chat."""

    def deep_link(self, payload: str) -> str | None:
        """See chat.platform.Chat; Discord has none."""

    async def send(self, address: Address, reply: Reply) -> str:
        """See chat.platform.Chat."""
        return await send(self._gateway.http, address, reply, self._now())

    async def edit(self, address: Address, reply: Reply) -> None:
        """See chat.platform.Chat."""
        await self._pacing.send(
            _lane(address),
            partial(self._edit, address, reply),
            is_group=False,
            edits=address.message,
            is_final=not reply.is_live,
            patience_s=PATIENCE_S,
        )

    async def fetch(self, picture: PictureRef) -> bytes:
        """See chat.platform.Chat."""
        return await fetch(self._gateway.http, picture.file)

    async def show_progress(self, address: Address, reply: Reply) -> None:
        """See chat.platform.Chat."""
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
        """Acknowledge, then answer. A form must come first: what opens one begins nothing."""
        if interaction.type is InteractionType.autocomplete:
            await self._offers.suggest(interaction)
            return
        asked = self._offers.read(interaction, self._now())
        if asked is None:
            log.debug("an interaction of type %s is left alone", interaction.type)
            return
        dispatch = self._refuse if asked.is_refused else dispatch
        reply = await dispatch(asked.incoming) if asked.opens_form else None
        if reply is not None and reply.form is not None:
            await show_form(self._gateway.http, interaction, reply.form)
        elif await acknowledged(interaction, is_hidden=asked.is_hidden):
            reply = reply if asked.opens_form else await dispatch(asked.incoming)
            await self._reply(asked.incoming, reply)

    async def _refuse(self, incoming: Incoming) -> Reply:
        return self._explain(CannotAnswerHereError(), incoming)

    async def _answer_words(self, dispatch: Dispatch, message: Message) -> None:
        words = to_words(message)
        if words is not None:
            await self._reply(words, await dispatch(words))

    async def _reply(self, incoming: Incoming, reply: Reply | None) -> None:
        if reply is not None:
            await say_or_give_up(partial(self._say, incoming, reply), self._sleep)

    async def _say(self, incoming: Incoming, reply: Reply) -> None:
        address = incoming.address
        if reply.toast and address.message is not None:
            await self.send(in_private(address, incoming.user.id), reply)
            return
        if reply.toast:  # an answer is awaited, and would be seen by everybody
            reply = replace(reply, toast=False, private=True)
        if reply.edit and address.message is not None:
            try:
                await self._edit(address, reply)
            except MessageGoneError:
                log.debug("a message to edit is gone; a new one takes its place")
            else:
                return
        await self.send(replace(address, message=None), reply)


def _lane(address: Address) -> str:
    """Discord's pace counts per interaction while there is one."""
    return address.token or address.chat
