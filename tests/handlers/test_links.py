from urllib.parse import parse_qs, urlsplit

import pytest

from handlers.links import VALID_S, Links
from tests.doubles.clock import FakeClock


def parts(url: str | None) -> tuple[str, int, int, str]:
    assert url is not None
    split = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(split.query).items()}
    return split.path.rpartition("/")[2], int(query["u"]), int(query["e"]), query["s"]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def links(clock: FakeClock) -> Links:
    return Links("https://hub.example/", b"k" * 32, clock)


def test_a_link_is_good_for_a_day_and_no_longer(links: Links, clock: FakeClock) -> None:
    signed = parts(links.media("job_1", 7))
    clock.pass_(VALID_S - 1)
    assert links.is_valid(*signed)
    clock.pass_(1)
    assert not links.is_valid(*signed)


def test_a_link_that_was_changed_anywhere_is_worth_nothing(links: Links) -> None:
    job, user, expires, signature = parts(links.media("job_1", 7))

    assert links.is_valid(job, user, expires, signature)
    assert not links.is_valid("job_2", user, expires, signature)
    assert not links.is_valid(job, 8, expires, signature)
    assert not links.is_valid(job, user, expires + 1, signature)
    assert not links.is_valid(job, user, expires, signature[:-1])
    assert not links.is_valid(job, user, expires, "")
    assert not links.is_valid(job, user, expires, "ü\udcff")


def test_another_key_signs_other_links(links: Links, clock: FakeClock) -> None:
    other = Links("https://hub.example", b"other", clock)

    assert not other.is_valid(*parts(links.media("job_1", 7)))


def test_without_an_address_or_a_key_there_are_no_links(clock: FakeClock) -> None:
    assert Links("", b"k", clock).media("job_1", 7) is None
    keyless = Links("https://hub.example", b"", clock)
    assert keyless.media("job_1", 7) is None
    assert not keyless.is_valid(
        "job_1", 7, clock() + 9, keyless._signature("job_1", 7, clock() + 9)
    )


def test_the_key_is_not_shown(links: Links) -> None:
    assert "kkk" not in repr(links)
