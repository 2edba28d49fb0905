"""/admin dispute: the evidence for a bank, as Razorpay's dashboard takes it: one PDF.

What a bank asks of a digital service is when it was paid, delivered and used. It is in English in
every language: that is what banks read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from chat.model import CommandCall, Reply
from chat.text import bold, code, lines, text
from handlers.asking import UnknownTargetError
from handlers.paper import Sheet, document
from handlers.services import Services
from handlers.texts.numbers import date_time, rupees, short
from store import disputes, hours, links, orders, payments, plans, users
from store.database import Transaction
from store.disputes import Dispute, Use
from store.hours import Hour
from store.orders import Order
from store.payments import Payment, Refund

TITLE = "Evidence of a service that was delivered"
USES_MAX = 100


@dataclass(frozen=True, slots=True)
class _Case:
    dispute: Dispute
    payment: Payment
    order: Order
    item: str
    buyer: str
    hours: list[Hour]
    uses: list[Use]
    refunds: list[Refund]


async def evidence(services: Services, call: CommandCall, target: str, _: str) -> Reply:
    """Print what the books know of a dispute, named by its id or its payment's."""

    async def decide(tx: Transaction) -> _Case:
        await users.audit(tx, services.clock(), call.user.tag, "print evidence", target)
        return await _read(tx, target)

    case = await services.database.write(decide)
    rows, dispute = list(_rows(services, case)), case.dispute
    total = ("Disputed", rupees(dispute.amount_paise))
    media = await document(Sheet(TITLE, rows, total, list(_notes(case))), dispute.id)
    says = lines(
        [bold(TITLE), text(code(dispute.id), f" · {dispute.phase} · {dispute.status}"), total[1]]
    )
    return Reply(says, media=media, private=True)


async def _read(tx: Transaction, target: str) -> _Case:
    dispute = await disputes.find(tx, target)
    payment = await payments.get(tx, dispute.payment_id) if dispute else None
    order = await orders.get(tx, payment.order_id) if payment and payment.order_id else None
    if dispute is None or payment is None or order is None:
        raise UnknownTargetError(target)
    plan = await plans.get(tx, order.plan_id)
    known_as = await links.identities_of(tx, order.user_id)
    return _Case(
        dispute,
        payment,
        order,
        f"{plan.name}, {order.hours} h: {plan.images} pictures and {plan.videos} videos an hour",
        ", ".join(f"{who.platform}:{who.platform_id} {who.name}" for who in known_as),
        await hours.of_order(tx, order.id),
        await disputes.uses(tx, order.id),
        await payments.refunds_of(tx, payment.id),
    )


def _rows(services: Services, case: _Case) -> Iterator[tuple[str, str]]:
    dispute, payment, order = case.dispute, case.payment, case.order
    yield "Seller", services.business.name
    yield "Dispute", f"{dispute.id}, {dispute.phase}, {dispute.status}"
    if dispute.respond_by:
        yield "Answer until", date_time(dispute.respond_by)
    yield "Payment", f"{payment.id}, {rupees(payment.amount_paise)}, {payment.method or 'unknown'}"
    yield "Paid", date_time(payment.created_at)
    yield "Order", f"{order.id}, ordered {date_time(order.created_at)}"
    yield "Service", case.item
    yield "Buyer", case.buyer
    for hour in case.hours:
        began = f"begun {date_time(hour.started_at)}" if hour.started_at else "not begun"
        yield f"Hour {hour.ordinal}", f"given {date_time(hour.created_at)}, {began}, {hour.status}"
    for refund in case.refunds:
        yield "Sent back", f"{rupees(refund.amount_paise)}, {refund.status}, {refund.reason}"
    done = sum(use.state == "done" for use in case.uses)
    yield "Drawn and delivered", f"{done} of {len(case.uses)} that were asked for"


def _notes(case: _Case) -> Iterator[str]:
    """Each thing that was asked for, in the buyer's words."""
    for use in case.uses[:USES_MAX]:
        ended = f", {date_time(use.finished_at)}" if use.finished_at else ""
        asked = date_time(use.created_at)
        yield f"{asked}: {use.kind} “{short(use.prompt, 200)}”, {use.state}{ended}"
    if len(case.uses) > USES_MAX:
        yield f"and {len(case.uses) - USES_MAX} more"
