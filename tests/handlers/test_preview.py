import pytest

from engine.job import Progress
from handlers.delivery import deliver, show_progress
from store import cards
from tests.doubles.hub import Hub, said

SEEN = Progress(step=2, steps=4, preview=b"jpeg")


async def shown(hub: Hub, job_id: str) -> None:
    """Draw the card anew."""
    await hub.services.database.write(lambda tx: cards.touch(tx, hub.services.work, "job", job_id))
    await deliver(hub.services, job_id)


@pytest.mark.parametrize(("options", "is_covered"), [("", False), (" --spoiler", True)])
async def test_a_running_job_shows_what_there_is_to_see_covered_like_the_picture(
    hub: Hub, options: str, *, is_covered: bool
) -> None:
    await hub.grant()
    job_id = await hub.draw(f"a fox --shape portrait{options}")
    await deliver(hub.services, job_id)
    hub.services.progress.put(job_id, SEEN)
    await show_progress(hub.services)

    (_, reply) = hub.chat.progress[-1]
    assert reply.media is not None
    assert reply.is_live
    assert "50 %" in said(reply)
    assert (reply.media.kind, reply.media.data) == ("photo", b"jpeg")
    assert (reply.media.width, reply.media.height) == (64, 96)
    assert reply.media.alt == "a fox"
    assert reply.media.spoiler == is_covered


async def test_the_picture_takes_the_place_of_its_preview(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    hub.services.progress.put(job_id, SEEN)
    await shown(hub, job_id)
    preview = hub.card().reply.media
    await hub.work.run()

    (message,) = hub.chat.messages.values()
    assert preview is not None
    assert message.reply.media is not None
    assert message.reply.media.data != preview.data
    assert not message.reply.is_live


@pytest.mark.parametrize("end", ["cancel", "lose"])
async def test_a_job_without_a_picture_leaves_no_preview(hub: Hub, end: str) -> None:
    await hub.grant()
    job_id = await hub.draw()
    hub.services.progress.put(job_id, SEEN)
    await shown(hub, job_id)
    if end == "cancel":
        await hub.press(f"v1:cancel:{job_id}")
    else:
        await hub.work.kinds["draw"].do(job_id)
        for file in hub.media.rglob("*.png"):
            file.unlink()
    await hub.work.run()

    reply = hub.card().reply
    assert reply.media is None
    assert reply.is_bare


async def test_a_live_card_without_anything_to_see_keeps_what_its_message_shows(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await shown(hub, job_id)

    assert hub.card().reply.media is None
    assert not hub.card().reply.is_bare


async def test_the_first_picture_of_a_clip_is_seen_too(hub: Hub) -> None:
    await hub.grant("pro")
    job_id = await hub.film("a boat --shape landscape")
    hub.services.progress.put(job_id, SEEN)
    await shown(hub, job_id)

    media = hub.card().reply.media
    assert media is not None
    assert (media.data, media.alt) == (b"jpeg", "a boat")
