import asyncio

import pytest

from chat.model import PictureRef
from handlers.offering import KEEP_S, forget_old
from tests.doubles.engine import wall
from tests.doubles.hub import FLASH, RAVI, Hub, labels, presses, said


async def test_the_price_comes_first_and_nothing_is_bound_or_drawn_before_start(hub: Hub) -> None:
    await hub.grant("pro")
    reply = await hub.call("video", "a boat --seconds 2")

    assert "Costs 1 of 3 videos." in said(reply)
    assert "2 s · 96×64" in said(reply)
    assert "Nothing is charged before you press Start" in said(reply)
    assert "Your hour begins with it" in said(reply)
    assert labels(reply) == ["Start", "Cancel"]
    await hub.work.run()
    assert hub.engine.drawn == []
    assert hub.engine.animated == []
    assert (await hub.wallet()).running is None
    assert await hub.live_jobs() == []


async def test_the_last_credit_of_the_hour_is_named_as_such(hub: Hub) -> None:
    await hub.grant("flash")
    await hub.draw()
    reply = await hub.call("video", "a boat")

    assert "Costs 1 of 1 video." in said(reply)
    assert "None is left in this hour after it." in said(reply)
    assert "hour begins" not in said(reply)


async def test_a_plan_without_videos_leads_to_one_that_has_some(hub: Hub) -> None:
    await hub.grant("flash-lite")
    reply = await hub.call("video", "a boat")

    assert "Your plan has no videos. Nothing was charged." in said(reply)
    assert presses(reply) == ["v1:plan:flash", "v1:plans:"]


async def test_without_an_hour_the_plans_are_one_tap_away(hub: Hub) -> None:
    reply = await hub.call("video", "a boat")

    assert "Nothing was charged" in said(reply)
    assert presses(reply) == ["v1:plans:"]


async def test_blocked_words_are_not_offered(hub: Hub) -> None:
    await hub.grant()

    assert "I do not draw gore" in said(await hub.call("video", "a boat in gore"))


async def test_start_binds_the_credit_and_the_card_takes_the_prices_place(hub: Hub) -> None:
    await hub.grant("flash")
    offer_id = await hub.offer()
    assert await hub.press(f"v1:video_start:{offer_id}", message="77") is None

    (job_id,) = await hub.live_jobs()
    job = await hub.job(job_id)
    assert (job.kind, job.cost, job.request["left_after"]) == ("video", 1, 0)
    usage = (await hub.wallet()).usage
    assert (usage["video"].reserved, usage["image"].reserved) == (1, 0)
    await hub.work.run()
    assert list(hub.chat.messages) == ["77"]


async def test_an_offer_is_taken_once_however_often_start_is_pressed(hub: Hub) -> None:
    await hub.grant("pro")
    offer_id = await hub.offer()
    replies = await asyncio.gather(*(hub.press(f"v1:video_start:{offer_id}") for _ in range(3)))

    assert len(await hub.live_jobs()) == 1
    told = [reply for reply in replies if reply is not None]
    assert [reply.toast for reply in told] == [True, True]
    assert "Nothing more is charged" in said(told[0])


async def test_what_is_dropped_is_not_begun_and_cannot_be_started(hub: Hub) -> None:
    await hub.grant()
    offer_id = await hub.offer()
    reply = await hub.press(f"v1:video_drop:{offer_id}")

    assert reply is not None
    assert reply.edit
    assert "Not started. Nothing was charged." in said(reply)
    assert reply.buttons == ()
    for verb in ("video_drop", "video_start"):
        assert "answered before" in said(await hub.press(f"v1:{verb}:{offer_id}"))
    assert await hub.live_jobs() == []
    assert (await hub.wallet()).running is None


async def test_a_sent_picture_is_forgotten_with_the_offer_that_is_dropped(hub: Hub) -> None:
    await hub.grant()
    hub.chat.files["photo-1"] = wall(60, 40, seed=9)
    reply = await hub.call("video", picture=PictureRef("photo-1", 1000))
    assert len(list(hub.media.rglob("*.png"))) == 1
    drop = presses(reply)[1]
    assert drop is not None
    await hub.press(drop)

    assert list(hub.media.rglob("*.png")) == []


async def test_a_price_that_nobody_answers_is_forgotten_with_its_picture_after_a_week(
    hub: Hub,
) -> None:
    await hub.grant("pro")
    hub.chat.files["photo-1"] = wall(60, 40, seed=9)
    started = await hub.call("video", picture=PictureRef("photo-1", 1000))
    ignored = await hub.call("video", picture=PictureRef("photo-1", 1000))
    start, never = presses(started)[0], presses(ignored)[0]
    assert start is not None
    assert never is not None
    await hub.press(start)
    hub.clock.pass_(KEEP_S)
    await forget_old(hub.services)
    assert len(list(hub.media.rglob("*.source.png"))) == 2

    hub.clock.pass_(1)
    await forget_old(hub.services)
    assert len(list(hub.media.rglob("*.source.png"))) == 1, "that of the clip is kept"
    assert "Nothing was charged" in said(await hub.press(never))
    assert len(await hub.live_jobs()) == 1


async def test_an_earlier_picture_outlives_the_price_of_its_clip(hub: Hub) -> None:
    await hub.grant("pro")
    job_id = await hub.draw()
    await hub.work.run()
    await hub.press(f"v1:animate:{job_id}")
    hub.clock.pass_(KEEP_S + 1)
    await forget_old(hub.services)

    assert len(list(hub.media.rglob("*.png"))) == 1


async def test_a_credit_that_was_spent_meanwhile_leaves_the_offer_open(hub: Hub) -> None:
    await hub.grant("flash")
    first, second = await hub.offer("a boat"), await hub.offer("a cat")
    await hub.press(f"v1:video_start:{first}")
    reply = await hub.press(f"v1:video_start:{second}")

    assert "Your 1 video of this hour is used" in said(reply)
    (job_id,) = await hub.live_jobs()
    await hub.press(f"v1:cancel:{job_id}")
    assert await hub.press(f"v1:video_start:{second}") is None


@pytest.mark.parametrize("verb", ["video_start", "video_drop"])
async def test_nobody_answers_anothers_offer(hub: Hub, verb: str) -> None:
    await hub.grant()
    await hub.grant(user=RAVI)
    offer_id = await hub.offer()
    reply = await hub.press(f"v1:{verb}:{offer_id}", user=RAVI, private=False)

    assert reply is not None
    assert reply.toast
    assert "somebody else" in said(reply)
    assert await hub.live_jobs() == []


@pytest.mark.parametrize("verb", ["video_start", "video_drop"])
async def test_an_offer_that_never_was_is_answered(hub: Hub, verb: str) -> None:
    assert "Nothing was charged" in said(await hub.press(f"v1:{verb}:off_0"))


async def test_who_has_enough_in_the_works_has_to_wait(hub: Hub) -> None:
    await hub.grant("pro")
    offer_id = await hub.offer()
    for _ in range(3):
        await hub.draw()
    reply = await hub.press(f"v1:video_start:{offer_id}")

    assert "Nothing was charged" in said(reply)
    assert len(await hub.live_jobs()) == 3
    await hub.work.run()
    assert await hub.press(f"v1:video_start:{offer_id}") is None


async def test_a_bot_that_lost_its_video_model_starts_nothing(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hub.grant()
    offer_id = await hub.offer()
    monkeypatch.setattr(hub.engine, "animates", False)
    reply = await hub.press(f"v1:video_start:{offer_id}")

    assert "I cannot make videos just now" in said(reply)
    assert "Nothing was charged" in said(reply)
    assert await hub.live_jobs() == []


async def test_a_cancelled_clip_is_not_charged_and_says_so(hub: Hub) -> None:
    await hub.grant("flash")
    job_id = await hub.film()
    assert await hub.press(f"v1:cancel:{job_id}") is None
    await hub.work.run()

    assert hub.engine.animated == []
    assert await hub.videos_left() == FLASH.videos
    card = hub.card().reply
    assert "Cancelled. Nothing was charged. 1 video left." in said(card)
    assert presses(card) == [f"v1:video_again:{job_id}"]
