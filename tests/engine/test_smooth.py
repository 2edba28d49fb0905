import pytest
from PIL import Image, ImageChops, ImageDraw

from engine.smooth import smoothed

STEP = 16


def moving(count: int) -> list[Image.Image]:
    """A red square that goes to the right."""
    frames = []
    for at in range(count):
        frame = Image.new("RGB", (192, 96), (20, 40, 90))
        left = 8 + STEP * at
        ImageDraw.Draw(frame).rectangle((left, 24, left + 40, 64), fill=(220, 30, 30))
        frames.append(frame)
    return frames


def left_edge(frame: Image.Image) -> int:
    """Where the red square begins."""
    row = [frame.getpixel((x, 44)) for x in range(frame.width)]
    return next(x for x, pixel in enumerate(row) if isinstance(pixel, tuple) and pixel[0] > 120)


@pytest.mark.parametrize("between", [1, 2, 3])
@pytest.mark.parametrize("count", [2, 5])
def test_what_was_drawn_stays_and_what_is_new_lies_between(count: int, between: int) -> None:
    frames = moving(count)

    result = smoothed(frames, between)

    assert len(result) == count + (count - 1) * between
    assert result[:: between + 1] == frames
    edges = [left_edge(frame) for frame in result]
    assert edges == sorted(edges)  # what begins to move may lag behind at first
    for drawn, new in zip(edges[:: between + 1], edges[between :: between + 1], strict=False):
        assert drawn < new < drawn + STEP


def test_nothing_to_add_adds_nothing() -> None:
    frames = moving(3)

    assert smoothed(frames, 0) == frames
    assert smoothed(frames[:1], 3) == frames[:1]


def test_what_stands_still_goes_on_standing() -> None:
    still = moving(1) * 3

    for frame in smoothed(still, 1):
        assert max(ImageChops.difference(frame, still[0]).tobytes()) < 40
