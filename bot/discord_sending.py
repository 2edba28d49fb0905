"""Puts a reply into Discord's calls: the ways to a person are tried from the nearest to the last.

The interaction's own answer needs no permission and is tried first; then a message in the channel
by the bot's token; then the person's private chat. See bot.discord_address.
"""

import asyncio
import hashlib
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast

from discord import File, HTTPException
from discord.http import HTTPClient, Route

from bot.discord_address import Ticket, in_private, is_person_chat, live_ticket, person
from bot.discord_errors import is_way_closed, translated
from bot.discord_render import EPHEMERAL, file_name, payload
from chat.errors import MessageGoneError, PictureGoneError, RefusedError, UnreachableError
from chat.model import Address, Media, Reply

Way = Callable[[], Awaitable[str]]
"""A call that shows the reply and returns the message's id."""

_CALL_S = 60.0
_ORIGINAL = "@original"
_NONCE_BYTES = 12  # 24 hex digits; Discord takes 25 characters


async def send(http: HTTPClient, address: Address, reply: Reply, now: float) -> str:
    """Send a new message and return its id; errors as in `translated`.

    Filling in a command's awaited answer again changes nothing, and a message by the bot's token
    is not repeated within minutes: Discord compares nonces.
    """
    async with _bounded():
        for way in _ways(http, address, reply, now):
            try:
                return await way()
            except HTTPException as error:
                if not is_way_closed(error):
                    raise
    raise UnreachableError("every way to the person is closed")


async def edit(http: HTTPClient, address: Address, reply: Reply, now: float) -> None:
    """Put a reply in the place of `address.message`; once more changes nothing.

    Raises:
        MessageGoneError: It cannot be edited any more: deleted, or ephemeral and out of time.
    """
    message = payload(reply, person(address))
    if reply.is_bare and not reply.all_media:
        message["attachments"] = []  # those that are not named go
    async with _bounded():
        for route in _edit_routes(address, now):
            try:
                await _request(http, route, message, reply.all_media)
            except HTTPException as error:
                if not is_way_closed(error):
                    raise
            else:
                return
    raise MessageGoneError("the message cannot be edited any more")


async def fetch(http: HTTPClient, url: str) -> bytes:
    """Fetch a file that Discord told of.

    Raises:
        PictureGoneError: It is not there, or no longer: such addresses run out.
        TryLaterError: No answer came.
    """
    try:
        async with _bounded():
            return await http.get_from_cdn(url)
    except (UnreachableError, RefusedError) as error:
        raise PictureGoneError from error


def _ways(http: HTTPClient, address: Address, reply: Reply, now: float) -> list[Way]:
    user = person(address)
    is_aside = reply.private and not address.private and user is not None
    if is_aside and user is not None:
        address = in_private(address, user)
    ways: list[Way] = []
    if ticket := live_ticket(address, now):
        if not ticket.pressed:
            first = _answer_aside if is_aside else _fill_in
            ways.append(partial(first, http, ticket, reply))
        is_hidden = is_person_chat(address)
        ways.append(partial(_follow_up, http, ticket, reply, is_hidden=is_hidden))
    if not is_person_chat(address):
        ways.append(partial(_post, http, address, address.chat, reply))
    if user is not None:
        ways.append(partial(_whisper, http, address, user, reply))
    return ways


async def _fill_in(http: HTTPClient, ticket: Ticket, reply: Reply) -> str:
    """Put the reply where a command's answer is awaited."""
    route = _webhook_message(ticket, _ORIGINAL)
    return _id(await _request(http, route, payload(reply, ticket.user), reply.all_media))


async def _answer_aside(http: HTTPClient, ticket: Ticket, reply: Reply) -> str:
    """Answer one person where everybody sees "thinking…", which cannot be made private any more."""
    try:
        await http.request(_webhook_message(ticket, _ORIGINAL, "DELETE"))
    except HTTPException as error:
        if not is_way_closed(error):  # else it was taken away before
            raise
    return await _follow_up(http, ticket, reply, is_hidden=True)


async def _follow_up(http: HTTPClient, ticket: Ticket, reply: Reply, *, is_hidden: bool) -> str:
    """Send a message below, by the right of the interaction."""
    route = Route(
        "POST",
        "/webhooks/{webhook_id}/{webhook_token}",
        webhook_id=ticket.application,
        webhook_token=ticket.token,
    )
    message = payload(reply, ticket.user)
    if is_hidden:
        message["flags"] = EPHEMERAL
    params = {"wait": "true", "with_components": "true"}
    return _id(await _request(http, route, message, reply.all_media, params))


async def _post(http: HTTPClient, address: Address, channel: str, reply: Reply) -> str:
    """Send a message to a channel, by the bot's own right."""
    message = payload(reply, person(address))
    message |= {"nonce": _nonce(address, reply), "enforce_nonce": True}
    if address.reply_to is not None and channel == address.chat:
        message["message_reference"] = {
            "message_id": address.reply_to,
            "fail_if_not_exists": False,
        }
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
    return _id(await _request(http, route, message, reply.all_media))


async def _whisper(http: HTTPClient, address: Address, user: str, reply: Reply) -> str:
    """Send a message to a person's private chat with the bot."""
    channel = _id(await http.start_private_message(user))
    return f"{channel}/{await _post(http, address, channel, reply)}"


def _edit_routes(address: Address, now: float) -> list[Route]:
    """The ways to the message; none when only an interaction that is over could edit it."""
    assert address.message is not None, "there is a message to edit"
    elsewhere, _, message = address.message.rpartition("/")
    routes: list[Route] = []
    if (ticket := live_ticket(address, now)) and not elsewhere:
        routes.append(_webhook_message(ticket, _ORIGINAL if message == ticket.pressed else message))
    if elsewhere or not is_person_chat(address):
        routes.append(
            Route(
                "PATCH",
                "/channels/{channel_id}/messages/{message_id}",
                channel_id=elsewhere or address.chat,
                message_id=message,
            )
        )
    return routes


def _webhook_message(ticket: Ticket, message: str, method: str = "PATCH") -> Route:
    return Route(
        method,
        "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
        webhook_id=ticket.application,
        webhook_token=ticket.token,
        message_id=message,
    )


async def _request(
    http: HTTPClient,
    route: Route,
    message: Mapping[str, Any],
    pictures: Sequence[Media],
    params: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    if not pictures:
        answer = await http.request(route, json=message, params=params)
    else:
        files = [File(io.BytesIO(picture.data), file_name(picture)) for picture in pictures]
        form: list[dict[str, Any]] = [{"name": "payload_json", "value": json.dumps(message)}]
        form += [
            {
                "name": f"files[{number}]",
                "value": file.fp,
                "filename": file.filename,
                "content_type": "application/octet-stream",
            }
            for number, file in enumerate(files)
        ]
        answer = await http.request(route, files=files, form=form, params=params)
    return cast("Mapping[str, Any]", answer)


@asynccontextmanager
async def _bounded() -> AsyncIterator[None]:
    with translated():
        async with asyncio.timeout(_CALL_S):
            yield


def _nonce(address: Address, reply: Reply) -> str:
    """The same for the same message to the same place."""
    medium = reply.media.name if reply.media else ""
    said = json.dumps([address.to_json(), reply.text.plain, medium])
    return hashlib.blake2s(said.encode(), digest_size=_NONCE_BYTES).hexdigest()


def _id(answer: Mapping[str, Any]) -> str:
    return str(answer["id"])
