from io import BytesIO

import pytest
from PIL import Image

from chat.model import PictureRef, Reply
from handlers.routes import build_router
from handlers.settings import VideoSettings
from tests.doubles.engine import wall
from tests.doubles.hub import RAVI, Hub, labels, presses, said

PHOTO = PictureRef("photo-1", 1000)


@pytest.fixture(autouse=True)
def _photo(hub: Hub) -> None:
    hub.chat.files["photo-1"] = wall(40, 40, seed=9)


async def begin(hub: Hub, reply: Reply | None) -> None:
    """Somebody presses *Start*, and the clip is drawn."""
    press = presses(reply)[0]
    assert press is not None
    assert await hub.press(press) is None
    await hub.work.run()


async def test_a_picture_that_is_sent_is_animated_in_the_shape_most_like_it(hub: Hub) -> None:
    await hub.grant()
    reply = await hub.call("video", picture=PHOTO)

    assert "your picture" in said(reply)
    assert "64×64" in said(reply)
    await begin(hub, reply)
    ((_, clip),) = hub.engine.animated
    with Image.open(BytesIO(clip.image)) as image:
        assert image.size == (40, 40)
    assert hub.engine.drawn == []


async def test_words_beside_a_picture_name_the_clip_and_are_said_not_to_steer_it(hub: Hub) -> None:
    await hub.grant()
    reply = await hub.call("video", "my boat --shape landscape", picture=PHOTO)

    assert "my boat" in said(reply)
    assert "The model decides what moves" in said(reply)
    assert "96×64" in said(reply)
    assert "The model decides" not in said(await hub.call("video", "a boat"))


async def test_a_refused_picture_is_not_kept(hub: Hub) -> None:
    assert "Nothing was charged" in said(await hub.call("video", picture=PHOTO))
    assert list(hub.media.rglob("*.png")) == []


async def test_a_redelivered_command_does_not_take_the_picture_from_the_clip(hub: Hub) -> None:
    await hub.grant("flash")
    reply = await hub.call("video", picture=PHOTO, event="update-9")
    press = presses(reply)[0]
    assert press is not None
    await hub.press(press)
    again = await hub.call("video", picture=PHOTO, event="update-9")

    assert "Your 1 video of this hour is used" in said(again)
    await hub.work.run()
    assert len(hub.engine.animated) == 1


async def test_an_earlier_picture_is_found_by_its_words_or_its_id(hub: Hub) -> None:
    await hub.grant("pro")
    boat = await hub.draw("a boat --shape portrait")
    await hub.draw("a cat")
    await hub.work.run()

    for said_of in ("boat", boat):
        reply = await hub.call("video", {"of": said_of, "seconds": 1})
        assert "a boat" in said(reply)
        await begin(hub, reply)
    picture = await hub.services.blobs.get(f"1/{boat}.png")
    assert [clip.image == picture for _, clip in hub.engine.animated] == [True, True]
    assert [suggested.value for suggested in await hub.suggest("video", "of", "boat")] == [boat]


async def test_a_picture_that_nobody_drew_is_said_not_to_be_there(hub: Hub) -> None:
    await hub.grant(user=RAVI)
    await hub.draw("a boat", user=RAVI)
    await hub.work.run()

    assert "No picture of yours" in said(await hub.call("video", "--of boat"))


async def test_every_picture_can_be_animated(hub: Hub) -> None:
    await hub.grant("pro")
    job_id = await hub.draw("a fox --spoiler")
    await hub.work.run()
    card = hub.card()
    assert "Animate" in labels(card.reply)
    reply = await hub.press(f"v1:animate:{job_id}", message=card.id)

    assert "a fox" in said(reply)
    assert "Costs 1 of 3 videos." in said(reply)
    await begin(hub, reply)
    media = hub.card().reply.media
    assert media is not None
    assert (media.kind, media.spoiler) == ("video", True)


async def test_the_menu_of_a_message_animates_the_picture_in_it(hub: Hub) -> None:
    await hub.grant("pro")
    job_id = await hub.draw("a fox")
    await hub.work.run()
    under_it = [press for press in presses(hub.card().reply) if press]

    assert "Costs 1 of 3 videos." in said(await hub.choose("animate", *under_it))
    assert "v1:animate:" + job_id in under_it


async def test_a_picture_that_is_not_drawn_yet_cannot_be_animated(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()

    for pressed in (job_id, "job_0"):
        assert "Nothing was charged" in said(await hub.press(f"v1:animate:{pressed}"))


async def test_again_offers_the_same_clip_with_another_seed(hub: Hub) -> None:
    await hub.grant("pro")
    job_id = await hub.film("a boat --seed 7 --seconds 1")
    await hub.work.run()
    reply = await hub.press(f"v1:video_again:{job_id}", message=hub.card().id)

    assert "Costs 1 of 2 videos." in said(reply)
    await begin(hub, reply)
    (_, first), (_, second) = hub.engine.animated
    assert (second.frames, second.fps, second.size) == (first.frames, first.fps, first.size)
    assert second.seed != first.seed
    assert hub.engine.drawn[1][1].seed == second.seed


async def test_again_of_a_length_that_is_no_longer_sold_is_refused(hub: Hub) -> None:
    await hub.grant("pro")
    job_id = await hub.film("a boat --seconds 5")
    await hub.work.run()
    shorter = VideoSettings(seconds=2, credits={2: 1})
    object.__setattr__(hub.services, "videos", shorter)
    reply = await hub.press(f"v1:video_again:{job_id}")

    assert "can be 2 s long at most. Nothing was charged" in said(reply)


@pytest.mark.parametrize("verb", ["again", "vary", "animate"])
async def test_what_is_for_pictures_is_not_done_to_a_clip(hub: Hub, verb: str) -> None:
    await hub.grant("pro")
    job_id = await hub.film()
    await hub.work.run()
    reply = await hub.press(f"v1:{verb}:{job_id}")

    assert "Nothing was charged" in said(reply)
    assert await hub.live_jobs() == []


async def test_a_picture_is_no_clip_to_be_drawn_again(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()

    assert "Nothing was charged" in said(await hub.press(f"v1:video_again:{job_id}"))


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("", "/video"),
        ("--style anime", "/video"),
        ("a boat --seconds 6", "1–5"),
        ("a boat --seconds 0", "1–5"),
        ("a boat --shape portrait", "landscape"),
        ("a boat --motion 256", "0–255"),
        ("a boat --size 5", "--seconds"),
        ("half a pair \ud83d", ""),
    ],
)
async def test_bad_words_get_one_answer_that_says_nothing_was_charged(
    hub: Hub, arguments: str, names: str
) -> None:
    await hub.grant()
    reply = await hub.call("video", arguments)

    assert names in said(reply)
    assert "Nothing was charged" in said(reply)


async def test_a_bot_without_a_video_model_offers_no_videos_and_says_why_when_asked(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.engine, "animates", False)
    hub.router = build_router(hub.services)
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.run()

    assert "video" not in [command.name for command in hub.router.commands]
    assert "animate" not in [item.name for item in hub.router.menu_items]
    assert "Animate" not in labels(hub.card().reply)
    for reply in (
        await hub.call("video", "a boat"),
        await hub.press(f"v1:animate:{job_id}"),
        await hub.press(f"v1:video_again:{job_id}"),
    ):
        assert "I cannot make videos just now" in said(reply)
        assert "Nothing was charged" in said(reply)
