"""The first answer to an interaction: within three seconds, and only once."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import ClientError
from discord import HTTPException, Interaction, InteractionType
from discord.app_commands import Choice
from discord.http import HTTPClient, Route

from chat.commands import Value
from chat.model import Form

ACKNOWLEDGE_S = 3.0
"""Discord forgets an interaction that is not acknowledged in this time."""

_MODAL = 9
_LABEL, _TEXT_INPUT, _PARAGRAPH = 18, 4, 2
_TITLE_MAX = 45
_INPUT_MAX = 4000

_LOST = (HTTPException, ClientError, OSError, TimeoutError)

log = logging.getLogger(__name__)


async def acknowledged(interaction: Interaction, *, is_hidden: bool) -> bool:
    """Tell Discord that an answer comes; what cannot be acknowledged must not be begun.

    Too late, or acknowledged by another process: nobody would see the answer here.
    """
    is_awaited = interaction.type is not InteractionType.component and interaction.message is None
    try:
        async with asyncio.timeout(ACKNOWLEDGE_S):
            await interaction.response.defer(ephemeral=is_hidden, thinking=is_awaited)
    except _LOST as error:
        log.warning("interaction %d is not answered: %s", interaction.id, error)
        return False
    return True


async def offer(interaction: Interaction, choices: Sequence[Choice[Value]]) -> None:
    """Show what fits an option that is being typed; what comes too late is not missed."""
    try:
        async with asyncio.timeout(ACKNOWLEDGE_S):
            await interaction.response.autocomplete(choices)
    except _LOST as error:
        log.debug("no suggestions were shown: %s", error)


async def show_form(http: HTTPClient, interaction: Interaction, form: Form) -> None:
    """Open a form; who sees "did not respond" instead has lost nothing and tries again.

    The library's own modals are forgotten in a restart, so this is the bare call.
    """
    route = Route(
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        interaction_id=interaction.id,
        interaction_token=interaction.token,
    )
    try:
        async with asyncio.timeout(ACKNOWLEDGE_S):
            await http.request(route, json={"type": _MODAL, "data": modal(form)})
    except _LOST as error:
        log.warning("the form of interaction %d is not shown: %s", interaction.id, error)


def modal(form: Form) -> dict[str, Any]:
    """A form as Discord wants it."""
    length = min(form.length_max, _INPUT_MAX)
    field = {
        "type": _TEXT_INPUT,
        "custom_id": "words",
        "style": _PARAGRAPH,
        "value": form.value[:length],
        "max_length": length,
    }
    return {
        "custom_id": form.id,
        "title": form.title[:_TITLE_MAX],
        "components": [{"type": _LABEL, "label": form.label[:_TITLE_MAX], "component": field}],
    }


def words_of(data: Mapping[str, Any]) -> str:
    """What somebody wrote into a form."""
    label = data["components"][0]
    return str(label["component"]["value"])
