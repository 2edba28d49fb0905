import pytest
from telegram import Bot
from telegram.error import RetryAfter

from sandbox.client import SandboxClient
from sandbox.telegram.errors import ApiError
from sandbox.telegram.pace import Pace
from sandbox.world import GROUP, World

ASHA, RAVI = World().chats["asha"], World().chats["ravi"]


def sent_before_refusal(pace: Pace, now: float = 0) -> int:
    count = 0
    try:
        while True:
            pace.spend(ASHA, 1, now)
            count += 1
    except ApiError:
        return count


def test_a_burst_is_tolerated_then_a_second_each_is_asked_for() -> None:
    pace = Pace()
    assert sent_before_refusal(pace) == 12
    assert sent_before_refusal(pace, 1) == 1
    assert sent_before_refusal(pace, 4) == 3


def test_one_flooded_chat_does_not_close_another() -> None:
    pace = Pace()
    sent_before_refusal(pace)
    pace.spend(RAVI, 1, 0)


def test_a_group_takes_twenty_a_minute() -> None:
    pace = Pace()
    for _ in range(20):
        pace.spend(GROUP, 1, 0)
    with pytest.raises(ApiError) as refused:
        pace.spend(GROUP, 1, 0)
    assert refused.value.retry_after == 3


def test_thirty_a_second_is_the_limit_for_all_chats_together() -> None:
    pace = Pace()
    for chat in (ASHA, RAVI, GROUP):
        pace.spend(chat, 10, 0)
    with pytest.raises(ApiError):
        pace.spend(World().chats["meera"], 1, 0)


def test_an_album_counts_as_its_pictures() -> None:
    pace = Pace()
    pace.spend(ASHA, 10, 0)
    with pytest.raises(ApiError):
        pace.spend(ASHA, 10, 0)


def test_without_limits_everything_goes() -> None:
    pace = Pace("none")
    for _ in range(500):
        pace.spend(ASHA, 1, 0)


async def test_too_fast_a_bot_is_told_how_long_to_wait(
    bot: Bot, asha_id: int, client: SandboxClient
) -> None:
    await client.order("telegram/limits", profile="strict")
    await bot.send_message(asha_id, "one")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(asha_id, "two")
    await client.advance(float(refused.value._retry_after.total_seconds()))
    await bot.send_message(asha_id, "two")
