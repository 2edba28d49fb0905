"""The chat platforms that are switched on: introduced, listened to and spoken through as one."""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Self

from bot.discord import DiscordAdapter
from bot.discord_offers import Offers
from bot.settings import Settings
from bot.telegram import TelegramAdapter
from chat.model import Incoming, Reply
from chat.platform import Chat
from chat.router import Explain, Router
from web.keys import TelegramWebhook

Dispatch = Callable[[Incoming], Awaitable[Reply | None]]

ABOUT = {
    "en": "I draw pictures from words. Buy an hour with UPI or card, and begin.",
    "hi": "मैं शब्दों से तस्वीरें बनाता हूँ। UPI या कार्ड से एक घंटा ख़रीदें और शुरू करें।",
}


@dataclass(frozen=True, slots=True)
class Platforms:
    """The open adapters."""

    settings: Settings
    telegram: TelegramAdapter | None
    discord: DiscordAdapter | None

    @classmethod
    async def open(
        cls,
        settings: Settings,
        explain: Explain,
        clock: Callable[[], float],
        opened: AsyncExitStack,
    ) -> Self:
        """Open what the settings switch on; `opened` closes it."""
        telegram = discord = None
        if settings.telegram.enabled:
            token = settings.telegram.token.get_secret_value()
            telegram = TelegramAdapter(token, settings.telegram.api_base_url)
            await opened.enter_async_context(telegram)
        if settings.discord.enabled:
            discord = DiscordAdapter(
                settings.discord.token.get_secret_value(),
                settings.discord.api_base_url,
                settings.discord.gateway_url,
                explain=explain,
                clock=clock,
            )
            await opened.enter_async_context(discord)
        return cls(settings, telegram, discord)

    @property
    def chats(self) -> dict[str, Chat]:
        """The ways to speak, by platform."""
        adapters: list[Chat | None] = [self.telegram, self.discord]
        return {adapter.platform: adapter for adapter in adapters if adapter}

    def introduce(self, router: Router) -> None:
        """Tell each platform what people can ask for, and who helps them to write it."""
        if self.telegram:
            admins = self.settings.admins_of(self.telegram.platform)
            self.telegram.introduce(router.commands, admins, ABOUT)
        if self.discord:
            offers = Offers(router.commands, router.suggest, router.menu_items, router.opens_form)
            self.discord.introduce(offers)

    def listeners(self, dispatch: Dispatch) -> list[Coroutine[Any, Any, None]]:
        """What hears the platforms, each for as long as it is run."""
        listening: list[Coroutine[Any, Any, None]] = []
        if self.telegram:
            listening.append(self._listen_to_telegram(self.telegram, dispatch))
        if self.discord:
            listening.append(self.discord.run(dispatch))
        return listening

    def webhook(self, dispatch: Dispatch) -> TelegramWebhook | None:
        """Where Telegram's updates go in webhook mode."""
        telegram = self.telegram
        if telegram is None or self.settings.telegram.mode != "webhook":
            return None
        secret = self.settings.telegram.webhook_secret
        return TelegramWebhook(secret, lambda raw: telegram.handle(raw, dispatch))

    async def _listen_to_telegram(self, telegram: TelegramAdapter, dispatch: Dispatch) -> None:
        if self.settings.telegram.mode == "polling":
            await telegram.run(dispatch)
        await telegram.setup()
        url = f"{self.settings.web.public_url.rstrip('/')}/webhooks/telegram"
        secret = self.settings.telegram.webhook_secret.get_secret_value()
        await telegram.set_webhook(url, secret)
