"""Settlement reports through the real SDK and the pretended Razorpay."""

from datetime import datetime

import pytest

from billing import razorpay_reports
from billing.errors import RejectedError, UnknownOutcomeError
from billing.hours_settings import DAY_S, IST
from billing.razorpay import Razorpay
from store import disputes, reconciling
from tests.doubles.razorpay import Sandbox
from tests.doubles.shop import Shop

REPORT = "/v1/settlements*"


async def bought(counter: Shop[Razorpay], sandbox: Sandbox, plan: str = "flash") -> str:
    opened = await counter.opened(plan)
    state = await counter.state(opened)
    assert state.attempt is not None
    assert state.attempt.url is not None
    (payment,) = (await sandbox.pay(state.attempt.url))["payments"]
    await counter.poll_after(10)
    assert await counter.status(opened) == "paid"
    return str(payment)


async def found(counter: Shop[Razorpay]) -> list[tuple[str, str]]:
    async with counter.database.read() as tx:
        reported = await reconciling.reported(tx, "told")
    return [(each.detail["finding"], each.detail["about"]) for each in reported]


async def compare(counter: Shop[Razorpay], after_s: int = 4 * DAY_S) -> list[tuple[str, str]]:
    counter.clock.pass_(after_s)
    await counter.payments.settlements.begin_due()
    await counter.work.run()
    return await found(counter)


@pytest.mark.parametrize("page", [1, 2, 3, 1000])
async def test_a_report_is_read_page_after_page(
    counter: Shop[Razorpay], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    payments = [await bought(counter, sandbox, plan) for plan in ("flash-lite", "flash", "pro")]
    await counter.database.write(
        lambda tx: counter.payments.refunds.request(tx, payments[0], "sorry", "admin", 1_000)
    )
    await counter.work.run()
    monkeypatch.setattr(razorpay_reports, "PAGE", page)
    counter.clock.pass_(2 * DAY_S)
    lines = await counter.gateway.settled_on(datetime.fromtimestamp(counter.clock(), IST).date())

    assert [(line.kind, line.credit_paise, line.debit_paise) for line in lines] == [
        ("payment", 4_882, 0),
        ("payment", 9_764, 0),
        ("payment", 19_528, 0),
        ("refund", 0, 1_000),
    ]
    assert [line.payment_id for line in lines] == [*payments, payments[0]]
    assert {line.attempt_id is not None for line in lines} == {True}
    (settlement,) = {line.settlement_id for line in lines}
    assert await counter.gateway.paid_out(settlement) == 4_882 + 9_764 + 19_528 - 1_000


async def test_what_razorpay_pays_out_is_what_the_books_say(
    counter: Shop[Razorpay], sandbox: Sandbox
) -> None:
    first = await bought(counter, sandbox)
    await sandbox.emu(f"payments/{first}/refund_external", amount=4_000)
    assert await compare(counter) == []


async def test_a_payout_that_is_short_is_found(counter: Shop[Razorpay], sandbox: Sandbox) -> None:
    await bought(counter, sandbox)
    await sandbox.emu("settings", settlement_short=1)
    ((finding, _),) = await compare(counter)
    assert finding == "payout"


async def test_a_dispute_that_was_lost_unheard_is_found_by_its_deduction(
    counter: Shop[Razorpay], sandbox: Sandbox
) -> None:
    payment = await bought(counter, sandbox)
    await sandbox.emu(f"payments/{payment}/dispute")
    (dispute,) = (await sandbox.look("state"))["disputes"]
    await sandbox.emu(f"disputes/{dispute['id']}/lost")
    ((finding, about),) = await compare(counter)
    assert (finding, about[:4]) == ("deduction", "adj_")


async def test_disputes_are_read_page_after_page(
    counter: Shop[Razorpay], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(razorpay_reports, "DISPUTES", 1)
    payments = [await bought(counter, sandbox, plan) for plan in ("flash", "pro")]
    for payment in payments:
        await sandbox.emu(f"payments/{payment}/dispute")
    read = await counter.gateway.disputes()
    assert {(each.payment_id, each.status) for each in read} == {
        (payment, "open") for payment in payments
    }
    await counter.payments.dispute_sweep.begin_due()
    await counter.work.run()
    async with counter.database.read() as tx:
        assert await disputes.open_against(tx, counter.user) is not None


@pytest.mark.parametrize(
    "fault", ["http500_before", "html502", "truncate_json", "reset_before", "429"]
)
async def test_a_report_that_fails_on_its_way_is_read_again(
    counter: Shop[Razorpay], sandbox: Sandbox, fault: str
) -> None:
    await bought(counter, sandbox)
    await sandbox.emu("settings", settlement_short=1)
    await sandbox.emu("faults", kind=fault, method="GET", path=REPORT, count=2)
    ((finding, _),) = await compare(counter)
    assert finding == "payout"


async def test_an_answer_that_is_none_is_no_report(
    counter: Shop[Razorpay], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(_ask: object) -> dict[str, object]:
        return {"items": [{"entity_id": "pay_1", "settlement_id": "setl_1"}]}

    with pytest.raises(RejectedError):
        await counter.gateway.paid_out("setl_none")
    monkeypatch.setattr(counter.gateway, "_call", answer)
    with pytest.raises(UnknownOutcomeError, match="not a line"):
        await counter.gateway.settled_on(datetime.fromtimestamp(0, IST).date())
    with pytest.raises(UnknownOutcomeError, match="not a dispute"):
        await counter.gateway.disputes()
    with pytest.raises(UnknownOutcomeError, match="not a settlement"):
        await counter.gateway.paid_out("setl_1")
