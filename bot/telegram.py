"""The Telegram adapter: hears what people do, says what the bot answers, at Telegram's pace."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import NoReturn, Self
from weakref import WeakValueDictionary

from telegram import Update, User

from bot.pacing import PATIENCE_S, Pacing
from bot.replying import REPLY_PATIENCE_S, say_or_give_up
from bot.telegram_answers import answer_checkout, answer_press
from bot.telegram_connection import connect
from bot.telegram_errors import fetched
from bot.telegram_forms import asking
from bot.telegram_menu import publish
from bot.telegram_polling import Polling, Sleep, persistently
from bot.telegram_sending import edit, send
from bot.telegram_stars import TelegramStars
from bot.telegram_updates import KINDS, PLATFORM, deep_link, read_update, to_incoming
from chat.commands import Command, Words
from chat.errors import MessageGoneError, UnreachableError
from chat.model import (
    Address,
    Button,
    ButtonPress,
    Checkout,
    CommandCall,
    Incoming,
    PictureRef,
    Reply,
)
from chat.text import text

Dispatch = Callable[[Incoming], Awaitable[Reply | None]]

log = logging.getLogger(__name__)


class TelegramAdapter:
    """One bot on Telegram (implements chat.platform.Chat); `async with` closes its connections."""

    platform = PLATFORM

    def __init__(
        self,
        token: str,
        api_base_url: str,
        *,
        pacing: Pacing | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._bot, self._requests = connect(token, api_base_url)
        self._pacing = pacing or Pacing()
        self._sleep = sleep
        self._me: User | None = None
        self._commands: Sequence[Command] = ()
        self._admins: Sequence[str] = ()
        self._about: Words = {}
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        """One lock per chat with an update in hand: its updates are handled in their order."""

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
            for request in self._requests:
                await request.shutdown()

    async def run(self, dispatch: Dispatch) -> NoReturn:
        """Poll for updates and answer them, until cancelled.

        Raises:
            TokenRejectedError: Telegram does not know the token.
        """
        await self.setup()
        await persistently(self._bot.delete_webhook, self._sleep)  # else polls are refused
        await Polling(self._bot, partial(self._handle, dispatch), sleep=self._sleep).run()

    def introduce(
        self, commands: Sequence[Command], admins: Sequence[str] = (), about: Words | None = None
    ) -> None:
        """Say what `setup` publishes; `admins` are Telegram ids, `about` the profile's line."""
        self._commands, self._admins, self._about = commands, admins, about or {}

    async def setup(self) -> None:
        """Learn who the bot is, however long Telegram takes to answer, and publish its menus.

        Raises:
            TokenRejectedError: Telegram does not know the token.
        """
        await self._who()
        await publish(self._bot, self._commands, self._admins, self._about)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Ask for updates to be posted to `url`, each with the header that proves the secret.

        Raises:
            TokenRejectedError: Telegram does not know the token.
        """
        call = partial(self._bot.set_webhook, url, secret_token=secret, allowed_updates=KINDS)
        await persistently(call, self._sleep)

    async def handle(self, raw_update: bytes, dispatch: Dispatch) -> None:
        """Answer one update that Telegram posted; it is confirmed when this returns.

        Raises:
            ValueError: This is no update.
        """
        await self._handle(dispatch, read_update(raw_update, self._bot))

    def home(self, user_id: str) -> Address:
        """See chat.platform.Chat."""
        return Address(PLATFORM, user_id, private=True)

    def aside(self, address: Address, user_id: str) -> Address:  # noqa: ARG002 - always in private
        """See chat.platform.Chat."""
        return self.home(user_id)

    def deep_link(self, payload: str) -> str | None:
        """See chat.platform.Chat; not before `setup`."""
        return deep_link(self._me, payload) if self._me else None

    @property
    def cashier(self) -> TelegramStars:
        """See chat.platform.Chat."""
        return TelegramStars(self._bot)

    async def send(self, address: Address, reply: Reply) -> str:
        """See chat.platform.Chat; a short flood is waited out."""
        return await self._send(address, reply, PATIENCE_S)

    async def edit(self, address: Address, reply: Reply) -> None:
        """See chat.platform.Chat."""
        await self._edit(address, reply, PATIENCE_S, is_final=not reply.is_live)

    async def fetch(self, picture: PictureRef) -> bytes:
        """See chat.platform.Chat."""
        with fetched():
            file = await self._bot.get_file(picture.file)
            return bytes(await file.download_as_bytearray())

    async def show_progress(self, address: Address, reply: Reply) -> None:
        """See chat.platform.Chat."""
        if address.message is not None:
            call = partial(edit, self._bot, address, reply)
            self._pacing.progress(address.chat, address.message, call, is_group=not address.private)

    async def _handle(self, dispatch: Dispatch, update: Update) -> None:
        # What is about to be paid waits for nothing else.
        turns_of = update.effective_chat.id if update.effective_chat else update.update_id
        turn = self._turns.setdefault(turns_of, asyncio.Lock())
        async with turn:
            try:
                await self._answer(dispatch, update)
            except Exception:  # the boundary of one update: a poisonous one must not stop the bot
                log.exception("update %d could not be answered", update.update_id)

    async def _answer(self, dispatch: Dispatch, update: Update) -> None:
        incoming = to_incoming(update, await self._who())
        if isinstance(incoming, Checkout) and update.pre_checkout_query is not None:
            refusal = await dispatch(incoming)
            await answer_checkout(self._bot, update.pre_checkout_query, refusal)
            return
        reply: Reply | None = None
        try:
            if incoming is not None:
                reply = await dispatch(incoming)
        finally:
            if update.callback_query is not None:
                await answer_press(update.callback_query, reply)
        is_said = reply is None or (reply.toast and isinstance(incoming, ButtonPress))
        if incoming is not None and reply is not None and not is_said:
            await self._reply(incoming, reply)

    async def _reply(self, incoming: Incoming, reply: Reply) -> None:
        await say_or_give_up(partial(self._say, incoming, reply), self._sleep)

    async def _say(self, incoming: Incoming, reply: Reply) -> None:
        address = incoming.address
        if reply.form is not None:
            me, is_group = await self._who(), not address.private
            reply = asking(reply.form, reply, incoming.user, me, is_group=is_group)
            address = replace(address, message=None, reply_to=address.message)
        if reply.private and not address.private:
            await self._whisper(incoming, reply)
            return
        if reply.edit and address.message is not None:
            try:
                await self._edit(address, reply, REPLY_PATIENCE_S, is_final=False)
            except MessageGoneError:
                log.debug("a message to edit is gone; a new one takes its place")
            else:
                return
        await self._send(address, reply, REPLY_PATIENCE_S)

    async def _whisper(self, incoming: Incoming, reply: Reply) -> None:
        """Answer in private what was asked in a group; who never wrote to the bot gets a way."""
        home = self.home(incoming.user.id)
        try:
            await self._send(home, reply, REPLY_PATIENCE_S)
        except UnreachableError:
            me = await self._who()
            command = incoming.name if isinstance(incoming, CommandCall) else ""
            button = Button(f"@{me.username}", url=deep_link(me, command))
            address = replace(incoming.address, message=None)
            await self._send(address, Reply(text("🔒"), ((button,),)), REPLY_PATIENCE_S)

    async def _send(self, address: Address, reply: Reply, patience_s: float) -> str:
        return await self._pacing.send(
            address.chat,
            partial(send, self._bot, address, reply),
            is_group=not address.private,
            patience_s=patience_s,
        )

    async def _edit(
        self, address: Address, reply: Reply, patience_s: float, *, is_final: bool
    ) -> None:
        await self._pacing.send(
            address.chat,
            partial(edit, self._bot, address, reply),
            is_group=not address.private,
            edits=address.message,
            is_final=is_final,
            patience_s=patience_s,
        )

    async def _who(self) -> User:
        if self._me is None:
            self._me = await persistently(self._bot.get_me, self._sleep)
        return self._me
