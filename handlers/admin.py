"""/admin: people, orders and money for the operator's eyes; changes are confirmed first."""

from collections.abc import Awaitable, Callable

from billing import invariants
from billing.invariants import INVARIANTS, Breach
from chat.commands import Command, Option, Options
from chat.errors import BadValueError, MissingOptionError
from chat.model import CommandCall, Reply
from chat.text import Text, code, lines, text
from handlers import session
from handlers.admin_coupons import ask_coupon, list_coupons
from handlers.asking import UnknownTargetError, person
from handlers.blocked import list_blocked
from handlers.confirmations import ask_grant, ask_refund
from handlers.dispute import evidence
from handlers.engine_card import look_at_health
from handlers.services import Services
from handlers.suspense import list_suspense, payment_line
from handlers.texts import texts
from handlers.texts.english import English
from handlers.texts.numbers import money
from handlers.wares import priced
from store import gifts, hours, links, orders, payments, users
from store.database import Transaction
from store.orders import Order, OrderStatus
from store.payments import Refund

LISTED_MAX = 10
DETAILS_MAX = 300
STATUSES: dict[str, tuple[OrderStatus, ...]] = {
    "open": ("opening", "open"),
    "paid": ("paid",),
    "review": ("review",),
}


Action = Callable[[Services, CommandCall, str, str], Awaitable[Reply]]


async def admin(services: Services, call: CommandCall, options: Options) -> Reply:
    """Answer /admin; that an admin looked, and at what, is written down."""
    action = options.get("action")
    if action is None:
        return Reply(texts(call.user.language).admin_usage(), private=True)
    target = str(options.get("target", ""))
    if action in NEED_TARGET and not target:
        raise MissingOptionError(f"admin {action}", "target")
    return await ACTIONS[str(action)](services, call, target, str(options.get("details", "")))


async def look_at_user(services: Services, call: CommandCall, target: str, _: str) -> Reply:
    """A person: their names, hours and newest orders."""

    async def decide(tx: Transaction) -> Reply:
        tag, user_id = await person(tx, call, target)
        await _note(services, tx, call, "look at user", tag)
        known_as = await _known_as(tx, user_id)
        wallet = await session.wallet_of(services, tx, user_id, call.user.language)
        bought = await orders.of_user(tx, user_id, LISTED_MAX)
        listed = [await _order_line(tx, order, texts(call.user.language)) for order in bought]
        return Reply(lines([*known_as, "", wallet.text, "", *listed]), private=True)

    return await services.database.write(decide)


async def list_orders(services: Services, call: CommandCall, target: str, _: str) -> Reply:
    """The newest orders of a kind."""
    if target not in STATUSES:
        raise BadValueError("target", target, tuple(STATUSES))
    words = texts(call.user.language)

    async def decide(tx: Transaction) -> list[Text]:
        await _note(services, tx, call, "list orders", target)
        found = await orders.newest(tx, STATUSES[target], LISTED_MAX)
        return [await _order_line(tx, order, words) for order in found]

    listed = await services.database.write(decide)
    return Reply(lines(listed or [words.admin_nothing()]), private=True)


async def look_at_order(services: Services, call: CommandCall, target: str, _: str) -> Reply:
    """An order: its payments, refunds and hours."""
    words = texts(call.user.language)

    async def decide(tx: Transaction) -> Reply:
        order = await orders.get(tx, target)
        if order is None:
            raise UnknownTargetError(target)
        await _note(services, tx, call, "look at order", target)
        shown = [await _order_line(tx, order, words), *await _known_as(tx, order.user_id)]
        if gift := await gifts.of_order(tx, order.id):
            shown.append(text(code("gift"), " · ", code(gift.account or "—")))
        for payment in await payments.of_order(tx, order.id):
            shown.append(payment_line(payment))
            refunds = await payments.refunds_of(tx, payment.id)
            shown += [_refund_line(refund, payment.currency) for refund in refunds]
        bought = await hours.of_order(tx, order.id)
        shown += [text(code(hour.id), " · ", code(hour.status)) for hour in bought]
        return Reply(lines(shown), private=True)

    return await services.database.write(decide)


async def check_invariants(services: Services, call: CommandCall, _target: str, _: str) -> Reply:
    """Look for broken invariants now."""
    async with services.database.read() as tx:
        found = await invariants.check(tx, services.clock())
    return Reply(report(found, texts(call.user.language)), private=True)


def report(found: list[Breach], words: English) -> Text:
    """What the check of the invariants says."""
    if not found:
        return words.admin_sound(len(INVARIANTS))
    listed = [code(str(breach)) for breach in found[:LISTED_MAX]]
    return lines([words.admin_breaches(len(found)), *listed])


ACTIONS: dict[str, Action] = {
    "user": look_at_user,
    "grant": ask_grant,
    "orders": list_orders,
    "order": look_at_order,
    "refund": ask_refund,
    "suspense": list_suspense,
    "dispute": evidence,
    "health": look_at_health,
    "blocked": list_blocked,
    "coupon": ask_coupon,
    "coupons": list_coupons,
    "invariants": check_invariants,
}
NEED_TARGET = ("user", "grant", "orders", "order", "refund", "dispute", "coupon")

ADMIN = Command(
    "admin",
    {"en": "People, orders and money", "hi": "लोग, ऑर्डर और पैसे"},
    (
        Option(
            "action",
            {"en": "What to do", "hi": "क्या करना है"},
            choices=tuple(ACTIONS),
            names={"hi": "काम"},
        ),
        Option(
            "target",
            {
                "en": "A person (telegram:123456), an order, a payment, a kind of orders, a coupon",
                "hi": "व्यक्ति (telegram:123456), ऑर्डर, पेमेंट, किस तरह के ऑर्डर, कूपन",
            },
            names={"hi": "किसका"},
        ),
        Option(
            "details",
            {
                "en": "grant: plan, hours, reason. refund: rupees if not all, reason. coupon: 20%",
                "hi": "grant: प्लान, घंटे, कारण। refund: पूरे न हों तो रुपये, कारण। coupon: 20%",
            },
            is_rest=True,
            length_max=DETAILS_MAX,
            names={"hi": "ब्योरा"},
        ),
    ),
    audience="admins",
    is_private=True,
    names={"hi": "प्रबंधन"},
)


async def _note(
    services: Services, tx: Transaction, call: CommandCall, action: str, target: str
) -> None:
    await users.audit(tx, services.clock(), call.user.tag, action, target)


async def _known_as(tx: Transaction, user_id: int) -> list[Text]:
    return [
        text(code(f"{who.platform}:{who.platform_id}"), f" {who.name}")
        for who in await links.identities_of(tx, user_id)
    ]


async def _order_line(tx: Transaction, order: Order, words: English) -> Text:
    what = await priced(tx, order, words)
    return text(code(order.id), f" · {what} · ", code(order.status))


def _refund_line(refund: Refund, currency: str) -> Text:
    sent = f" · −{money(refund.amount_paise, currency)} · "
    return text(code(refund.id), sent, code(refund.status), f" “{refund.reason}”")
