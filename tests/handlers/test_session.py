import pytest

from tests.doubles.hub import RAVI, Hub, presses, said


async def test_somebody_without_an_hour_is_shown_the_way_to_one(hub: Hub) -> None:
    reply = await hub.call("session")

    assert "no hour yet" in said(reply)
    assert presses(reply) == ["v1:plans:"]


async def test_a_running_hour_shows_its_time_and_what_is_used_of_what(hub: Hub) -> None:
    hour_id = await hub.grant("flash", hours=2)
    await hub.press(f"v1:start:{hour_id}")
    for _ in range(2):
        await hub.draw()
    await hub.work.run()
    await hub.draw()
    hub.clock.pass_(600)
    words = said(await hub.call("session"))

    assert "Flash · 50 minutes left" in words
    assert "▰▰▰▰▱▱▱▱▱▱ 3 / 8 pictures" in words
    assert "0 / 1 videos" in words
    assert "0 / 5,00,000 text tokens" in words
    assert "1 × Flash" in words
    assert said(await hub.press("v1:session:")) == words


async def test_a_plan_without_videos_shows_no_bar_for_them(hub: Hub) -> None:
    hour_id = await hub.grant("flash-lite")
    await hub.press(f"v1:start:{hour_id}")

    assert "video" not in said(await hub.call("session"))


async def test_an_unstarted_hour_can_be_started_from_there(hub: Hub) -> None:
    hour_id = await hub.grant("pro")
    reply = await hub.call("session")

    assert "1 × Pro" in said(reply)
    assert presses(reply) == [f"v1:start:{hour_id}"]


async def test_a_press_starts_the_hour_and_a_second_one_changes_nothing(hub: Hub) -> None:
    hour_id = await hub.grant()
    first = await hub.press(f"v1:start:{hour_id}")
    hub.clock.pass_(60)
    second = await hub.press(f"v1:start:{hour_id}")

    assert said(first) == said(second)
    assert "Flash hour is running" in said(first)
    assert (await hub.wallet()).seconds_left == 3540


async def test_a_better_hour_interrupts_and_the_other_goes_on_afterwards(hub: Hub) -> None:
    lite, pro = await hub.grant("flash-lite"), await hub.grant("pro")
    await hub.press(f"v1:start:{lite}")
    await hub.press(f"v1:start:{pro}")
    words = said(await hub.call("session"))

    assert "Pro" in words
    assert "Flash Lite waits with 60 minutes" in words


async def test_a_lesser_hour_cannot_interrupt_and_says_why(hub: Hub) -> None:
    lite, pro = await hub.grant("flash-lite"), await hub.grant("pro")
    await hub.press(f"v1:start:{pro}")
    reply = await hub.press(f"v1:start:{lite}")

    assert reply is not None
    assert reply.toast
    assert "running already" in said(reply)
    assert "Nothing was charged" in said(reply)


@pytest.mark.parametrize("hour", ["ord_0-1", "", "💥"])
async def test_without_an_hour_there_is_nothing_to_start(hub: Hub, hour: str) -> None:
    reply = await hub.press(f"v1:start:{hour}")

    assert reply is not None
    assert reply.toast
    assert "Nothing was charged" in said(reply)


async def test_nobody_can_start_anothers_hour(hub: Hub) -> None:
    hour_id = await hub.grant()
    reply = await hub.press(f"v1:start:{hour_id}", user=RAVI)

    assert "no hour to start" in said(reply)
    assert (await hub.wallet()).running is None


async def test_an_hour_of_a_plan_no_longer_on_sale_is_shown_and_started(hub: Hub) -> None:
    hour_id = await hub.grant("flash")
    hub.services.plans._by_id.pop("flash")

    assert "Flash" in said(await hub.call("session"))
    assert "Flash" in said(await hub.press(f"v1:start:{hour_id}"))


async def test_a_better_plan_takes_over_and_the_rest_of_the_hour_is_kept(hub: Hub) -> None:
    await hub.press(f"v1:start:{await hub.grant('flash')}")
    for _ in range(2):
        await hub.draw()
        await hub.work.run()
    hub.clock.pass_(1200)
    assert await hub.call("buy", "pro") is None
    await hub.work.run()
    offered = said(hub.card().reply)
    assert "Your Flash hour runs, with 40 minutes left" in offered
    assert "Nothing of it is lost" in offered

    hub.gateway.pay(list(hub.gateway.links.values())[-1])
    check = presses(hub.card().reply)[1]
    assert check is not None
    await hub.press(check)
    await hub.work.run()
    paid = hub.card().reply
    assert "goes on afterwards" in said(paid)
    start = presses(paid)[0]
    assert start is not None
    for _ in range(2):
        assert "Pro hour is running" in said(await hub.press(start))

    now = await hub.wallet()
    assert now.running is not None
    assert now.running.plan_id == "pro"
    assert [(hour.plan_id, hour.seconds_left) for hour in now.waiting] == [("flash", 2400)]
    await hub.draw()
    await hub.work.run()
    hub.clock.pass_(3600)
    then = await hub.wallet()
    assert then.running is not None
    assert (then.running.plan_id, then.seconds_left) == ("flash", 2400)
    assert then.usage["image"].left == 6


@pytest.mark.parametrize("plan", ["flash", "flash-lite"])
async def test_before_no_better_plan_is_paid_it_is_said_that_it_comes_after(
    hub: Hub, plan: str
) -> None:
    await hub.press(f"v1:start:{await hub.grant('flash')}")
    await hub.call("buy", plan)
    await hub.work.run()

    assert "kept for you until it is over" in said(hub.card().reply)


async def test_a_gift_says_nothing_of_the_hour_that_runs(hub: Hub) -> None:
    await hub.press(f"v1:start:{await hub.grant('flash')}")
    await hub.call("buy", "pro --gift")
    await hub.work.run()

    assert "hour runs" not in said(hub.card().reply)
