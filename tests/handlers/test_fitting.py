from io import BytesIO
from typing import Literal

import PIL.Image

from chat.model import Button, Media, Reply
from chat.text import text
from handlers import fitting
from handlers.texts import texts


def shown(kind: Literal["photo", "video"] = "photo") -> Reply:
    file = BytesIO()
    PIL.Image.effect_noise((64, 48), 80).save(file, "PNG")
    data = file.getvalue()
    media = Media(kind, "job_1.png", data, 64, 48, "a fox")
    return Reply(text("a fox"), ((Button("Again", press="v1:again:job_1"),),), media)


async def test_a_picture_comes_whole_then_as_ever_smaller_files_of_its_true_size() -> None:
    tried = [reply.media async for reply in fitting.versions(shown())]

    assert all(media is not None for media in tried)
    whole, *smaller = [media for media in tried if media is not None]
    assert (whole.width, whole.height) == (64, 48)
    assert [(media.width, media.height) for media in smaller] == [(64, 48), (32, 24)]
    for media in smaller:
        with PIL.Image.open(BytesIO(media.data)) as image:
            assert (image.format, *image.size) == ("JPEG", media.width, media.height)
    sizes = [len(media.data) for media in (whole, *smaller)]
    assert sizes == sorted(sizes, reverse=True)


async def test_what_is_no_picture_is_not_touched() -> None:
    reply = shown("video")

    assert [version async for version in fitting.versions(reply)] == [reply]


def test_a_link_takes_the_files_place_and_other_buttons_stay() -> None:
    reply = fitting.linked(shown(), "https://hub.example/media/job_1", texts("en"))

    assert reply.media is None
    assert [row[0].url or row[0].press for row in reply.buttons] == [
        "https://hub.example/media/job_1",
        "v1:again:job_1",
    ]


def test_without_a_public_address_the_operator_is_the_one_to_ask() -> None:
    reply = fitting.linked(shown(), None, texts("en"))

    assert "operator" in reply.text.plain
    assert len(reply.buttons) == 1
