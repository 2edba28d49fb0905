from dataclasses import replace

import pytest

from billing import invariants
from billing.hours import Hours, HoursSettings
from billing.merging import merge
from handlers.routes import build_router
from store import users
from store.database import Transaction
from tests.doubles.hub import ASHA, ASHA_ELSEWHERE, RAVI, Hub, presses, said


@pytest.fixture
def offering(hub: Hub) -> Hub:
    hours = Hours(HoursSettings(trial_plan="flash-lite"), hub.services.plans, hub.clock)
    hub.services = replace(hub.services, hours=hours)
    hub.router = build_router(hub.services)
    return hub


async def test_a_newcomer_gets_an_hour_for_nothing(offering: Hub) -> None:
    assert await offering.call("trial") is None
    await offering.work.run()

    (hour,) = (await offering.wallet()).unstarted
    assert hour.plan_id == "flash-lite"
    assert "Flash Lite · 1 hour" in said(offering.card().reply)
    assert presses(offering.card().reply)[0] == f"v1:start:{hour.id}"
    async with offering.services.database.read() as tx:
        assert await invariants.check(tx, offering.clock()) == []


async def test_nobody_gets_a_second_one(offering: Hub) -> None:
    await offering.call("trial")

    reply = await offering.call("trial")

    assert "once per person" in said(reply)
    assert presses(reply) == ["v1:plans:"]
    assert len((await offering.wallet()).unstarted) == 1
    assert await offering.call("trial", user=RAVI) is None


async def test_one_wallet_on_two_platforms_is_one_person(offering: Hub) -> None:
    await offering.call("trial")
    await offering.call("session", user=ASHA_ELSEWHERE)

    async def join(tx: Transaction) -> None:
        one = await users.find(tx, "telegram", ASHA)
        other = await users.find(tx, *ASHA_ELSEWHERE.split(":"))
        assert one is not None
        assert other is not None
        services = offering.services
        await merge(tx, services.hours, services.orders, one.id, other.id)

    await offering.services.database.write(join)

    assert "once per person" in said(await offering.call("trial", user=ASHA_ELSEWHERE))


async def test_a_command_delivered_twice_gives_once(offering: Hub) -> None:
    await offering.call("trial", event="same")
    await offering.call("trial", event="same")

    assert len((await offering.wallet()).unstarted) == 1


async def test_where_it_is_not_offered_there_is_no_such_command(hub: Hub) -> None:
    assert "trial" not in {command.name for command in hub.router.commands}
    await hub.call("trial")
    assert (await hub.wallet()).unstarted == ()
