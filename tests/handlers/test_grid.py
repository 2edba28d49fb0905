import io
from collections.abc import Sequence

import pytest
from PIL import Image, ImageColor

from chat.model import Media, Reply
from engine.job import Progress
from handlers.delivery import deliver, show_progress
from tests.doubles.hub import Hub, said

GREY = "grey"


def seen(colour: str) -> Progress:
    """Half of a picture that looks like this so far."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, "JPEG")
    return Progress(step=2, steps=4, preview=file.getvalue())


async def begun(hub: Hub, options: str = "--count 3") -> list[str]:
    """Ask for several pictures."""
    await hub.grant()
    await hub.call("image", f"a fox {options}")
    jobs = await hub.live_jobs()
    await deliver(hub.services, jobs[0])
    return jobs


async def progress(hub: Hub) -> Reply:
    """What people are shown of how far it is."""
    await show_progress(hub.services)
    (_, reply) = hub.chat.progress[-1]
    return reply


async def finish(hub: Hub, job_id: str) -> None:
    """Draw one of them."""
    [draw] = [each for each in hub.work.waiting if (each.kind, each.subject) == ("draw", job_id)]
    hub.work.waiting.remove(draw)
    await hub.work.kinds[draw.kind].do(job_id)


def assert_tiles(media: Media | None, colours: Sequence[str]) -> None:
    """Each of these is seen in its place, two in a row."""
    assert media is not None
    with Image.open(io.BytesIO(media.data)) as image:
        assert image.size == (media.width, media.height)
        width, height = image.width // 2, image.height * 2 // (len(colours) + len(colours) % 2)
        for at, colour in enumerate(colours):
            pixel = image.getpixel((at % 2 * width + width // 2, at // 2 * height + height // 2))
            assert isinstance(pixel, tuple)
            meant = ImageColor.getrgb(colour)
            assert all(abs(one - other) < 12 for one, other in zip(pixel, meant, strict=True))


@pytest.mark.parametrize(("options", "is_covered"), [("", False), (" --spoiler", True)])
async def test_several_pictures_are_seen_coming_as_one_covered_like_them(
    hub: Hub, options: str, *, is_covered: bool
) -> None:
    jobs = await begun(hub, f"--count 4{options}")
    colours = ["red", "lime", "blue", "white"]
    for job_id, colour in zip(jobs, colours, strict=True):
        hub.services.progress.put(job_id, seen(colour))
    reply = await progress(hub)

    assert_tiles(reply.media, colours)
    assert "50 % · 0/4" in said(reply)
    assert reply.media is not None
    assert (reply.media.kind, reply.media.alt) == ("photo", "a fox")
    assert reply.media.spoiler == is_covered
    assert reply.is_live
    assert reply.album == ()


async def test_the_places_of_those_that_wait_are_grey(hub: Hub) -> None:
    jobs = await begun(hub)
    hub.services.progress.put(jobs[1], seen("red"))

    assert_tiles((await progress(hub)).media, [GREY, "red", GREY, GREY])


async def test_what_is_finished_stays_in_its_place_while_the_others_come(hub: Hub) -> None:
    first, second = await begun(hub, "--count 2")
    await finish(hub, first)
    hub.services.progress.put(second, seen("red"))
    [file] = hub.media.rglob(f"{first}.png")
    with Image.open(file) as picture:
        drawn = picture.convert("RGB").resize((1, 1)).getpixel((0, 0))
    assert isinstance(drawn, tuple)
    colours = ["#" + "".join(f"{shade:02x}" for shade in drawn), "red"]

    assert_tiles((await progress(hub)).media, colours)
    file.unlink()
    assert_tiles((await progress(hub)).media, colours)


async def test_one_that_was_lost_leaves_its_place_grey(hub: Hub) -> None:
    first, second = await begun(hub, "--count 2")
    await finish(hub, first)
    [file] = hub.media.rglob(f"{first}.png")
    file.unlink()
    hub.services.progress.put(second, seen("red"))

    assert_tiles((await progress(hub)).media, [GREY, "red"])


async def test_without_a_preview_there_is_nothing_to_see_however_many_are_finished(
    hub: Hub,
) -> None:
    first, *_ = await begun(hub)
    await finish(hub, first)

    assert (await progress(hub)).media is None


async def test_the_pictures_take_the_place_of_what_was_seen_of_them(hub: Hub) -> None:
    jobs = await begun(hub, "--count 2")
    for job_id in jobs:
        hub.services.progress.put(job_id, seen("red"))
    await progress(hub)
    await hub.work.run()

    reply = hub.card().reply
    assert [media.name for media in reply.all_media] == [f"{job_id}.png" for job_id in jobs]
    assert reply.is_bare, "nothing of the preview stays"


async def test_cancelling_them_leaves_no_preview(hub: Hub) -> None:
    jobs = await begun(hub, "--count 2")
    hub.services.progress.put(jobs[0], seen("red"))
    await progress(hub)
    await hub.press(f"v1:cancel:{jobs[0]}")
    await hub.work.run()

    assert hub.card().reply.media is None
    assert hub.card().reply.is_bare
