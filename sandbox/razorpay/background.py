"""What happens without anybody calling: expiry, answers that never came, forgotten captures."""

import asyncio

from sandbox.razorpay.entities import LinkStatus, PaymentStatus
from sandbox.razorpay.lifecycle import NO_ANSWER, close_link, fail, refund
from sandbox.razorpay.qr_lifecycle import expire
from sandbox.razorpay.world import World

_TICK = 0.1  # real seconds; the clock of the world may jump in between
_BANK_PATIENCE = 600
_CAPTURE_WITHIN = 3 * 86_400


async def sweep_for_ever(world: World) -> None:
    """Sweep until cancelled."""
    while True:
        sweep(world)
        await asyncio.sleep(_TICK)


def sweep(world: World) -> None:
    """Do everything whose time has come by the world's clock."""
    world.keep_appointments()
    _expire_links(world)
    expire(world)
    _give_up_payments(world)


def _expire_links(world: World) -> None:
    late = world.clock() - world.settings.expiry_lag
    for link in world.links:
        if link.is_open and 0 < link.expire_by <= late:
            world.publish(close_link(world, link, LinkStatus.EXPIRED))


def _give_up_payments(world: World) -> None:
    now = world.clock()
    for payment in world.payments:
        if payment.status is PaymentStatus.CREATED and payment.created_at + _BANK_PATIENCE <= now:
            world.publish(fail(world, payment, NO_ANSWER))
        elif (
            payment.status is PaymentStatus.AUTHORIZED
            and payment.authorized_at + _CAPTURE_WITHIN <= now
        ):
            world.publish(refund(world, payment, payment.amount)[1])
