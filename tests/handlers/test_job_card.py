import pytest

from engine.errors import GenerationFailedError
from engine.job import Progress
from handlers.delivery import deliver
from store import cards
from tests.doubles.hub import RAVI, Hub, labels, presses, said


async def shown(hub: Hub, job_id: str) -> str:
    """The card as it is drawn now."""
    await hub.services.database.write(lambda tx: cards.touch(tx, hub.services.work, "job", job_id))
    await deliver(hub.services, job_id)
    return said(hub.card().reply)


async def test_a_waiting_job_tells_its_place_its_cost_and_what_is_left(hub: Hub) -> None:
    await hub.grant(user=RAVI)
    await hub.grant("flash")
    await hub.draw("a cat", user=RAVI)
    hub.clock.pass_(1)
    job_id = await hub.draw()
    words = await shown(hub, job_id)

    assert "Queued, 1 job ahead" in words
    assert "Costs 1 picture · 7 left after this" in words
    assert presses(hub.card().reply) == [f"v1:cancel:{job_id}"]


async def test_the_next_in_line_is_told_so_with_the_engines_estimate(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    hub.services.progress.put(job_id, Progress(step=0, steps=4, position=0, eta_s=12.4))

    assert "you are next · about 12 s" in await shown(hub, job_id)


async def test_who_is_far_behind_is_told_about_when_by_how_fast_those_before_go(hub: Hub) -> None:
    await hub.grant("pro")
    await hub.grant("pro", user=RAVI)
    known = [await hub.draw(user=RAVI) for _ in range(2)]
    hub.clock.pass_(1)
    clip = await hub.film(user=RAVI)
    await hub.draw()
    hub.clock.pass_(1)
    job_id = await hub.draw()
    assert "about" not in await shown(hub, job_id)

    hub.services.progress.put(clip, Progress(step=0, steps=4, eta_s=1000.0))
    for known_id, eta_s in zip(known, (20.0, 40.0), strict=True):
        hub.services.progress.put(known_id, Progress(step=0, steps=4, eta_s=eta_s))

    assert "3 jobs ahead · about 80 s" in await shown(hub, job_id)


@pytest.mark.parametrize(("step", "bar"), [(1, "▰▰▱▱▱▱▱▱▱▱ 25 %"), (4, "▰▰▰▰▰▰▰▰▰▰ 100 %")])
async def test_a_running_job_shows_how_far_it_is(hub: Hub, step: int, bar: str) -> None:
    await hub.grant()
    job_id = await hub.draw()
    hub.services.progress.put(job_id, Progress(step=step, steps=4))

    assert bar in await shown(hub, job_id)


async def test_a_job_that_the_engine_lost_and_draws_again_says_so(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    for step in (2, 3, 1):
        hub.services.progress.put(job_id, Progress(step=step, steps=4))
    words = await shown(hub, job_id)

    assert "25 %" in words
    assert "begins again; nothing more is charged" in words
    await hub.work.run()
    assert "begins again" not in said(hub.card().reply)


async def test_a_finished_picture_tells_what_was_taken_and_what_is_left(hub: Hub) -> None:
    await hub.grant("flash")
    job_id = await hub.draw("a fox --shape portrait --seed 7")
    await hub.work.run()

    words = said(hub.card().reply)
    assert words.splitlines() == [
        "a fox",
        "64×96 · seed 7",
        "1 picture taken · 7 of 8 left · 60 minutes",
    ]
    assert labels(hub.card().reply) == [
        "Again",
        "Variation",
        "Animate",
        "Edit prompt",
        "Original file",
        "Details",
        "My hour",
    ]
    assert presses(hub.card().reply)[0] == f"v1:again:{job_id}"
    media = hub.card().reply.media
    assert media is not None
    assert (media.width, media.height, media.alt) == (64, 96, "a fox")


async def test_a_picture_after_the_hour_says_that_the_hour_is_over(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.kinds["draw"].do(job_id)
    hub.clock.pass_(3601)

    assert "1 picture taken · your hour is over" in await shown(hub, job_id)


async def test_a_caption_is_short_enough_for_telegram(hub: Hub) -> None:
    await hub.grant()
    await hub.draw("x" * 1000)
    await hub.work.run()

    assert len(said(hub.card().reply)) <= 1024


async def test_a_card_speaks_the_language_of_its_owner(hub: Hub) -> None:
    hub.language = "hi"
    await hub.grant()
    hub.engine.fail = [GenerationFailedError("nan")]
    await hub.draw()
    await hub.work.run()
    assert "कुछ नहीं कटा" in said(hub.card().reply)

    hub.language = "en"
    await hub.draw("a fox")
    await hub.work.run()
    assert "1 picture taken" in said(hub.card().reply)
