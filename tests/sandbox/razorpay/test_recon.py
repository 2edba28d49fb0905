from typing import Any

import pytest
from razorpay.errors import BadRequestError

from tests.sandbox.razorpay.conftest import Emulator

DAY_S = 86_400


async def report(emulator: Emulator, **query: Any) -> list[dict[str, Any]]:
    """What was settled in December 2025, when this world begins."""
    asked = {"year": 2025, "month": "12", **query}
    return list((await emulator.call(emulator.sdk.settlement.report, asked))["items"])


async def test_what_is_not_settled_yet_is_on_no_day(emulator: Emulator) -> None:
    await emulator.pay(await emulator.create())
    assert await report(emulator) == []
    emulator.clock.advance(2 * DAY_S + 60)

    (row,) = await report(emulator)
    assert (row["type"], row["credit"], row["fee"]) == ("payment", 19900 - row["fee"], row["fee"])
    assert row["order_receipt"] == "pa_1"
    assert await report(emulator, day="10") == [row]
    assert await report(emulator, day="08") == []


async def test_a_settlement_is_the_sum_of_its_lines_or_short_of_it(emulator: Emulator) -> None:
    await emulator.pay(await emulator.create())
    emulator.clock.advance(2 * DAY_S + 60)
    (row,) = await report(emulator)
    (listed,) = (await emulator.call(emulator.sdk.settlement.all, {}))["items"]
    assert (listed["id"], listed["amount"]) == (row["settlement_id"], row["credit"])

    await emulator.emu("settings", settlement_short=5)
    found = await emulator.call(emulator.sdk.settlement.fetch, row["settlement_id"])
    assert (found["amount"], found["utr"]) == (row["credit"] - 5, row["settlement_utr"])
    with pytest.raises(BadRequestError):
        await emulator.call(emulator.sdk.settlement.fetch, "setl_0000000000000x")


async def test_a_lost_dispute_is_taken_out_of_a_later_settlement(emulator: Emulator) -> None:
    paid = await emulator.pay(await emulator.create())
    await emulator.emu(f"payments/{paid['payments'][0]}/dispute")
    emulator.clock.advance(5 * DAY_S)
    (dispute,) = (await emulator.look("state"))["disputes"]
    await emulator.emu(f"disputes/{dispute['id']}/lost")
    assert [row["type"] for row in await report(emulator)] == ["payment"]
    emulator.clock.advance(2 * DAY_S + 60)

    (_, row) = await report(emulator)
    assert (row["type"], row["debit"], row["dispute_id"]) == ("adjustment", 19900, dispute["id"])


async def test_there_are_no_more_than_a_thousand_lines_on_a_page(emulator: Emulator) -> None:
    with pytest.raises(BadRequestError, match="greater than 1000"):
        await report(emulator, count=1001)
    with pytest.raises(BadRequestError, match="year field is required"):
        await emulator.call(emulator.sdk.settlement.report, {"month": "12"})
