import pytest

from billing.errors import AuthFailedError, RejectedError
from handlers.alarms import sound_alarms
from tests.doubles.hub import OPERATOR, Hub, said
from tests.handlers.test_receipt import paid


async def failed_refund(hub: Hub) -> None:
    await paid(hub)
    hub.gateway.fail_before.append(RejectedError(400, "BAD_REQUEST_ERROR", "no balance"))
    payments = hub.services.payments
    assert payments is not None
    await hub.services.database.write(
        lambda tx: payments.refunds.request(tx, "pay_1", "sorry", "test", 2_500)
    )
    await hub.work.run()


@pytest.mark.fault("F36")
async def test_admins_hear_once_of_a_refund_that_failed(hub: Hub) -> None:
    await sound_alarms(hub.services)
    await failed_refund(hub)
    for _ in range(2):
        await sound_alarms(hub.services)

    told = [shown for shown in hub.chat.messages.values() if shown.chat == OPERATOR]
    assert len(told) == 1
    assert "A refund failed: ₹25 of pay_1" in said(told[0].reply)
    assert len(hub.elsewhere.messages) == 1


@pytest.mark.fault("F28")
async def test_admins_hear_once_that_razorpay_does_not_work(hub: Hub) -> None:
    hub.gateway.fail_before.append(AuthFailedError("401"))
    await hub.call("buy", "flash")
    await hub.work.run()
    for _ in range(2):
        await sound_alarms(hub.services)

    (told,) = [shown for shown in hub.chat.messages.values() if shown.chat == OPERATOR]
    assert "Razorpay does not work: AuthFailedError: 401" in said(told.reply)
    assert "Payments: Razorpay · left alone for" in said(
        await hub.call("admin", "health", OPERATOR)
    )


async def test_the_buyer_hears_that_the_money_is_safe(hub: Hub) -> None:
    await failed_refund(hub)

    assert "₹25 could not be sent back" in said(hub.card().reply)
    assert "Paid ✓" in said(hub.card().reply)
