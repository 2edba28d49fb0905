"""The library's bot, and the two connection pools behind it: one for polls, one for all else."""

import logging

from telegram import Bot
from telegram.request import HTTPXRequest


def connect(token: str, api_base_url: str) -> tuple[Bot, tuple[HTTPXRequest, HTTPXRequest]]:
    """A bot that opens its connections when it first speaks; who closes the pools closes them."""
    # The HTTP client tells each request's URL, which holds the token.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    polls = HTTPXRequest(connection_pool_size=2, read_timeout=10)
    calls = HTTPXRequest(connection_pool_size=64, read_timeout=20, media_write_timeout=60)
    base_url = api_base_url.rstrip("/")
    bot = Bot(
        token,
        base_url=f"{base_url}/bot",
        base_file_url=f"{base_url}/file/bot",
        get_updates_request=polls,
        request=calls,
    )
    return bot, (polls, calls)
