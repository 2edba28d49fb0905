"""The whole bot before the pretended Razorpay: REST, pay page and webhooks over real sockets.

Nothing happens by itself: a test delivers the events it wants delivered, and lets time pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from billing.invariants import check
from billing.ledger import CLEARING, SUSPENSE
from billing.payments import Payments
from billing.razorpay import Razorpay
from store import hours, orders
from store import payments as rows
from store.payments import Payment, Refund
from tests.doubles.hub import ASHA, Hub
from tests.doubles.razorpay import Sandbox
from tests.doubles.web import Browser

WEBHOOK = "/webhooks/razorpay"


@dataclass(frozen=True, slots=True)
class Bought:
    """An order that can be paid."""

    order: str
    attempt: str
    link: str
    url: str


@dataclass
class Till:
    """What a test wants to touch."""

    hub: Hub
    emulator: Sandbox
    gateway: Razorpay
    bot: Browser

    @property
    def payments(self) -> Payments:
        assert self.hub.services.payments is not None
        return self.hub.services.payments

    async def order(self, arguments: str = "flash", user: str = ASHA) -> str:
        """Somebody orders; returns the order before anything was done about it."""
        before = set(await self._column("SELECT id FROM orders"))
        assert await self.hub.call("buy", arguments, user) is None
        (made,) = set(await self._column("SELECT id FROM orders")) - before
        return made

    async def buy(self, arguments: str = "flash", user: str = ASHA) -> Bought:
        """Somebody orders and is shown a link."""
        made = await self.order(arguments, user)
        await self.hub.work.run()
        return await self.bought(made)

    async def bought(self, order: str) -> Bought:
        async with self.hub.services.database.read() as tx:
            attempt = await orders.attempt_of(tx, order)
        assert attempt is not None
        assert attempt.link_id is not None
        assert attempt.url is not None
        return Bought(order, attempt.id, attempt.link_id, attempt.url)

    async def pay(self, bought: Bought, outcome: str = "success") -> list[str]:
        """Somebody pays, or tries; the ids of the payments."""
        return list((await self.emulator.pay(bought.url, outcome))["payments"])

    async def events(self, *names: str) -> list[str]:
        """The ids of what happened so far, of these names."""
        happened = (await self.emulator.look("events"))["events"]
        return [event["id"] for event in happened if not names or event["event"] in names]

    async def deliver(self, *events: str, **how: Any) -> list[int]:
        """Deliver events one after another; the answers."""
        answers = []
        for event in events:
            told = await self.emulator.emu(f"events/{event}/deliver", **how)
            answers += [delivery["status"] for delivery in told["deliveries"]]
        return answers

    async def deliver_all(self) -> None:
        """Deliver all that happened so far, and do what follows."""
        assert set(await self.deliver(*await self.events())) <= {200}
        await self.hub.work.run()

    async def wait(self, seconds: int) -> None:
        """Time passes, and the bot does what it does by itself."""
        self.hub.clock.pass_(seconds)
        await self.payments.poll_due()
        await self.hub.work.run()

    async def refund(self, payment: str, paise: int | None = None, why: str = "sorry") -> Refund:
        """An admin sends money back; it is not on its way yet."""
        return await self.hub.services.database.write(
            lambda tx: self.payments.refunds.request(tx, payment, why, "telegram:9", paise)
        )

    async def outcome(self, bought: Bought) -> tuple[str, int]:
        """The order's status, and how many hours it gave."""
        async with self.hub.services.database.read() as tx:
            order = await orders.get(tx, bought.order)
            given = await hours.of_order(tx, bought.order)
        assert order is not None
        return order.status, len(given)

    async def payment(self, payment_id: str) -> Payment | None:
        async with self.hub.services.database.read() as tx:
            return await rows.get(tx, payment_id)

    async def refunds(self, payment_id: str) -> Sequence[Refund]:
        async with self.hub.services.database.read() as tx:
            return await rows.refunds_of(tx, payment_id)

    async def inbox(self) -> list[str]:
        """What became of the webhooks that were kept."""
        return await self._column("SELECT state FROM webhook_inbox ORDER BY id")

    async def suspense(self) -> int:
        return (await self.hub.balance(SUSPENSE)).posted

    async def is_sound(self) -> None:
        """The invariants hold, and the books say what Razorpay's say."""
        async with self.hub.services.database.read() as tx:
            assert await check(tx, self.hub.clock()) == []
        world = await self.emulator.look("state")
        ours = {
            link["order_id"]
            for link in world["links"]
            if link["order_id"]
            and link["reference_id"] in await self._column("SELECT id FROM attempts")
        }
        taken = [
            payment
            for payment in world["payments"]
            if payment["captured"] and payment["order_id"] in ours and payment["currency"] == "INR"
        ]
        owed = sum(paid["amount"] - paid["fee"] - paid["amount_refunded"] for paid in taken)
        assert (await self.hub.balance(CLEARING)).posted == -owed

    async def _column(self, question: str) -> list[str]:
        async with self.hub.services.database.read() as tx:
            return list((await tx.execute(sa.text(question))).scalars())
