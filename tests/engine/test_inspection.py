import queue
from collections.abc import Sequence

import pytest
from PIL.Image import Image, new

from engine import movie
from engine.inspection import GLIMPSES, glimpses, inspect, seen
from engine.protocol import Cancel, Drain, Failed, Inspect, Message, Passed, Ping, Pong
from engine.reel import unrolled
from sandbox.backends.painting import film, paint

PICTURE = paint(64, 48, 7)


def clip(frames: int) -> bytes:
    return movie.mp4(unrolled(film(PICTURE, frames), (64, 48)), 7, 10**7)


class Eye:
    """A checker that minds what is blue enough."""

    def __init__(self) -> None:
        self.shown: list[int] = []
        self.minds = False

    def withholds(self, pictures: Sequence[Image]) -> bool:
        self.shown.append(len(pictures))
        return self.minds


def answers(eye: Eye, *asked: Message) -> list[Message]:
    inbox: queue.Queue[Message] = queue.Queue()
    for message in (*asked, Drain()):
        inbox.put(message)
    said: list[Message] = []
    inspect(eye, inbox, said.append)
    return said


def test_a_picture_and_a_few_frames_of_a_clip_are_looked_at() -> None:
    eye = Eye()
    said = answers(eye, Inspect("1", PICTURE), Cancel("1"), Ping(), Inspect("2", clip(9)))

    assert said == [Passed("1"), Pong(), Passed("2")]
    assert eye.shown == [1, GLIMPSES]


def test_what_it_minds_is_withheld() -> None:
    eye = Eye()
    eye.minds = True

    assert answers(eye, Inspect("1", PICTURE)) == [
        Failed("1", "withheld", "withheld by a safety checker")
    ]


@pytest.mark.parametrize("file", [b"", b"none", clip(3)[:40]])
def test_what_cannot_be_looked_at_is_not_let_through_and_ends_nothing(file: bytes) -> None:
    failed, passed = answers(Eye(), Inspect("1", file), Inspect("2", PICTURE))

    assert isinstance(failed, Failed)
    assert (failed.job_id, failed.failure) == ("1", "failed")
    assert passed == Passed("2")


@pytest.mark.parametrize(("frames", "shown"), [(2, 2), (5, 5), (30, 5)])
def test_the_first_and_the_last_frame_are_among_them(frames: int, shown: int) -> None:
    glimpses = seen(clip(frames))

    whole = unrolled(clip(frames), (64, 48))
    assert len(glimpses) == shown
    assert glimpses[0].tobytes() == whole[0].tobytes()
    assert glimpses[-1].tobytes() == whole[-1].tobytes()


def test_a_clip_is_looked_at_from_its_first_frame_to_its_last() -> None:
    frames = [new("RGB", (2, 2), (shade, 0, 0)) for shade in range(14)]

    shades = [frame.getpixel((0, 0)) for frame in glimpses(frames)]

    assert shades == [(0, 0, 0), (3, 0, 0), (6, 0, 0), (9, 0, 0), (13, 0, 0)]
    assert glimpses(frames[:2]) == frames[:2]
