"""Coupons in an admin's hand: made and stopped after a confirmation, listed with their uses."""

import re
from datetime import date, datetime, time, timedelta

from billing.coupons import CODE, Coupon, spelt
from billing.hours_settings import IST
from chat.commands import Command, Option
from chat.errors import BadValueError, NotUnderstoodError
from chat.model import ButtonPress, CommandCall, Reply
from chat.parsing import parse
from chat.text import Text, lines
from handlers.asking import UnknownTargetError, ask
from handlers.coupons import amount_off
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from handlers.texts.numbers import date_time
from store import coupons as rows
from store import users
from store.confirmations import Confirmation
from store.database import Transaction

LISTED_MAX = 20
USES_LIMIT = 1_000_000
STOP = "stop"
_OFF = re.compile(r"(?P<percent>[1-9]\d?)%|₹?(?P<rupees>[1-9]\d{0,4})")


_NAMED = re.compile(r"(?<!\S)(uses|each|until|plans)(?=\s)")
"""Options without dashes: with them they would be options of /admin itself."""


class CouponExistsError(NotUnderstoodError):
    """There is, or was, a coupon of this code: its terms never change."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def ask_coupon(services: Services, call: CommandCall, target: str, details: str) -> Reply:
    """Ask an admin whether to make a coupon, `20% uses 100`, or to end one: `stop`."""
    code = spelt(target)
    if details.strip().casefold() == STOP:
        return await _ask_stop(services, call, code)
    if CODE.fullmatch(code) is None:
        raise BadValueError("target", target, ("A–Z 0–9, 3–20",))
    made = _read(services, code, details)
    words = texts(call.user.language)

    async def decide(tx: Transaction) -> Reply:
        if await rows.get(tx, code):
            raise CouponExistsError(code)
        buttons = await ask(services, tx, call, "coupon", code, _terms(made))
        return Reply(words.admin_ask_coupon(code, _shown(made, words)), buttons, private=True)

    return await services.database.write(decide)


async def list_coupons(services: Services, call: CommandCall, _target: str, _: str) -> Reply:
    """The newest coupons, and how often each was paid with."""
    words, now = texts(call.user.language), services.clock()

    async def decide(tx: Transaction) -> list[Text]:
        await users.audit(tx, now, call.user.tag, "list coupons", "")
        return [
            words.admin_coupon_line(
                coupon.code,
                _shown(coupon, words),
                await rows.paid_uses(tx, coupon.code),
                is_over=coupon.stopped_at is not None or (coupon.ends_at or now + 1) <= now,
            )
            for coupon in await rows.newest(tx, LISTED_MAX)
        ]

    listed = await services.database.write(decide)
    return Reply(lines(listed or [words.admin_nothing()]), private=True)


async def make(
    services: Services, tx: Transaction, press: ButtonPress, asked: Confirmation
) -> Reply:
    """Make the coupon that was asked about."""
    now, words = services.clock(), texts(press.user.language)
    coupon = Coupon(code=asked.subject, created_at=now, **asked.detail)
    if await rows.get(tx, coupon.code):
        raise CouponExistsError(coupon.code)
    await rows.add(tx, coupon)
    await users.audit(tx, now, asked.admin, "coupon", coupon.code, terms=_shown(coupon, words))
    return Reply(words.admin_coupon_made(coupon.code), edit=True, private=True)


async def stop(
    services: Services, tx: Transaction, press: ButtonPress, asked: Confirmation
) -> Reply:
    """End the coupon that was asked about; orders that have it keep their price."""
    now = services.clock()
    if await rows.stop(tx, asked.subject, now):
        paid = await rows.paid_uses(tx, asked.subject)
        await users.audit(tx, now, asked.admin, "stop coupon", asked.subject, paid=paid)
    said = texts(press.user.language).admin_coupon_stopped(asked.subject)
    return Reply(said, edit=True, private=True)


async def _ask_stop(services: Services, call: CommandCall, code: str) -> Reply:
    async def decide(tx: Transaction) -> Reply:
        if await rows.get(tx, code) is None:
            raise UnknownTargetError(code)
        buttons = await ask(services, tx, call, "stop_coupon", code, {})
        said = texts(call.user.language).admin_ask_stop_coupon(code)
        return Reply(said, buttons, private=True)

    return await services.database.write(decide)


def _read(services: Services, code: str, details: str) -> Coupon:
    given = parse(_declaration(), _NAMED.sub(r"--\1", details))
    off, until = str(given["off"]), str(given.get("until", ""))
    worth = _OFF.fullmatch(off)
    if worth is None:
        raise BadValueError("off", off, ("20%", "₹50"))
    plans = [plan for plan in str(given.get("plans", "")).split(",") if plan]
    uses = given.get("uses")
    return Coupon(
        code=code,
        percent=int(worth["percent"]) if worth["percent"] else None,
        paise_off=int(worth["rupees"]) * 100 if worth["rupees"] else None,
        plans=[services.plans.get(plan.strip()).id for plan in plans],
        uses_max=None if uses is None else int(uses),
        uses_each=int(given.get("each", 1)),
        ends_at=_end_of(until, services.clock()) if until else None,
        created_at=0,
    )


def _end_of(day: str, now: int) -> int:
    """The end of a day in India."""
    tomorrow = datetime.fromtimestamp(now, IST).date() + timedelta(days=1)
    try:
        after = date.fromisoformat(day) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadValueError("until", day, (tomorrow.isoformat(),)) from None
    end = int(datetime.combine(after, time(), IST).timestamp())
    if end <= now:
        raise BadValueError("until", day, (f"≥ {tomorrow.isoformat()}",))
    return end


def _terms(coupon: Coupon) -> dict[str, object]:
    """The terms as they wait for the admin's word."""
    return {
        "percent": coupon.percent,
        "paise_off": coupon.paise_off,
        "plans": list(coupon.plans),
        "uses_max": coupon.uses_max,
        "uses_each": coupon.uses_each,
        "ends_at": coupon.ends_at,
    }


def _shown(coupon: Coupon, words: English) -> str:
    until = date_time(coupon.ends_at - 1) if coupon.ends_at else ""
    plans = ", ".join(coupon.plans)
    return words.coupon_terms(amount_off(coupon), plans, coupon.uses_max, coupon.uses_each, until)


def _declaration() -> Command:
    return Command(
        "admin coupon",
        {"en": "Make a coupon"},
        (
            Option("off", {"en": "20% or ₹50"}, required=True),
            _count("uses", "By all people"),
            _count("each", "By one person"),
            Option("until", {"en": "The last day"}),
            Option("plans", {"en": "For which"}),
        ),
    )


def _count(name: str, about: str) -> Option:
    return Option(name, {"en": about}, kind="integer", minimum=1, maximum=USES_LIMIT)
