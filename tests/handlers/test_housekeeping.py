import asyncio
import logging
from collections.abc import Iterable

import pytest
import sqlalchemy as sa

from chat.errors import UnreachableError
from handlers import housekeeping
from handlers.housekeeping import (
    OUTAGE_MIN_S,
    check_books,
    end_hours,
    give_sign_of_life,
    keep_house,
    look_for_payments,
    make_up_for_outage,
    refund_lost_jobs,
)
from handlers.services import Services
from store.database import Transaction
from store.tables import user_sessions
from store.work import Work
from tests.doubles.hub import FLASH, OPERATOR, OPERATOR_ELSEWHERE, PRO, Hub, said


async def test_hours_end_although_nobody_asks(hub: Hub) -> None:
    first, _ = await hub.grant("flash-lite"), await hub.grant("pro")
    await hub.press(f"v1:start:{first}")
    hub.clock.pass_(3600)
    await end_hours(hub.services)

    async with hub.services.database.read() as tx:
        live = await hub.services.hours.live(tx, 1)
    assert [hour.status for hour in live] == ["unstarted"]


async def test_payments_are_found_without_a_webhook(hub: Hub) -> None:
    await hub.call("buy", "flash")
    await hub.work.run()
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)
    hub.clock.pass_(10)
    await look_for_payments(hub.services)
    await hub.work.run()

    assert "Paid ✓" in said(hub.card().reply)


async def test_a_job_whose_work_was_given_up_is_refunded_and_told(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hub.grant("pro")
    lost, kept = await hub.draw("lost"), await hub.draw("kept")
    clip = await hub.film()

    async def given_up(_work: Work, _tx: Transaction, kind: str, jobs: Iterable[str]) -> list[str]:
        given_up_of = {"draw": lost, "film": clip}
        return [job for job in jobs if job == given_up_of[kind]]

    monkeypatch.setattr(Work, "given_up", given_up)
    for _ in range(2):
        await refund_lost_jobs(hub.services)

    assert (await hub.job(lost)).failure == "lost"
    assert (await hub.job(clip)).failure == "lost"
    assert (await hub.job(kept)).state == "queued"
    assert await hub.images_left() == PRO.images - 1
    assert await hub.videos_left() == PRO.videos
    await hub.work.run()
    cards = [said(shown.reply) for shown in hub.chat.messages.values()]
    assert any("lost in a failure" in words and "Nothing was charged" in words for words in cards)


async def test_a_duty_that_fails_is_reported_and_does_not_stop_the_others(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done = asyncio.Event()
    turns: list[int] = []
    forgotten: list[int] = []

    async def forget(_work: Work, now: int) -> None:
        forgotten.append(now)

    async def broken(_services: Services) -> None:
        turns.append(1)
        raise LookupError("a broken duty")

    async def healthy(_services: Services) -> None:
        if len(turns) > 1:
            done.set()

    monkeypatch.setattr(Work, "forget_finished", forget)
    monkeypatch.setattr(housekeeping, "EVERY_S", 0)
    monkeypatch.setattr(housekeeping, "end_hours", broken)
    monkeypatch.setattr(housekeeping, "look_for_payments", healthy)
    monkeypatch.setattr(housekeeping, "refund_lost_jobs", healthy)
    with caplog.at_level(logging.ERROR):
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(keep_house(hub.services))
            await asyncio.wait_for(done.wait(), 10)
            keeping.cancel()

    assert "a broken duty" in caplog.text
    assert forgotten == [hub.clock()], "what is done seldom is done at the start too"


async def test_a_broken_invariant_is_logged_and_the_operators_are_told(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    await hub.grant()
    await check_books(hub.services)
    assert hub.chat.messages == {}

    await _set_credits(hub, FLASH.images + 1)
    hub.elsewhere.fail = [UnreachableError()]
    with caplog.at_level(logging.WARNING):
        await check_books(hub.services)
    await _set_credits(hub, FLASH.images)

    assert "what_people_see_is_the_ledgers" in caplog.text
    assert f"{OPERATOR_ELSEWHERE} cannot be told" in caplog.text
    assert hub.card().chat == OPERATOR
    assert "not sound: 1 finding" in said(hub.card().reply)


async def _set_credits(hub: Hub, images: int) -> None:
    change = sa.update(user_sessions).values(image_credits=images)
    await hub.services.database.write(lambda tx: tx.execute(change))


async def test_time_without_a_bot_is_given_back_to_the_running_hour(hub: Hub) -> None:
    hour = await hub.grant("flash")
    await hub.press(f"v1:start:{hour}")
    await give_sign_of_life(hub.services)
    hub.clock.pass_(600)

    await make_up_for_outage(hub.services)
    await make_up_for_outage(hub.services)

    wallet = await hub.wallet()
    assert wallet.seconds_left == 3600


async def test_a_quick_restart_changes_nothing(hub: Hub) -> None:
    hour = await hub.grant("flash")
    await hub.press(f"v1:start:{hour}")
    await give_sign_of_life(hub.services)
    hub.clock.pass_(OUTAGE_MIN_S - 1)

    await make_up_for_outage(hub.services)

    wallet = await hub.wallet()
    assert wallet.seconds_left == 3600 - OUTAGE_MIN_S + 1
