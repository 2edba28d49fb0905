"""What happens to money: attempts, authorisations, captures, failures, refunds, disputes.

Every function changes the world and returns the events it would cause; the caller publishes them
together, so that the four events of one success can overtake one another.
"""

from dataclasses import replace

from sandbox.razorpay.entities import (
    Dispute,
    Failure,
    Instrument,
    Link,
    LinkStatus,
    Notes,
    Order,
    OrderStatus,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from sandbox.razorpay.events import (
    Draft,
    dispute_event,
    link_event,
    link_paid,
    order_paid,
    payment_event,
    refund_event,
)
from sandbox.razorpay.world import World

BANK_DECLINED = Failure(
    "payment_failed",
    "Payment was unsuccessful due to a temporary issue. If amount got deducted, it will be"
    " refunded within 5-7 working days.",
    source="gateway",
    step="payment_response",
)
NO_ANSWER = Failure("payment_timed_out", "Payment was not completed on time.", source="bank")
_RESPOND_WITHIN = 7 * 86_400


def attempt(
    world: World, link: Link, instrument: Instrument, amount: int, currency: str
) -> Payment:
    """Start paying a link; the first attempt creates the link's order."""
    order = _order_of(world, link)
    world.orders.put(replace(order, attempts=order.attempts + 1, status=_attempted(order)))
    return world.payments.put(
        Payment(
            world.new_id("pay_"),
            amount,
            world.now(),
            instrument,
            order.id,
            currency=currency,
            description="#" + link.id.removeprefix("plink_"),
            notes=link.notes,
        )
    )


def authorize(world: World, payment: Payment) -> list[Draft]:
    """Let the bank say yes; also after a failure, with the same id."""
    rrn = "".join(world.random.choices("0123456789", k=12))
    authorized = world.payments.put(
        replace(
            payment,
            status=PaymentStatus.AUTHORIZED,
            failure=None,
            authorized_at=world.now(),
            acquirer_data={"rrn": rrn},
        )
    )
    return [payment_event("authorized", authorized, world.now())]


def capture(world: World, payment_id: str) -> list[Draft]:
    """Turn an authorised payment into money, and its order and link into paid ones."""
    payment = world.payments[payment_id]
    fee = (payment.amount * world.settings.fee_permille + 500) // 1000
    tax = (fee * 18 + 50) // 100
    payment = world.payments.put(
        replace(payment, status=PaymentStatus.CAPTURED, captured=True, fee=fee + tax, tax=tax)
    )
    drafts = [payment_event("captured", payment, world.now())]
    if payment.order_id is None:
        return drafts
    order = world.orders[payment.order_id]
    if order.status is OrderStatus.PAID:
        return drafts + _second_payment(world, payment)
    order = _paid(world, order, payment)
    if order.status is OrderStatus.PAID:
        drafts.append(order_paid(order, payment, world.now()))
    if order.link_id is not None:
        drafts += _pay_link(world, world.links[order.link_id], order, payment)
    return drafts


def succeed(world: World, payment: Payment) -> list[Draft]:
    """Authorise and, unless the account captures by hand, capture."""
    drafts = authorize(world, payment)
    return drafts + capture(world, payment.id) if world.settings.auto_capture else drafts


def fail(world: World, payment: Payment, failure: Failure) -> list[Draft]:
    """Let an attempt fail, which is not the last word."""
    failed = world.payments.put(replace(payment, status=PaymentStatus.FAILED, failure=failure))
    return [payment_event("failed", failed, world.now())]


def close_link(world: World, link: Link, status: LinkStatus) -> list[Draft]:
    """Cancel or expire a link."""
    now = world.now()
    closed = (
        replace(link, status=status, cancelled_at=now, updated_at=now)
        if status is LinkStatus.CANCELLED
        else replace(link, status=status, expired_at=now)
    )
    return [link_event(world.links.put(closed), world.short_url(closed))]


def refund(
    world: World,
    payment: Payment,
    amount: int,
    *,
    notes: Notes | None = None,
    receipt: str | None = None,
    speed: str | None = None,
) -> tuple[Refund, list[Draft]]:
    """Send money back; the payment counts it at once, whatever becomes of it."""
    created = world.refunds.put(
        Refund(
            world.new_id("rfnd_"),
            payment.id,
            amount,
            world.now(),
            payment.currency,
            notes or {},
            receipt,
            speed,
            RefundStatus.PENDING,
        )
    )
    payment = _with_refunded(world, payment, payment.amount_refunded + amount)
    drafts = [refund_event("created", created, payment, world.now())]
    if world.settings.refund_result != "pending":
        drafts += settle_refund(world, created, RefundStatus(world.settings.refund_result))
    return world.refunds[created.id], drafts


def settle_refund(world: World, pending: Refund, status: RefundStatus) -> list[Draft]:
    """Let a pending refund be processed, or fail and leave the money captured."""
    settled = world.refunds.put(replace(pending, status=status))
    payment = world.payments[pending.payment_id]
    if status is RefundStatus.FAILED:
        payment = _with_refunded(world, payment, payment.amount_refunded - pending.amount)
    return [refund_event(status.value, settled, payment, world.now())]


def dispute(world: World, payment: Payment, amount: int) -> tuple[Dispute, list[Draft]]:
    """Let the payer's bank take the payment back for now."""
    now = world.now()
    opened = world.disputes.put(
        Dispute(world.new_id("disp_"), payment.id, amount, now, now + _RESPOND_WITHIN)
    )
    return opened, [dispute_event("created", opened, payment, now)]


def settle_dispute(world: World, opened: Dispute, status: str) -> list[Draft]:
    """Move a dispute on: under_review, won, lost, closed."""
    deducted = opened.amount if status == "lost" else 0
    moved = world.disputes.put(
        replace(opened, status=status, amount_deducted=deducted, decided_at=world.now())
    )
    return [dispute_event(status, moved, world.payments[opened.payment_id], world.now())]


def _order_of(world: World, link: Link) -> Order:
    if link.order_id is not None:
        return world.orders[link.order_id]
    order = Order(
        world.new_id("order_"),
        link.amount,
        world.now(),
        receipt=link.reference_id or None,
        notes=link.notes,
        link_id=link.id,
    )
    world.links.put(replace(link, order_id=order.id))
    return world.orders.put(order)


def _attempted(order: Order) -> OrderStatus:
    return OrderStatus.PAID if order.status is OrderStatus.PAID else OrderStatus.ATTEMPTED


def _paid(world: World, order: Order, payment: Payment) -> Order:
    amount_paid = order.amount_paid + payment.amount
    status = OrderStatus.PAID if amount_paid >= order.amount else OrderStatus.ATTEMPTED
    return world.orders.put(replace(order, amount_paid=amount_paid, status=status))


def _pay_link(world: World, link: Link, order: Order, payment: Payment) -> list[Draft]:
    if not link.is_open:  # expired or cancelled while the payer was paying: only the order knows
        return []
    status = LinkStatus.PAID if order.status is OrderStatus.PAID else LinkStatus.PARTIALLY_PAID
    link = world.links.put(
        replace(link, status=status, amount_paid=order.amount_paid, updated_at=world.now())
    )
    prefix = world.settings.link_event_order_prefix
    return [link_paid(link, order, payment, world.short_url(link), order_prefix=prefix)]


def _second_payment(world: World, payment: Payment) -> list[Draft]:
    if world.settings.late_second_payment == "keep":
        return []
    return refund(world, payment, payment.amount)[1]


def _with_refunded(world: World, payment: Payment, amount: int) -> Payment:
    status = PaymentStatus.REFUNDED if amount >= payment.amount else PaymentStatus.CAPTURED
    return world.payments.put(replace(payment, amount_refunded=amount, status=status))
