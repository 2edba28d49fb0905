"""Delivery: a card is drawn and put where the person sees it; doing it again changes nothing."""

import asyncio
import logging
from dataclasses import replace

from chat.errors import (
    MessageGoneError,
    RefusedError,
    TooLargeError,
    TryLaterError,
    UnreachableError,
)
from chat.model import Address, Reply
from handlers import fitting
from handlers.album import live_request_card, request_card, with_pictures
from handlers.order_card import order_card
from handlers.services import Services
from handlers.texts import texts
from store import cards, jobs, users
from store.cards import DELIVER, Card
from store.database import Transaction
from store.errors import StoreUnavailableError
from store.ids import new_id

log = logging.getLogger(__name__)

LIVE_CARDS_MAX = 50
"""Progress is for the eyes: beyond this many, cards only show that they wait."""
MEDIA_AWAY_S = 10.0
"""How long to wait when the pictures cannot be reached."""


async def deliver(services: Services, card_id: str) -> None:
    """Show the newest state of a card; put off when the platform asks for patience.

    A card has one delivery at a time: two would send two messages, and an old state over a new one.
    """
    async with services.card_turns.setdefault(card_id, asyncio.Lock()):
        await _deliver(services, card_id)


async def _deliver(services: Services, card_id: str) -> None:
    card, reply = await services.database.write(lambda tx: _draw(services, tx, card_id))
    if card.shown >= card.revision:
        return
    try:
        if card.kind == "job":
            reply = await with_pictures(services, card.subject, reply)
        address = await _show_what_fits(services, card, reply)
    except TryLaterError as error:
        await _put_off(services, card, error.seconds)
    except StoreUnavailableError:
        log.exception("a picture cannot be read just now")
        await _put_off(services, card, MEDIA_AWAY_S)
    except UnreachableError:
        log.info("card %s cannot be shown; its person is owed it", card.id)
        await services.database.write(lambda tx: cards.give_up(tx, card.id, card.revision))
    except RefusedError as error:
        log.info("card %s cannot be shown: %s", card.id, type(error).__name__)
    else:
        await services.database.write(
            lambda tx: cards.shown(tx, card.id, card.revision, address.to_json())
        )


async def _draw(services: Services, tx: Transaction, card_id: str) -> tuple[Card, Reply]:
    card = await cards.get(tx, card_id)
    if card.kind == "job":
        return card, await request_card(services, tx, card.subject)
    return card, await order_card(services, tx, card.subject, card.address["platform"])


async def _show_what_fits(services: Services, card: Card, reply: Reply) -> Address:
    """Show a reply; a file that is too large goes as a smaller one, and as a link at last."""
    address = Address.from_json(card.address)
    # Of a job that ended without a picture no preview stays.
    is_bare = card.kind == "job" and not reply.is_live
    async for smaller in fitting.versions(replace(reply, is_bare=is_bare)):
        try:
            return await _show(services, address, smaller)
        except TooLargeError:
            log.info("the file of card %s is too large for its chat", card.id)
    link = services.links.media(card.subject, card.user_id)
    async with services.database.read() as tx:
        words = texts(await users.language_of(tx, card.user_id))
    linked = replace(fitting.linked(reply, link, words), is_bare=is_bare)
    return await _show(services, address, linked)


async def _show(services: Services, address: Address, reply: Reply) -> Address:
    chat = services.chats.get(address.platform)
    if chat is None:
        raise UnreachableError(f"{address.platform} is switched off")
    if address.message is not None:
        try:
            await chat.edit(address, reply)
        except TooLargeError:
            raise
        except (MessageGoneError, RefusedError) as error:
            log.info("a card is sent anew, its message cannot be edited: %r", error)
        else:
            return address
    return replace(address, message=await chat.send(address, reply))


async def _put_off(services: Services, card: Card, seconds: float) -> None:
    key = f"{DELIVER}:{card.id}:{new_id('try', services.clock())}"
    await services.database.write(
        lambda tx: services.work.submit(tx, DELIVER, card.id, key=key, delay_s=seconds)
    )


async def show_progress(services: Services) -> None:
    """Let the cards of live jobs show how far they are, as fast as the platform allows."""
    async with services.database.read() as tx:
        live = await _live_cards(services, tx)
    for address, reply in live:
        if (chat := services.chats.get(address.platform)) is not None:
            await chat.show_progress(address, reply)


async def _live_cards(services: Services, tx: Transaction) -> list[tuple[Address, Reply]]:
    shown: list[tuple[Address, Reply]] = []
    requests = dict.fromkeys(map(jobs.first_of, await jobs.queued(tx)))
    for job_id in list(requests)[:LIVE_CARDS_MAX]:
        card = await cards.of_subject(tx, "job", job_id)
        if card is None or not card.address["message"]:
            continue
        words = texts(await users.language_of(tx, card.user_id))
        try:
            reply = await live_request_card(services, tx, job_id, words)
        except Exception:
            # The boundary between cards: one that cannot be drawn must not stop all others.
            log.exception("the card of job %s cannot show its progress", job_id)
            continue
        shown.append((Address.from_json(card.address), reply))
    return shown
