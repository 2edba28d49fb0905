"""Compares our payments and refunds with what the gateway paid out for them, both ways.

Once a day the reports of the last days are read, and those of days that were missed. What a report
says of ours and the books do not is looked at again and reported; what the books say and no report
does, within some days, is reported too; and so is a payout of another sum than its lines.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from billing.errors import GatewayError
from billing.gateway import Gateway, ReportLine
from billing.hours_settings import DAY_S, IST
from billing.ledger import CURRENCIES
from billing.offers import RAZORPAY
from billing.reducer import TAKEN
from store import disputes, reconciling
from store import orders as order_rows
from store import payments as payment_rows
from store import settlements as rows
from store.database import Database, Transaction
from store.orders import GatewayName
from store.payments import Payment
from store.settlements import SettledLine
from store.work import Work

log = logging.getLogger(__name__)

READ_SETTLED = "read_settled"
DAYS = 5
"""How many of the last days are read again: banks and reports come late."""
DAYS_MAX = 45
"""How far back days are read that were missed."""
LATE_S = 10 * DAY_S
"""Payouts come after two working days; holidays and weekends make them late."""
TRY_AGAIN_S = 1800


class Settlements:
    """Reads a gateway's settlement reports, where it has some."""

    def __init__(
        self,
        name: GatewayName,
        database: Database,
        gateway: Gateway,
        work: Work,
        clock: Callable[[], int],
        look: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._name = name
        self._database = database
        self._gateway = gateway
        self._work = work
        self._clock = clock
        self._look = look
        self._begun: date | None = None

    async def begin_due(self) -> None:
        """Queue the reading of the last days, at the start and once a day."""
        today = self._today()
        if self._name != RAZORPAY or today == self._begun:
            return
        self._begun = today
        await self._database.write(partial(self._begin, today))

    async def read(self, day: str) -> None:
        """Read the report of a day and compare it; doing it again changes nothing."""
        try:
            lines = await self._gateway.settled_on(date.fromisoformat(day))
            await self._learn(lines)
            short = await self._short(lines)
        except GatewayError as error:
            log.warning("cannot read what was settled: %s: %s", type(error).__name__, error)
            await self._database.write(partial(self._again, day))
            return
        await self._database.write(partial(self._compare, day, lines, short))

    async def _begin(self, today: date, tx: Transaction) -> None:
        read = await rows.days_read(tx)
        yesterday = today - timedelta(days=1)
        since = yesterday - timedelta(days=DAYS - 1)
        if read:
            last = date.fromisoformat(read[-1])
            since = max(min(since, last), yesterday - timedelta(days=DAYS_MAX))
        for ago in range((yesterday - since).days + 1):
            day = (yesterday - timedelta(days=ago)).isoformat()
            key = f"{READ_SETTLED}:{day}:{today.isoformat()}"
            await self._work.submit(tx, READ_SETTLED, day, key=key)

    async def _again(self, day: str, tx: Transaction) -> None:
        key = f"{READ_SETTLED}:{day}:{self._clock()}"
        await self._work.submit(tx, READ_SETTLED, day, key=key, delay_s=TRY_AGAIN_S)

    async def _learn(self, lines: Sequence[ReportLine]) -> None:
        """Look at what the books may not know yet: fees, and refunds made at the dashboard."""
        for line in lines:
            async with self._database.read() as tx:
                known = await _known(tx, line)
                stale = known and await _disagreement(tx, line, known)
            if known and stale and known.attempt_id:
                await self._look(known.attempt_id, "settlement")

    async def _short(self, lines: Sequence[ReportLine]) -> list[str]:
        """The settlements that brought another sum than their lines add up to."""
        sums: Counter[str] = Counter()
        for line in lines:
            sums[line.settlement_id] += line.credit_paise - line.debit_paise
        return [name for name, due in sums.items() if await self._gateway.paid_out(name) != due]

    async def _compare(
        self, day: str, lines: Sequence[ReportLine], short: Sequence[str], tx: Transaction
    ) -> None:
        now = self._clock()
        for settlement_id in short:
            await reconciling.report(tx, now, "payout", settlement_id)
        for line in lines:
            known = await _known(tx, line)
            if known is None:
                if await _is_ours(tx, line):
                    await reconciling.report(tx, now, "unknown_order", line.payment_id or line.id)
                continue
            if found := await _disagreement(tx, line, known):
                await reconciling.report(tx, now, found, line.id)
            await rows.add(tx, _kept(line, known))
        await rows.read_day(tx, day, now)
        await self._look_back(tx, now)

    async def _look_back(self, tx: Transaction, now: int) -> None:
        """What the books have and no report has named, since reports are read without a gap."""
        read = set(await rows.days_read(tx))
        first = self._today()
        while (before := first - timedelta(days=1)).isoformat() in read:
            first = before
        since = int(datetime(first.year, first.month, first.day, tzinfo=IST).timestamp())
        until = now - LATE_S
        currency = CURRENCIES[self._name]
        for payment_id in await rows.payments_without(tx, self._name, currency, since, until):
            await reconciling.report(tx, now, "unsettled_payment", payment_id)
        for refund_id in await rows.refunds_without(tx, self._name, since, until):
            await reconciling.report(tx, now, "unsettled_refund", refund_id)

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock(), UTC).astimezone(IST).date()


async def _known(tx: Transaction, line: ReportLine) -> Payment | None:
    return await payment_rows.get(tx, line.payment_id) if line.payment_id else None


async def _is_ours(tx: Transaction, line: ReportLine) -> bool:
    """Whether a line of a payment that is not in the books is about an order of ours."""
    if line.kind not in ("payment", "refund"):
        return False
    orders = [line.order_id] if line.order_id else []
    found = await order_rows.attempts_known_as(
        tx, link_ids=(), references=(), gateway_order_ids=orders
    )
    return bool(found) or bool(line.attempt_id and line.attempt_id.startswith("att_"))


async def _disagreement(tx: Transaction, line: ReportLine, known: Payment) -> str | None:
    """What a line says of a payment that the books do not."""
    if known.currency != CURRENCIES[RAZORPAY]:
        return None  # it is paid out in rupees, at a rate of the gateway's
    if line.kind == "payment":
        due = known.amount_paise - (known.fee_paise or 0)
        fits = (line.credit_paise - line.debit_paise, line.currency) == (due, known.currency)
        return None if fits and known.status in TAKEN else "settled_otherwise"
    if line.kind == "refund":
        return None if await _returned(tx, line) <= known.refunded_paise else "unknown_refund"
    lost = [each for each in await disputes.of_payment(tx, known.id) if each.status == "lost"]
    is_known = any((d.id, d.deducted_paise) == (line.dispute_id, line.debit_paise) for d in lost)
    return None if is_known else "deduction"


async def _returned(tx: Transaction, line: ReportLine) -> int:
    """What went back of a payment by the reports, this line among them."""
    assert line.payment_id is not None, "it is known by it"
    others = await rows.debited(tx, line.payment_id, "refund", but=line.id)
    return others + line.debit_paise


def _kept(line: ReportLine, known: Payment) -> SettledLine:
    return SettledLine(
        id=line.id,
        kind=line.kind,
        payment_id=known.id,
        settlement_id=line.settlement_id,
        credit_paise=line.credit_paise,
        debit_paise=line.debit_paise,
        settled_at=line.settled_at,
    )
