import asyncio

import pytest

from chat.errors import (
    MessageGoneError,
    RefusedError,
    TooLargeError,
    TryLaterError,
    UnreachableError,
)
from engine.job import Progress
from handlers.delivery import MEDIA_AWAY_S, deliver, show_progress
from store import cards, jobs
from store.blobs import Blobs
from store.cards import Card
from store.errors import StoreUnavailableError
from tests.doubles.hub import Hub, said


async def card_of(hub: Hub, job_id: str) -> Card:
    async with hub.services.database.read() as tx:
        card = await cards.of_subject(tx, "job", job_id)
    assert card is not None
    return card


async def test_the_card_of_a_job_is_one_message_from_queue_to_picture(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await deliver(hub.services, job_id)
    assert "Queued" in said(hub.card().reply)
    await hub.work.run()

    (shown,) = hub.chat.messages.values()
    assert shown.reply.media is not None
    assert shown.reply_to is not None
    assert shown.edits == 1


async def test_a_delivery_repeated_changes_nothing(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.run()
    before = dict(hub.chat.messages)
    for _ in range(3):
        await deliver(hub.services, job_id)

    assert hub.chat.messages == before
    assert await hub.images_used() == 1


async def test_two_deliveries_at_once_make_one_message_that_shows_the_newest_state(
    hub: Hub,
) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await asyncio.gather(
        deliver(hub.services, job_id), deliver(hub.services, job_id), hub.work.run()
    )

    (shown,) = hub.chat.messages.values()
    assert shown.reply.media is not None


@pytest.mark.fault("F49")
async def test_a_busy_platform_puts_the_delivery_off_until_it_has_time(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    hub.chat.fail = [TryLaterError(0.4)]
    await deliver(hub.services, job_id)
    assert hub.chat.messages == {}
    put_off = hub.work.submitted[-1]
    assert (put_off.kind, put_off.subject, put_off.delay_s) == ("deliver", job_id, 0.4)

    # Put off again within the same second, it must not be taken for itself.
    hub.chat.fail = [TryLaterError(0.4)]
    await deliver(hub.services, job_id)
    assert hub.work.submitted[-1].key != put_off.key
    await hub.work.run()
    assert len(hub.chat.messages) == 1


@pytest.mark.parametrize("error", [MessageGoneError(), RefusedError()])
async def test_a_message_that_cannot_be_edited_is_sent_anew_and_edited_from_then_on(
    hub: Hub, error: MessageGoneError | RefusedError
) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await deliver(hub.services, job_id)
    hub.chat.gone(hub.card().id)
    hub.chat.fail = [error]
    await hub.work.run()

    shown = hub.card()
    assert shown.reply.media is not None
    assert (await card_of(hub, job_id)).address["message"] == shown.id


@pytest.mark.parametrize("error", [UnreachableError(), RefusedError()])
@pytest.mark.fault("F49")
async def test_who_cannot_be_reached_is_not_written_to_again(
    hub: Hub, error: UnreachableError | RefusedError
) -> None:
    await hub.grant()
    job_id = await hub.draw()
    hub.chat.fail = [error]
    await deliver(hub.services, job_id)

    assert hub.chat.messages == {}
    assert [s for s in hub.work.submitted if s.delay_s] == []


async def test_a_file_that_is_too_large_goes_as_a_smaller_picture(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await deliver(hub.services, job_id)
    hub.chat.fail = [TooLargeError(), TooLargeError()]
    await hub.work.run()

    (shown,) = hub.chat.messages.values()
    media = shown.reply.media
    assert media is not None
    assert (media.name, media.data[:2]) == (f"{job_id}.jpg", b"\xff\xd8")
    async with hub.services.database.read() as tx:
        generation = await jobs.get_generation(tx, job_id)
    assert generation is not None
    assert generation.resolution == f"{2 * media.width}x{2 * media.height}"


async def test_a_file_that_is_too_large_in_any_size_goes_as_a_link(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await deliver(hub.services, job_id)
    hub.chat.fail = [TooLargeError() for _ in range(3)]
    await hub.work.run()

    (shown,) = hub.chat.messages.values()
    assert shown.reply.media is None
    assert "too large" in said(shown.reply)
    assert shown.reply.buttons[0][0].url == hub.services.links.media(job_id, 1)
    assert await hub.images_used() == 1


async def test_a_lost_file_does_not_keep_the_card_from_telling(hub: Hub) -> None:
    await hub.grant()
    await hub.draw()
    (draw,) = [s for s in hub.work.waiting if s.kind == "draw"]
    await hub.work.kinds["draw"].do(draw.subject)
    for file in hub.media.rglob("*.png"):
        file.unlink()
    await hub.work.run()

    assert hub.card().reply.media is None
    assert "lost" in said(hub.card().reply)


async def test_a_media_store_that_is_away_puts_the_picture_off(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_blobs: Blobs, _key: str) -> bytes:
        raise StoreUnavailableError("bucket is away")

    await hub.grant()
    job_id = await hub.draw()
    await hub.work.kinds["draw"].do(job_id)
    with monkeypatch.context() as patched:
        patched.setattr(Blobs, "get", away)
        await deliver(hub.services, job_id)
    assert hub.work.submitted[-1].delay_s == MEDIA_AWAY_S
    await hub.work.run()

    assert hub.card().reply.media is not None


async def test_progress_is_shown_on_the_cards_that_have_a_message(hub: Hub) -> None:
    await hub.grant()
    first, second = await hub.draw("a fox"), await hub.draw("a cat")
    await deliver(hub.services, first)
    hub.services.progress.put(first, Progress(step=1, steps=4))
    await show_progress(hub.services)

    ((message, reply),) = hub.chat.progress
    assert message == hub.card().id
    assert "25 %" in said(reply)
    assert (await card_of(hub, second)).address["message"] is None


async def test_a_picture_that_came_first_is_not_overwritten_by_progress(hub: Hub) -> None:
    await hub.grant()
    await hub.draw()
    await hub.work.run()
    await show_progress(hub.services)

    assert hub.chat.progress == []


async def test_a_card_that_cannot_be_drawn_does_not_stop_the_progress_of_others(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    await hub.grant()
    broken, sound = await hub.draw("a fox"), await hub.draw("a cat")
    for job_id in (broken, sound):
        await deliver(hub.services, job_id)
    hub.services.progress.put(broken, Progress(step=0, steps=4, eta_s=float("inf")))
    hub.services.progress.put(sound, Progress(step=1, steps=4))
    await show_progress(hub.services)

    ((_, reply),) = hub.chat.progress
    assert "25 %" in said(reply)
    assert broken in caplog.text


async def test_who_is_on_a_platform_that_was_switched_off_is_owed_the_card(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await deliver(hub.services, job_id)
    hub.services.chats.clear()  # type: ignore[attr-defined]
    await show_progress(hub.services)
    await hub.work.run()

    assert (await hub.job(job_id)).state == "done"
    assert (await card_of(hub, job_id)).shown < 0
