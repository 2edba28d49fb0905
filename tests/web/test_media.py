import re

import pytest

from handlers.links import VALID_S
from tests.doubles.hub import RAVI, Hub
from tests.doubles.web import Browser


@pytest.fixture
async def job_id(hub: Hub) -> str:
    """A picture of Asha's."""
    await hub.grant()
    drawn = await hub.draw()
    await hub.work.run()
    return drawn


def link(hub: Hub, job_id: str, user_id: int = 1) -> str:
    url = hub.services.links.media(job_id, user_id)
    assert url is not None
    return url.removeprefix("https://hub.example")


async def test_a_link_serves_the_picture_to_nobodys_cache_but_the_browsers(
    hub: Hub, browser: Browser, job_id: str
) -> None:
    answer = await browser.get(link(hub, job_id))

    assert answer.status == 200
    assert answer.body.startswith(b"\x89PNG")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"].startswith("private")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_link_serves_a_clip_as_a_video(hub: Hub, browser: Browser) -> None:
    await hub.grant()
    job_id = await hub.film()
    await hub.work.run()
    answer = await browser.get(link(hub, job_id))

    assert answer.status == 200
    assert answer.body[4:8] == b"ftyp"
    assert answer.headers["Content-Type"] == "video/mp4"
    assert f'filename="{job_id}.mp4"' in answer.headers["Content-Disposition"]


async def test_a_link_that_expired_finds_nothing(hub: Hub, browser: Browser, job_id: str) -> None:
    url = link(hub, job_id)
    hub.clock.pass_(VALID_S)

    assert (await browser.get(url)).status == 404


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (r"u=\d+", "u=2"),
        (r"e=\d+", "e=9999999999"),
        (r"s=.", "s=_"),
        (r"s=\w+", "s="),
        (r"&s=\w+", ""),
        (r"u=\d+", "u=one"),
        (r"u=\d+", "u=" + "9" * 5000),
        (r"e=\d+", "e=-1"),
        (r"s=\w+", "s=%ff%fe"),
        (r"s=\w+", "s=%ED%A0%80"),
        (r"\?.*", ""),
    ],
)
async def test_a_link_that_was_tampered_with_finds_nothing(
    hub: Hub, browser: Browser, job_id: str, pattern: str, instead: str
) -> None:
    url = re.sub(pattern, instead, link(hub, job_id))

    assert (await browser.get(url)).status in (400, 404)


async def test_a_link_signed_for_another_finds_nothing(
    hub: Hub, browser: Browser, job_id: str
) -> None:
    await hub.grant(user=RAVI)

    assert (await browser.get(link(hub, job_id, user_id=2))).status == 404


async def test_a_job_without_a_picture_finds_nothing(hub: Hub, browser: Browser) -> None:
    await hub.grant()
    waiting = await hub.draw()

    assert (await browser.get(link(hub, waiting))).status == 404
    assert (await browser.get(link(hub, "..%2f..%2fhub.db"))).status == 404


async def test_a_file_that_is_missing_is_not_found(hub: Hub, browser: Browser, job_id: str) -> None:
    for file in hub.media.rglob("*.png"):
        file.unlink()

    assert (await browser.get(link(hub, job_id))).status == 404
