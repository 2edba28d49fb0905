"""Whatever people, banks and machines do in whatever order: each payment buys once or goes back.

`make soak` tries more histories, of another seed each time.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from billing.errors import NotRefundableError, UnavailableError, UnknownOutcomeError
from billing.gateway import ObservedLink, ObservedPayment
from billing.invariants import check
from store.database import Transaction
from tests.doubles.mortal import Lives, memory
from tests.doubles.reckoning import let_pass, reckon, settle_down

HISTORIES = int(os.environ.get("HISTORIES", "200"))
IS_SOAK = "HISTORIES" in os.environ
TOLD_OF = 100
EVENTS = ("payment.authorized", "payment.captured", "order.paid", "payment_link.paid")
PEOPLE = ("asha", "ravi")
any_of = st.integers(min_value=0, max_value=99)
begun = count(1)


class Histories(RuleBasedStateMachine):
    """Rules that choose something take a number, which is the choice among what there is."""

    def __init__(self) -> None:
        super().__init__()
        number = next(begun)
        if IS_SOAK and number % TOLD_OF == 0:
            print(f"\n{number} of {HISTORIES} histories are sound", flush=True)  # noqa: T201
        self.loop = asyncio.new_event_loop()
        self.folder = memory()
        self.events: list[tuple[str, bytes]] = []
        self.looked_at: list[str] = []
        self.looks = 0
        self.lives = Lives(self.folder.name)
        self.await_(self.lives.start())

    def teardown(self) -> None:
        try:
            self.await_(settle_down(self.lives))
            self.await_(reckon(self.lives))
        finally:
            self.await_(self.lives.stop())
            self.loop.close()
            self.folder.cleanup()

    @rule(
        who=st.sampled_from(PEOPLE), plan=st.sampled_from(("flash", "pro")), hours=st.integers(1, 2)
    )
    def buy(self, who: str, plan: str, hours: int) -> None:
        async def order() -> None:
            user = await self.lives.person(who)
            await self.lives.database.write(
                lambda tx: self.lives.orders.open(tx, user, plan, hours, "razorpay")
            )
            await self.lives.work.run()

        self.do(order)

    @rule(who=st.sampled_from(PEOPLE), which=any_of)
    def cancel(self, who: str, which: int) -> None:
        async def take_back(tx: Transaction, user: int) -> None:
            mine = await self.lives.orders.of_user(tx, user)
            if mine:
                await self.lives.orders.cancel(tx, mine[which % len(mine)].id, user)

        async def press() -> None:
            user = await self.lives.person(who)
            await self.lives.database.write(lambda tx: take_back(tx, user))

        self.do(press)

    @rule(
        which=any_of,
        status=st.sampled_from(("captured", "captured", "authorized", "failed")),
        fee=st.sampled_from((None, 236)),
        wrong=st.booleans(),
    )
    @precondition(lambda self: self.lives.gateway.links)
    def pay(self, which: int, status: Any, fee: int | None, *, wrong: bool) -> None:
        """Also links that are closed, and ones that are paid: people and banks are late."""
        link = self.links()[which % len(self.links())]
        amount = 4_900 if wrong and which % 3 == 0 else None
        fee = fee if status == "captured" else None
        paid = self.lives.gateway.pay(link, status=status, amount=amount, fee=fee)
        self.tell_of(link, paid.id)

    @rule(which=any_of)
    @precondition(lambda self: self.unsure())
    def bank_says_yes(self, which: int) -> None:
        payment = self.unsure()[which % len(self.unsure())]
        self.lives.gateway.bank_says_yes(payment)

    @rule(which=any_of)
    @precondition(lambda self: self.events)
    def deliver(self, which: int) -> None:
        """Any event, however old, and however often it came before; others never come."""
        event_id, raw = self.events[which % len(self.events)]
        headers = {"X-Razorpay-Signature": "good", "X-Razorpay-Event-Id": event_id}
        self.do(lambda: self.lives.payments.receive(raw, headers))

    @rule(which=any_of)
    def work(self, which: int) -> None:
        """One piece of what waits, and not the first."""

        async def some() -> None:
            if waiting := await self.lives.work.waiting():
                await self.lives.work.do(*waiting[which % len(waiting)])

        self.do(some)

    @rule()
    def work_all(self) -> None:
        self.do(self.lives.work.run)

    @rule(seconds=st.sampled_from((1, 15, 60, 700, 1300, 3600, 2 * 24 * 3600)))
    def time_passes(self, seconds: int) -> None:
        self.do(lambda: let_pass(self.lives, seconds))

    @rule(which=any_of, part=st.booleans(), outside=st.booleans())
    @precondition(lambda self: self.lives.gateway.payments)
    def send_back(self, which: int, *, part: bool, outside: bool) -> None:
        """By an admin here, or at the gateway's dashboard."""
        payments = list(self.lives.gateway.payments.values())
        paid = payments[which % len(payments)]
        paise = 1_000 if part else None
        if outside and paid.status == "captured":
            self.lives.gateway.give_back(paid.id, paise or paid.amount_paise)
            return

        async def ask() -> None:
            try:
                await self.lives.database.write(
                    lambda tx: self.lives.payments.refunds.request(
                        tx, paid.id, "sorry", "telegram:9", paise
                    )
                )
            except NotRefundableError:
                return

        self.do(ask)

    @rule(slowly=st.booleans())
    def refunds_take_time(self, *, slowly: bool) -> None:
        self.lives.gateway.refunding = "pending" if slowly else "processed"

    @rule(which=any_of, well=st.booleans())
    @precondition(lambda self: self.under_way())
    def a_refund_ends(self, which: int, *, well: bool) -> None:
        refund = self.under_way()[which % len(self.under_way())]
        self.lives.gateway.settle_refund(refund, "processed" if well else "failed")
        payment = self.lives.gateway.refunded[refund][0]
        entity = {"id": self.lives.gateway.refunds[refund].id, "payment_id": payment}
        name = "refund.processed" if well else "refund.failed"
        self.happened(name, {"refund": {"entity": entity}})

    @rule(which=any_of, status=st.sampled_from(("open", "under_review", "won", "lost", "closed")))
    @precondition(lambda self: self.taken())
    def a_payer_disputes(self, which: int, status: str) -> None:
        """And the bank decides, or does not; what is over stays so."""
        paid = self.taken()[which % len(self.taken())]
        dispute = self.lives.gateway.dispute(paid, status)
        entity = {
            "id": dispute.id,
            "payment_id": paid.id,
            "phase": dispute.phase,
            "status": dispute.status,
            "amount": dispute.amount_paise,
            "amount_deducted": dispute.deducted_paise,
        }
        self.happened("payment.dispute.created", {"dispute": {"entity": entity}})

    @rule(before=st.booleans(), unsure=st.booleans())
    def the_gateway_will_fail(self, *, before: bool, unsure: bool) -> None:
        error = UnknownOutcomeError("502") if unsure or not before else UnavailableError("refused")
        gateway = self.lives.gateway
        (gateway.fail_before if before else gateway.fail_after).append(error)

    @rule(points=st.integers(0, 12))
    def the_process_will_die(self, points: int) -> None:
        self.lives.fate.dies_at = points

    @rule()
    def restart(self) -> None:
        self.await_(self.lives.stop())
        self.await_(self.lives.start())

    @invariant()
    def nothing_is_broken(self) -> None:
        async def look() -> list[str]:
            async with self.lives.database.read() as tx:
                found = await check(tx, self.lives.clock())
            # Work may wait for as long as a history likes; in the end it is looked at too.
            return [str(each) for each in found if each.invariant != "every_webhook_is_read"]

        if self.looked_at is not self.lives.fate.passed or self.looked_at[self.looks :]:
            assert self.await_(look()) == []
        self.looked_at, self.looks = self.lives.fate.passed, len(self.lives.fate.passed)

    def do(self, what: Callable[[], Awaitable[object]]) -> None:
        self.await_(self.lives.does(what))

    def await_(self, what: Awaitable[Any]) -> Any:
        async def wait() -> Any:
            return await what

        return self.loop.run_until_complete(wait())

    def links(self) -> list[ObservedLink]:
        return list(self.lives.gateway.links.values())

    def unsure(self) -> list[str]:
        known = self.lives.gateway.payments.values()
        return [paid.id for paid in known if paid.status in {"authorized", "failed"}]

    def taken(self) -> list[ObservedPayment]:
        known = self.lives.gateway.payments.values()
        return [paid for paid in known if paid.status == "captured" and not paid.refunded_paise]

    def under_way(self) -> list[str]:
        known = self.lives.gateway.refunds.items()
        return [refund_id for refund_id, refund in known if refund.status == "pending"]

    def tell_of(self, link: ObservedLink, payment: str) -> None:
        order = f"order_{link.id}"
        entity = {"id": payment, "order_id": order, "notes": {"attempt_id": link.reference_id}}
        for name in EVENTS:
            payload: dict[str, object] = {"payment": {"entity": entity}}
            if name == "order.paid":
                payload["order"] = {"entity": {"id": order, "receipt": link.reference_id}}
            if name == "payment_link.paid":
                known = {"id": link.id, "reference_id": link.reference_id}
                payload["payment_link"] = {"entity": known}
            self.happened(name, payload)

    def happened(self, name: str, payload: dict[str, Any]) -> None:
        raw = json.dumps({"event": name, "payload": payload}).encode()
        self.events.append((f"evt{len(self.events)}", raw))


Histories.TestCase.settings = settings(
    max_examples=HISTORIES,
    stateful_step_count=20,
    deadline=None,
    derandomize=not IS_SOAK,
    suppress_health_check=list(HealthCheck),
)
test_whatever_happens_each_payment_buys_once_or_goes_back = pytest.mark.timeout(0)(
    Histories.TestCase
)
