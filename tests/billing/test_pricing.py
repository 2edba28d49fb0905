import pytest

from billing.errors import VideoTooLongError
from billing.pricing import image_cost, share, video_cost


@pytest.mark.parametrize(
    ("width", "height", "count", "cost"),
    [
        (512, 512, 1, 1),
        (768, 768, 1, 1),
        (512, 1024, 1, 1),
        (768, 776, 1, 2),
        (1024, 1024, 1, 2),
        (512, 512, 4, 4),
    ],
)
def test_a_picture_costs_a_credit_for_each_768_by_768_pixels_begun(
    width: int, height: int, count: int, cost: int
) -> None:
    assert image_cost(width, height, count) == cost


@pytest.mark.parametrize(("seconds", "cost"), [(2, 1), (5, 1), (5.5, 2), (10, 2), (15, 3)])
def test_longer_videos_cost_more(seconds: float, cost: int) -> None:
    assert video_cost(seconds) == cost


def test_a_video_longer_than_any_price_is_refused() -> None:
    with pytest.raises(VideoTooLongError) as refused:
        video_cost(16)
    assert refused.value.longest == 15


def test_the_operator_sets_the_prices_of_videos() -> None:
    assert video_cost(5, {5: 7}) == 7


@pytest.mark.parametrize(("paise", "hours"), [(100, 12), (54_001, 4), (10_000, 1), (20_000, 3)])
def test_what_the_hours_of_an_order_cost_is_what_was_paid(paise: int, hours: int) -> None:
    assert sum(share(paise, hours, each + 1) for each in range(hours)) == paise
