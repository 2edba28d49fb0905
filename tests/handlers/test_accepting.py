import asyncio
from dataclasses import replace

from handlers.routes import build_router
from tests.doubles.hub import IMAGES, LITE, RAVI, Hub, said


async def test_a_redelivered_command_makes_one_job_and_one_charge(hub: Hub) -> None:
    await hub.grant()
    for _ in range(3):
        assert await hub.call("image", "a fox", event="update-9") is None
    await hub.work.run()
    assert await hub.call("image", "a fox", event="update-9") is None
    await hub.work.run()

    assert len(hub.engine.drawn) == 1
    assert await hub.images_used() == 1
    assert len(hub.chat.messages) == 1


async def test_twenty_commands_at_once_on_one_credit_give_exactly_one_picture(hub: Hub) -> None:
    await hub.grant("flash-lite")
    for _ in range(2):
        await hub.draw()
        await hub.work.run()

    replies = await asyncio.gather(*(hub.call("image", f"fox {n}") for n in range(20)))
    await hub.work.run()

    refused = [said(reply) for reply in replies if reply is not None]
    assert len(refused) == 19
    assert all("Nothing was charged" in words for words in refused)
    assert len(hub.engine.drawn) == 3
    assert await hub.images_left() == 0


async def test_one_person_cannot_fill_the_queue(hub: Hub) -> None:
    await hub.grant("pro")
    for _ in range(IMAGES.live_jobs_max):
        await hub.draw()
    reply = await hub.call("image", "one more")

    assert "3 pictures" in said(reply)
    assert "Nothing was charged" in said(reply)
    assert await hub.images_left() == 12


async def test_a_queue_that_is_full_takes_nobodys_credits(hub: Hub) -> None:
    services = replace(hub.services, images=IMAGES.model_copy(update={"queue_max": 2}))
    small = replace(hub, services=services, router=build_router(services))
    await small.grant("pro")
    await small.grant("pro", user=RAVI)
    for _ in range(2):
        await small.draw(user=RAVI)

    reply = await small.call("image", "a boat")

    assert "2 pictures and videos are waiting" in said(reply)
    assert "Nothing was charged" in said(reply)
    wallet = await small.wallet()
    assert (wallet.running, len(wallet.unstarted)) == (None, 1)  # nor does their hour begin


async def test_better_plans_and_shorter_queues_go_first(hub: Hub) -> None:
    hub.engine.estimate = 10.0
    await hub.grant("flash-lite")
    await hub.grant("pro", user=RAVI)
    await hub.draw()
    await hub.draw()
    await hub.draw(user=RAVI)
    first, second, better = (s.priority for s in hub.work.submitted if s.kind == "draw")

    assert second == first + 10
    assert better == first - LITE.delay_s
