from dataclasses import replace
from functools import partial

import pytest

from billing.refunds import RefundSettings
from engine.errors import (
    EngineBusyError,
    EngineClosedError,
    EngineCrashedError,
    GenerationFailedError,
    ModelMissingError,
)
from handlers.alarms import sound_alarms
from handlers.housekeeping import end_hours, give_sign_of_life, make_up_for_outage
from handlers.standstill import STUCK_S, try_drawing, watch
from store import standstills
from store.standstills import Standstill
from store.work import LeftForNextStart
from tests.doubles.hub import ASHA, OPERATOR, RAVI, Hub, labels, presses, said

DAY_S = 24 * 3600


async def current(hub: Hub) -> Standstill | None:
    async with hub.services.database.read() as tx:
        return await standstills.current(tx)


async def buy(hub: Hub, arguments: str = "flash", user: str = ASHA) -> None:
    await hub.call("buy", arguments, user)
    await hub.work.run()
    hub.gateway.pay(list(hub.gateway.links.values())[-1])
    await let_pass(hub, 10)


async def let_pass(hub: Hub, seconds: int) -> None:
    """Time passes and the duties are done."""
    hub.clock.pass_(seconds)
    await watch(hub.services)
    await end_hours(hub.services)
    assert hub.services.payments is not None
    await hub.services.payments.poll_due()
    await hub.work.run()


async def cannot_draw(hub: Hub, user: str = ASHA) -> None:
    hub.engine.broken = ModelMissingError("models/none")
    await hub.draw(user=user)
    await hub.work.run()


def refunds(hub: Hub) -> list[int]:
    return [paise for _, paise in hub.gateway.refunded.values()]


def told(hub: Hub, user: str = OPERATOR) -> list[str]:
    return [said(shown.reply) for shown in hub.chat.messages.values() if shown.chat == user]


@pytest.mark.fault("F38")
async def test_a_failure_that_is_not_the_jobs_own_stops_the_clock(hub: Hub) -> None:
    await buy(hub)
    await cannot_draw(hub)
    assert await current(hub) is not None
    for _ in range(10):
        await let_pass(hub, 3000)

    now = await hub.wallet()
    assert now.running is not None
    assert now.seconds_left >= 3000
    card = hub.card().reply
    assert "Your hours stand still" in said(card)
    assert "Money back" in labels(card)


async def test_one_job_that_fails_is_no_standstill(hub: Hub) -> None:
    await buy(hub)
    hub.engine.fail = [GenerationFailedError("numbers")]
    await hub.draw()
    await hub.work.run()

    assert await current(hub) is None
    assert "Money back" not in labels(hub.card().reply)


async def test_it_is_over_with_the_first_picture_and_the_cards_say_so(hub: Hub) -> None:
    await buy(hub)
    await cannot_draw(hub)
    hub.engine.broken = None
    await let_pass(hub, 300)

    assert await current(hub) is None
    assert "Drawing works again" in said(hub.card().reply)
    assert "Money back" not in labels(hub.card().reply)
    await sound_alarms(hub.services)
    await sound_alarms(hub.services)
    assert len([words for words in told(hub) if "Nothing can be drawn" in words]) == 1
    assert len([words for words in told(hub) if "Drawing works again" in words]) == 1


async def test_a_picture_that_somebody_gets_ends_it_too(hub: Hub) -> None:
    await buy(hub)
    await cannot_draw(hub)
    hub.clock.pass_(20)
    hub.engine.broken = None
    await hub.draw()
    await hub.work.run()
    await let_pass(hub, 20)

    assert await current(hub) is None


@pytest.mark.fault("F38")
async def test_who_does_not_want_to_wait_gets_the_money_back_once(hub: Hub) -> None:
    await buy(hub, "flash 2")
    await cannot_draw(hub)
    asked = await hub.press("v1:money_back:")
    assert "₹200 for 2 hours" in said(asked)
    yes = presses(asked)[0]
    assert yes is not None
    assert "On its way" in said(await hub.press(yes))
    assert "nothing to send back" in said(await hub.press(yes))
    await hub.work.run()

    assert refunds(hub) == [20_000]
    assert (await hub.wallet()).running is None
    assert any("Nothing could be drawn" in words for words in told(hub, ASHA))
    await sound_alarms(hub.services)
    await sound_alarms(hub.services)
    assert len([words for words in told(hub) if "Goes back: ₹200" in words]) == 1


@pytest.mark.fault("F38")
async def test_after_a_day_it_goes_back_by_itself_to_who_wanted_to_draw(hub: Hub) -> None:
    await buy(hub)
    await buy(hub, user=RAVI)
    await cannot_draw(hub)
    await let_pass(hub, DAY_S - 60)
    assert refunds(hub) == []
    for _ in range(3):
        await let_pass(hub, 60)

    assert refunds(hub) == [10_000]
    assert len((await hub.wallet(RAVI)).unstarted) == 1


async def test_nothing_goes_back_by_itself_to_who_waits(hub: Hub) -> None:
    await buy(hub)
    await cannot_draw(hub)
    wait = presses(await hub.press("v1:money_back:"))[1]
    assert wait is not None
    for _ in range(2):
        assert "Thank you" in said(await hub.press(wait))
    await let_pass(hub, 2 * DAY_S)
    assert refunds(hub) == []
    assert (await hub.wallet()).running is not None

    yes = presses(await hub.press("v1:money_back:"))[0]
    assert yes is not None
    await hub.press(yes)
    await hub.work.run()
    assert refunds(hub) == [10_000]


async def test_nothing_goes_back_by_itself_where_the_policy_says_so(hub: Hub) -> None:
    hub.services = replace(hub.services, refunding=RefundSettings(standstill_h=0))
    await buy(hub)
    await cannot_draw(hub)
    await let_pass(hub, 30 * DAY_S)

    assert refunds(hub) == []


async def test_when_drawing_works_again_the_button_sends_nothing(hub: Hub) -> None:
    await buy(hub)
    await cannot_draw(hub)
    yes = presses(await hub.press("v1:money_back:"))[0]
    assert yes is not None
    hub.engine.broken = None
    await let_pass(hub, 300)

    assert "Drawing works again" in said(await hub.press(yes))
    assert "Drawing works again" in said(await hub.press("v1:money_back:"))
    assert refunds(hub) == []


async def test_hours_that_nobody_paid_for_have_no_money_to_go_back(hub: Hub) -> None:
    await hub.grant()
    await cannot_draw(hub)

    assert "nothing to send back" in said(await hub.press("v1:money_back:"))
    await let_pass(hub, 2 * DAY_S)
    assert (await hub.wallet()).running is not None


@pytest.mark.fault("F38")
async def test_an_engine_that_is_not_there_and_lets_a_job_wait_is_a_standstill(hub: Hub) -> None:
    await buy(hub)
    await hub.draw()
    hub.engine.is_ready = False
    hub.clock.pass_(STUCK_S - 1)
    await watch(hub.services)
    assert await current(hub) is None
    hub.clock.pass_(1)
    await watch(hub.services)

    assert await current(hub) is not None
    await hub.work.run()


async def test_a_long_queue_is_no_standstill(hub: Hub) -> None:
    await hub.grant()
    await hub.draw()
    hub.clock.pass_(STUCK_S)
    await watch(hub.services)

    assert await current(hub) is None
    await hub.work.run()


async def test_a_try_that_is_refused_as_too_much_or_cut_off_says_nothing(hub: Hub) -> None:
    hub.engine.fail = [EngineBusyError(9, 9), EngineClosedError()]
    await try_drawing(hub.services, "5")
    with pytest.raises(LeftForNextStart):
        await try_drawing(hub.services, "5")

    assert await current(hub) is None


async def test_time_in_which_no_bot_was_there_either_is_given_back_once(hub: Hub) -> None:
    await buy(hub)
    await give_sign_of_life(hub.services)
    hub.engine.broken = EngineCrashedError(3)
    await hub.draw()
    await hub.work.run()
    await give_sign_of_life(hub.services)
    hub.clock.pass_(5000)
    await make_up_for_outage(hub.services)
    await let_pass(hub, 20)
    hub.engine.broken = None
    await try_drawing(hub.services, "5")

    assert 3600 <= (await hub.wallet()).seconds_left <= 3600 + 60


async def test_two_tries_at_once_begin_one_standstill(hub: Hub) -> None:
    hub.engine.broken = EngineCrashedError(3)
    began = [partial(try_drawing, hub.services, str(at)) for at in (hub.clock(), hub.clock() - 1)]
    for each in began:
        await each()

    found = await current(hub)
    assert found is not None
    assert found.began_at == hub.clock()
