"""The connection to Discord: kept up through outages, it reports what people do."""

import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NoReturn

from aiohttp import ClientError
from discord import (
    AutoShardedClient,
    ConnectionClosed,
    DiscordException,
    Intents,
    Interaction,
    LoginFailure,
    MemberCacheFlags,
    Message,
    VoiceClient,
)
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route
from yarl import URL

from bot.discord_address import PLATFORM
from bot.discord_commands import publish
from chat.errors import TokenRejectedError, TryLaterError

Heard = Interaction | Message
Declarations = Sequence[Mapping[str, Any]]
"""Commands and menus as Discord wants them."""
Sleep = Callable[[float], Awaitable[None]]

_BACK_OFF_MAX_S = 120.0
"""Discord allows 1000 connections a day and takes away the token of who opens more."""
_RATE_LIMIT_MAX_S = 30.0
"""Longer silences than this are not waited out: the call fails and is put off."""
_NOT_CONNECTED_S = 2.0
_TOKEN_REJECTED = 4004

# Nothing is spoken here: the library need not warn that it could not.
VoiceClient.warn_nacl = VoiceClient.warn_dave = False

log = logging.getLogger(__name__)


def redirect(api_base_url: str, gateway_url: str) -> None:
    """Point the library to another Discord, for the whole process: it keeps the addresses there."""
    if (base := api_base_url.rstrip("/")) != Route.BASE:
        Route.BASE = base
    if gateway_url and URL(gateway_url) != DiscordWebSocket.DEFAULT_GATEWAY:
        DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)


class Gateway:
    """One bot's connection; `run` keeps it, and `close` ends it when `run` is over."""

    def __init__(self, token: str, *, sleep: Sleep) -> None:
        self._token = token
        self._sleep = sleep
        self._client: _Client | None = None

    @property
    def http(self) -> HTTPClient:
        """The library's way to call Discord.

        Raises:
            TryLaterError: There was no connection yet.
        """
        if self._client is None or self._client.user is None:
            raise TryLaterError(_NOT_CONNECTED_S)
        return self._client.http

    async def run(self, commands: Declarations, hear: Callable[[Heard], None]) -> NoReturn:
        """Stay connected until cancelled; calls stay possible until `close`.

        Raises:
            TokenRejectedError: Discord does not know the token.
        """
        try:
            await self._stay_connected(commands, hear)
        finally:
            if self._client is not None:
                self._client.is_listening = False

    async def close(self) -> None:
        """End the connection."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    async def _stay_connected(
        self, commands: Declarations, hear: Callable[[Heard], None]
    ) -> NoReturn:
        failures = 0
        while True:
            self._client = _Client(commands, hear)
            try:
                await self._client.login(self._token)
                await self._client.connect()
            except LoginFailure:
                raise TokenRejectedError(PLATFORM) from None
            except (DiscordException, ClientError, OSError, TimeoutError) as error:
                if isinstance(error, ConnectionClosed) and error.code == _TOKEN_REJECTED:
                    raise TokenRejectedError(PLATFORM) from None
                failures = 1 if self._client.was_ready else failures + 1
                log.warning("discord cannot be reached, failure %d: %s", failures, error)
            await self.close()
            await self._sleep(_back_off_s(failures))


class _Client(AutoShardedClient):
    """Hears interactions, and what people write to the bot in private; nothing privileged."""

    def __init__(self, commands: Declarations, hear: Callable[[Heard], None]) -> None:
        super().__init__(
            intents=Intents(guilds=True, dm_messages=True),
            member_cache_flags=MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=_RATE_LIMIT_MAX_S,
        )
        self._published = commands
        self._hear = hear
        self.is_listening = True
        self.was_ready = False

    async def setup_hook(self) -> None:
        assert self.application_id is not None, "login learns it"
        await publish(self.http, self.application_id, self._published)

    async def on_ready(self) -> None:
        self.was_ready = True

    async def on_interaction(self, interaction: Interaction) -> None:
        if self.is_listening:
            self._hear(interaction)

    async def on_message(self, message: Message) -> None:
        if self.is_listening:
            self._hear(message)


def _back_off_s(failures: int) -> float:
    longest = min(_BACK_OFF_MAX_S, 2.0 ** min(failures, 10))
    return longest * random.uniform(0.5, 1)  # noqa: S311 - spread, not secrecy
