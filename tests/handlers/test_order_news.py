from dataclasses import replace

import pytest

from billing import disputes
from store.disputes import Dispute
from tests.doubles.hub import ASHA, Hub, said

PAYMENT = "pay_1"
OPEN = Dispute("disp_1", PAYMENT, "chargeback", "open", 10_000, 0, None, 1, 1)


async def paid(hub: Hub, language: str = "en") -> None:
    hub.language = language
    await hub.call("buy", "flash 2")
    await hub.work.run()
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)
    assert hub.services.payments is not None
    hub.clock.pass_(10)
    await hub.services.payments.poll_due()
    await hub.work.run()


async def hear(hub: Hub, dispute: Dispute) -> None:
    services = hub.services
    await services.database.write(
        lambda tx: disputes.heard(tx, services.hours, services.work, dispute)
    )
    await hub.work.run()


def messages(hub: Hub) -> list[str]:
    return [said(shown.reply) for shown in hub.chat.messages.values() if shown.chat == ASHA]


@pytest.mark.fault("F39")
@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("won", "the payment stands. Your hours go on."),
        ("closed", "the payment stands. Your hours go on."),
        ("lost", "took the money back. Hours that had not begun are over. It took ₹100."),
    ],
)
async def test_who_disputes_a_payment_is_told_what_that_means_and_how_it_ends_once(
    hub: Hub, status: str, says: str
) -> None:
    await paid(hub)
    before = len(messages(hub))
    for _ in range(2):
        await hear(hub, OPEN)
    (_, told) = messages(hub)[before - 1 :]
    assert "₹100 of payment pay_1. Your hours wait until it has decided" in told
    assert "tell your bank to withdraw it" in told
    await hear(hub, replace(OPEN, status="under_review"))
    assert len(messages(hub)) == before + 1

    taken = 10_000 if status == "lost" else 0
    for _ in range(2):
        await hear(hub, replace(OPEN, status=status, deducted_paise=taken))
    await hear(hub, OPEN)
    assert len(messages(hub)) == before + 2
    assert says in messages(hub)[-1]
    assert "Your hours wait" not in messages(hub)[-1]


async def test_they_are_told_in_their_language(hub: Hub) -> None:
    await paid(hub, "hi")
    await hear(hub, OPEN)

    assert "आपके बैंक से पैसे वापस माँगे गए हैं" in messages(hub)[-1]


async def test_where_hours_go_on_nobody_is_told_that_they_wait(hub: Hub) -> None:
    await paid(hub)
    settings = hub.services.hours.settings
    hub.services.hours.settings = settings.model_copy(update={"hold_disputed": False})
    await hear(hub, OPEN)

    assert "bank was asked" in messages(hub)[-1]
    assert "Your hours wait" not in messages(hub)[-1]
