import pytest

from chat.errors import TooLargeError
from engine.job import Progress
from handlers.delivery import deliver
from store import cards
from tests.doubles.hub import Hub, presses, said


async def test_a_finished_clip_is_shown_playable_with_its_facts_in_the_same_message(
    hub: Hub,
) -> None:
    await hub.grant("pro")
    job_id = await hub.film("a boat --seed 7 --seconds 2")
    await hub.work.run()

    (shown,) = hub.chat.messages.values()
    media = shown.reply.media
    assert media is not None
    assert (media.kind, media.name, media.alt) == ("video", f"{job_id}.mp4", "a boat")
    assert (media.width, media.height, media.duration_s) == (96, 64, 2.0)
    assert media.data[4:8] == b"ftyp"
    assert media.thumbnail is not None
    assert media.thumbnail.startswith(b"\xff\xd8")
    assert "96×64 · 2.0 s · seed 7" in said(shown.reply)
    assert "1 video taken · 2 of 3 left · 60 minutes" in said(shown.reply)
    assert not shown.reply.is_live
    assert presses(shown.reply) == [
        f"v1:video_again:{job_id}",
        f"v1:original:{job_id}",
        f"v1:details:{job_id}",
        "v1:session:",
    ]


async def test_a_waiting_clip_tells_its_place_and_its_cost_and_a_running_one_its_percent(
    hub: Hub,
) -> None:
    await hub.grant("pro")
    await hub.draw("a cat")  # which it does not wait for
    await hub.film("a fox")
    hub.clock.pass_(1)
    job_id = await hub.film()
    await deliver(hub.services, job_id)
    assert "Queued, 1 job ahead" in said(hub.card().reply)
    assert "Costs 1 video · 1 left after this" in said(hub.card().reply)
    assert presses(hub.card().reply) == [f"v1:cancel:{job_id}"]
    assert hub.card().reply.is_live

    hub.services.progress.put(job_id, Progress(step=40, steps=100))
    await hub.services.database.write(lambda tx: cards.touch(tx, hub.services.work, "job", job_id))
    await deliver(hub.services, job_id)
    assert "40 %" in said(hub.card().reply)


async def test_a_clip_that_a_chat_does_not_take_goes_as_a_link(hub: Hub) -> None:
    await hub.grant("pro")
    job_id = await hub.film()
    await deliver(hub.services, job_id)
    hub.chat.fail = [TooLargeError()]
    await hub.work.run()

    shown = hub.card().reply
    assert shown.media is None
    assert "too large" in said(shown)
    assert shown.buttons[0][0].url == hub.services.links.media(job_id, 1)


@pytest.mark.parametrize(("lost", "is_shown"), [("*.jpg", True), ("*.mp4", False)])
async def test_a_lost_file_does_not_keep_the_card_from_telling(
    hub: Hub, lost: str, is_shown: bool
) -> None:
    await hub.grant("pro")
    job_id = await hub.film()
    await hub.work.kinds["draw"].do(job_id)
    for file in hub.media.rglob(lost):
        file.unlink()
    await hub.work.run()

    shown = hub.card().reply
    assert (shown.media is not None) == is_shown
    assert ("lost" in said(shown)) != is_shown
    assert "1 video taken" in said(shown)


async def test_a_credit_that_came_back_after_its_hour_makes_the_next_clip(hub: Hub) -> None:
    await hub.grant("flash")
    job_id = await hub.film()
    hub.clock.pass_(3601)
    await hub.press(f"v1:cancel:{job_id}")

    assert "1 video" in said(await hub.call("session"))
    assert "Costs 1 of 1 video." in said(await hub.call("video", "a boat"))
    await hub.film()
    await hub.work.run()
    assert (await hub.wallet()).carry_over == {}
    assert "1 video taken · your hour is over" in said(hub.card().reply)
