"""What happens to UPI QR codes: paid, paid once too often, closed, expired."""

from dataclasses import replace
from functools import partial

from sandbox.razorpay.entities import Instrument, Payment, QrCode
from sandbox.razorpay.events import Draft, qr_event
from sandbox.razorpay.lifecycle import authorize, capture, refund
from sandbox.razorpay.world import World

_DESCRIPTION = "QRv2 Payment"
_DUPLICATE_BACK_AFTER = 3 * 86_400  # three to five business days


def pay(world: World, qr: QrCode, amount: int, vpa: str) -> tuple[Payment, list[Draft]]:
    """Scan and pay. A second payment of a single-use code is taken, and sent back days later.

    Nobody captures such a payment by hand: it is always captured at once. `qr_code.credited`
    carries the code as it was before the payment, as its documented sample does.
    """
    if qr.payment_amount not in {None, amount}:
        raise ValueError(f"a payer can pay {qr.payment_amount} and nothing else")
    second = qr.usage == "single_use" and qr.close_reason == "paid"
    if not (second or _scannable(world, qr)):
        raise ValueError(f"{qr.id} is closed")
    payment = world.payments.put(
        Payment(
            world.new_id("pay_"),
            amount,
            world.now(),
            Instrument("upi", vpa=vpa),
            None,
            description=_DESCRIPTION,
            notes=qr.notes,
            qr_code_id=qr.id,
            customer_id=qr.customer_id,
        )
    )
    drafts = authorize(world, payment) + capture(world, payment.id)
    payment = world.payments[payment.id]
    drafts.append(_told(world, "credited", qr, payment))
    _count(world, qr, amount)
    if second:
        world.later(_DUPLICATE_BACK_AFTER, partial(_send_back, world, payment.id))
    return payment, drafts


def close(world: World, qr: QrCode) -> list[Draft]:
    """Close it by hand, the only way that is told."""
    closed = replace(qr, closed_at=world.now(), close_reason="on_demand")
    return [_told(world, "closed", world.qr_codes.put(closed))]


def created(world: World, qr: QrCode) -> list[Draft]:
    """Keep a new one."""
    return [_told(world, "created", world.qr_codes.put(qr))]


def expire(world: World) -> None:
    """Close those whose time is over, silently and without a reason."""
    for qr in world.qr_codes:
        if qr.is_active and not _scannable(world, qr):
            world.qr_codes.put(replace(qr, closed_at=qr.close_by))


def _scannable(world: World, qr: QrCode) -> bool:
    return qr.is_active and (qr.close_by is None or world.clock() < qr.close_by)


def _count(world: World, qr: QrCode, amount: int) -> None:
    received = replace(
        qr,
        amount_received=qr.amount_received + amount,
        payments_received=qr.payments_received + 1,
    )
    if qr.usage == "single_use" and qr.is_active:
        received = replace(received, closed_at=world.now(), close_reason="paid")
    world.qr_codes.put(received)


def _send_back(world: World, payment_id: str) -> None:
    payment = world.payments[payment_id]
    left = payment.amount - payment.amount_refunded
    if left > 0:
        world.publish(refund(world, payment, left)[1])


def _told(world: World, name: str, qr: QrCode, payment: Payment | None = None) -> Draft:
    return qr_event(name, qr, world.short_url(qr), world.now(), payment)
