"""The payment link as a picture, for people at a desktop whose UPI app is on their phone."""

import asyncio
import io

import segno

from billing.errors import NotPayableError
from chat.model import ButtonPress, Media, Reply
from handlers.people import speaker
from handlers.services import Services
from handlers.texts import texts
from store.database import Transaction

ERRORS = "M"
"""Up to 15 % of the picture may be unreadable: a screen has glare, but no dirt."""
QUIET_MODULES = 4
"""The white border that ISO/IEC 18004 asks for."""
MODULE_PIXELS = 8


async def show_qr(services: Services, press: ButtonPress, order_id: str) -> Reply:
    """Send the link of an order as a picture, for as long as it can be paid.

    Raises:
        UnknownOrderError: It is not this person's.
        NotPayableError: Its link is not there yet, or cannot be paid any more.
    """

    async def decide(tx: Transaction) -> tuple[str, int]:
        user = await speaker(tx, press, services.clock())
        state = await services.orders.own(tx, order_id, user.id)
        attempt = state.attempt
        if state.order.status != "open" or attempt is None or attempt.url is None:
            raise NotPayableError(order_id)
        if attempt.expires_at <= services.clock():
            raise NotPayableError(order_id)
        return attempt.url, attempt.expires_at

    url, until = await services.database.write(decide)
    words = texts(press.user.language)
    data, side = await asyncio.to_thread(picture, url)
    media = Media("photo", f"{order_id}.png", data, side, side, alt=words.qr_alt)
    return Reply(words.qr(until), media=media, private=True)


def picture(url: str) -> tuple[bytes, int]:
    """A QR code as PNG, and how many pixels its sides have."""
    code = segno.make_qr(url, error=ERRORS)
    file = io.BytesIO()
    code.save(file, kind="png", scale=MODULE_PIXELS, border=QUIET_MODULES)
    side, _ = code.symbol_size(scale=MODULE_PIXELS, border=QUIET_MODULES)
    return file.getvalue(), int(side)
