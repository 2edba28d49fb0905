import re

import pytest

from handlers.picture import media_key
from tests.doubles.hub import RAVI, Hub, said


async def test_details_name_all_that_a_picture_was_made_of(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw("a fox --seed 7 --no frames --guidance 3.5")
    await hub.work.run()
    reply = await hub.press(f"v1:details:{job_id}")

    for fact in ("a fox", "frames", "7", "64", "3.5", "ddim", "wall", "1.2 s", job_id):
        assert fact in said(reply)


async def test_the_original_is_the_file_as_it_was_drawn(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.run()
    photo = hub.card().reply.media
    reply = await hub.press(f"v1:original:{job_id}")

    assert reply is not None
    assert reply.media is not None
    assert photo is not None
    assert reply.media.kind == "document"
    assert reply.media.data == photo.data
    (button,) = reply.buttons[0]
    assert button.url is not None
    assert re.fullmatch(rf"https://hub\.example/media/{job_id}\?u=\d+&e=\d+&s=\w+", button.url)


async def test_details_of_a_clip_name_how_it_plays_and_what_it_was_made_of(hub: Hub) -> None:
    await hub.grant("pro")
    job_id = await hub.film("a boat --seed 7 --seconds 2 --motion 60")
    await hub.work.run()
    reply = await hub.press(f"v1:details:{job_id}")

    facts = ("a boat", "seed: 7", "96x64", "plays: 2.0 s", "motion: 60", "drift", job_id)
    for fact in facts:
        assert fact in said(reply)
    assert "sampler" not in said(reply)


async def test_the_original_of_a_clip_is_its_file_and_not_for_others(hub: Hub) -> None:
    await hub.grant("pro")
    job_id = await hub.film()
    await hub.work.run()
    clip = hub.card().reply.media
    reply = await hub.press(f"v1:original:{job_id}")

    assert reply is not None
    assert reply.media is not None
    assert clip is not None
    assert (reply.media.kind, reply.media.name) == ("document", f"{job_id}.mp4")
    assert reply.media.data == clip.data
    assert reply.buttons[0][0].url == hub.services.links.media(job_id, 1)
    for verb in ("original", "details"):
        other = await hub.press(f"v1:{verb}:{job_id}", user=RAVI)
        assert other is not None
        assert other.toast
        assert other.media is None


async def test_a_file_that_was_lost_is_said_to_be_lost(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.run()
    for file in hub.media.rglob("*.png"):
        file.unlink()
    reply = await hub.press(f"v1:original:{job_id}")

    assert reply is not None
    assert reply.toast
    assert "Nothing was charged" in said(reply)


@pytest.mark.parametrize("verb", ["details", "original"])
async def test_a_picture_that_is_not_there_yet_cannot_be_shown(hub: Hub, verb: str) -> None:
    await hub.grant()
    job_id = await hub.draw()
    reply = await hub.press(f"v1:{verb}:{job_id}")

    assert reply is not None
    assert reply.toast


async def test_a_picture_is_found_for_its_owner_alone(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    assert await media_key(hub.services, job_id, 1) is None
    await hub.work.run()

    assert await media_key(hub.services, job_id, 1) == f"1/{job_id}.png"
    assert await media_key(hub.services, job_id, 2) is None
    assert await media_key(hub.services, "job_0", 1) is None
