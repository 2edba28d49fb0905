import pytest
import sqlalchemy as sa

from store import settlements
from store.database import Database
from store.settlements import SettledLine

LINE = SettledLine("rfnd_1", "refund", "pay_1", "setl_1", 0, 400, 10)


async def test_a_line_is_kept_once(database: Database) -> None:
    for line in (LINE, LINE, SettledLine("pay_1", "payment", "pay_1", "setl_1", 900, 0, 10)):
        await database.write(lambda tx, line=line: settlements.add(tx, line))  # type: ignore[misc]  # bound now
    async with database.read() as tx:
        assert await settlements.debited(tx, "pay_1", "refund", but="rfnd_2") == 400
        assert await settlements.debited(tx, "pay_1", "refund", but="rfnd_1") == 0
        assert await settlements.debited(tx, "pay_2", "refund", but="") == 0


async def test_amounts_have_no_sign(database: Database) -> None:
    bad = SettledLine("rfnd_2", "refund", "pay_1", "setl_1", 0, -1, 10)
    with pytest.raises(sa.exc.IntegrityError, match="amounts_have_no_sign"):
        await database.write(lambda tx: settlements.add(tx, bad))


async def test_days_are_known_in_their_order(database: Database) -> None:
    for day in ("2026-11-27", "2026-11-25", "2026-11-27"):
        await database.write(lambda tx, day=day: settlements.read_day(tx, day, 5))  # type: ignore[misc]  # bound now
    async with database.read() as tx:
        assert await settlements.days_read(tx) == ["2026-11-25", "2026-11-27"]
