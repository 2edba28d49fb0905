import pytest

from engine.errors import GenerationFailedError
from engine.job import Progress
from handlers.delivery import deliver, show_progress
from tests.doubles.hub import RAVI, Hub, labels, presses, said


async def test_several_pictures_are_one_request_one_card_and_one_charge_each(hub: Hub) -> None:
    await hub.grant()
    assert await hub.call("image", "a fox --count 3 --seed 4294967295") is None
    first, *further = await hub.live_jobs()
    assert further == [f"{first}.2", f"{first}.3"]
    assert (await hub.wallet()).usage["image"].left == 5
    await hub.work.run()

    assert {request.seed for _, request in hub.engine.drawn} == {2**32 - 1, 0, 1}
    (shown,) = hub.chat.messages.values()
    assert [media.name for media in shown.reply.all_media] == [
        f"{first}.png",
        f"{first}.2.png",
        f"{first}.3.png",
    ]
    assert "3 pictures taken · 5 left" in said(shown.reply)
    assert labels(shown.reply)[:3] == ["1", "2", "3"]
    assert await hub.images_used() == 3


async def test_one_of_them_is_shown_by_its_number_with_buttons_of_its_own(hub: Hub) -> None:
    await hub.grant()
    await hub.call("image", "a fox --count 2 --seed 7")
    await hub.work.run()
    for number, press in enumerate(presses(hub.card().reply)[:2]):
        assert press
        one = await hub.press(press)
        assert one is not None
        assert len(one.all_media) == 1
        assert f"seed {7 + number}" in said(one)
        assert presses(one)[0] == press.replace("show", "again")
        assert "somebody else" in said(await hub.press(press, user=RAVI))

    again = presses(hub.card().reply)[1]
    assert again
    await hub.press(again.replace("show", "again"))
    assert len(await hub.live_jobs()) == 1, "one more of one picture"


async def test_a_picture_that_fails_is_given_back_and_the_others_are_shown(hub: Hub) -> None:
    await hub.grant()
    hub.engine.fail = [GenerationFailedError("nan")]
    await hub.call("image", "a fox --count 3")
    await hub.work.run()

    card = hub.card().reply
    assert "2 pictures taken · 6 left" in said(card)
    assert "1 picture not drawn and not charged" in said(card)
    assert len(card.all_media) == 2
    assert labels(card)[:2] == ["2", "3"]
    assert await hub.images_used() == 2


async def test_when_all_fail_it_is_said_as_for_one(hub: Hub) -> None:
    await hub.grant()
    hub.engine.fail = [GenerationFailedError("nan") for _ in range(2)]
    await hub.call("image", "a fox --count 2")
    await hub.work.run()

    assert "could not draw this" in said(hub.card().reply)
    assert "Nothing was charged. 8 pictures left" in said(hub.card().reply)
    assert await hub.images_used() == 0


async def test_credits_for_some_of_them_charge_none(hub: Hub) -> None:
    await hub.grant("flash-lite")
    reply = await hub.call("image", "a fox --count 4")

    assert "4 pictures were asked for, and there are credits for 3" in said(reply)
    assert "Nothing was charged" in said(reply)
    assert await hub.live_jobs() == []
    assert (await hub.wallet()).running is None


async def test_a_redelivered_request_is_charged_once(hub: Hub) -> None:
    await hub.grant()
    for _ in range(2):
        assert await hub.call("image", "a fox --count 2", event="update-9") is None
    await hub.work.run()

    assert await hub.images_used() == 2
    assert len(hub.chat.messages) == 1


async def test_cancelling_stops_all_that_are_left_and_keeps_what_is_drawn(hub: Hub) -> None:
    await hub.grant()
    await hub.call("image", "a fox --count 3")
    first, *_ = await hub.live_jobs()
    (draw, *_) = [each for each in hub.work.waiting if each.subject == first]
    hub.work.waiting.remove(draw)
    await hub.work.kinds[draw.kind].do(first)
    await deliver(hub.services, first)
    assert "1/3" in said(hub.card().reply)
    assert hub.card().reply.is_live

    assert await hub.press(f"v1:cancel:{first}") is None
    await hub.work.run()
    card = hub.card().reply
    assert "1 picture taken · 7 left" in said(card)
    assert "2 pictures not drawn and not charged" in said(card)
    assert len(card.all_media) == 1
    assert await hub.images_used() == 1
    assert "Too late" in said(await hub.press(f"v1:cancel:{first}"))


async def test_the_card_shows_how_far_all_of_them_are(hub: Hub) -> None:
    await hub.grant()
    await hub.call("image", "a fox --count 2")
    first, second = await hub.live_jobs()
    await deliver(hub.services, first)
    for job_id, step in ((first, 2), (second, 1)):
        hub.services.progress.put(job_id, Progress(step=step, steps=4, position=0, eta_s=1.0))
    await show_progress(hub.services)

    ((_, reply),) = hub.chat.progress
    assert "38 % · 0/2" in said(reply)
    assert "Costs 2 pictures · 6 left" in said(reply)
    assert presses(reply) == [f"v1:cancel:{first}"]


async def test_many_pictures_of_one_request_count_as_one_of_those_in_the_works(hub: Hub) -> None:
    await hub.grant("pro")
    for _ in range(3):
        assert await hub.call("image", "a fox --count 4") is None
    assert "3 pictures in the works" in said(await hub.call("image", "a fox"))


async def test_a_file_that_was_lost_is_said_to_be_so(hub: Hub) -> None:
    await hub.grant()
    await hub.call("image", "a fox --count 2")
    first, second = await hub.live_jobs()
    for job_id in (first, second):
        (draw,) = [
            each for each in hub.work.waiting if (each.kind, each.subject) == ("draw", job_id)
        ]
        hub.work.waiting.remove(draw)
        await hub.work.kinds[draw.kind].do(job_id)
    (lost,) = hub.media.rglob(f"{second}.png")
    lost.unlink()
    await hub.work.run()

    assert "lost" in said(hub.card().reply)
    assert [media.name for media in hub.card().reply.all_media] == [f"{first}.png"]


@pytest.mark.parametrize("count", ["0", "5"])
async def test_more_than_an_album_holds_is_refused(hub: Hub, count: str) -> None:
    await hub.grant()
    assert "1–4" in said(await hub.call("image", f"a fox --count {count}"))
