"""A database that comes from a backup knows less than Razorpay."""

import sqlite3
from pathlib import Path

import pytest

from handlers.alarms import sound_alarms
from handlers.housekeeping import compare_payments
from tests.doubles.hub import OPERATOR, RAVI, open_hub, said
from tests.doubles.till import Till
from tests.faults.conftest import POLICY


def copy_of(path: Path, name: str) -> str:
    copied = path.with_name(name)
    with sqlite3.connect(path) as source, sqlite3.connect(copied) as target:
        source.backup(target)
    source.close()
    target.close()
    return f"sqlite:///{copied}"


@pytest.mark.fault("F50")
async def test_what_the_backup_does_not_know_is_learnt_again_or_reported(
    till: Till, tmp_path: Path
) -> None:
    paid, waits = await till.buy(), await till.buy("pro", RAVI)
    (kept,) = await till.pay(paid)
    await till.deliver_all()
    await till.hub.press("v1:start:")
    url = copy_of(till.hub.services.database.path, "backup.db")
    await till.refund(kept, 2_500)
    await till.pay(waits)
    lost = await till.buy("flash-lite", RAVI)
    (unknown,) = await till.pay(lost)
    await till.deliver_all()
    till.hub.clock.pass_(24 * 3600)
    async with open_hub(
        tmp_path, clock=till.hub.clock, razorpay=till.gateway, policy=POLICY, url=url
    ) as hub:
        restored = Till(hub, till.emulator, till.gateway, till.bot)
        await compare_payments(hub.services)
        await hub.work.run()
        await sound_alarms(hub.services)

        assert await restored.outcome(paid) == ("paid", 1)
        assert await restored.outcome(waits) == ("paid", 1)
        again = await restored.payment(kept)
        assert again is not None
        assert again.refunded_paise == 2_500
        told = [said(shown.reply) for shown in hub.chat.messages.values() if shown.chat == OPERATOR]
        assert [words for words in told if unknown in words and "not in the books" in words]
        await restored.is_sound()
