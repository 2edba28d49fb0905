import pytest

from bot.replying import REPLY_PATIENCE_S, say_or_give_up
from chat.errors import RefusedError, TryLaterError


class Saying:
    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.tries = 0
        self.slept: list[float] = []

    async def __call__(self) -> None:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.mark.parametrize(
    ("errors", "tries", "slept"),
    [
        ([], 1, []),
        ([TryLaterError(2), TryLaterError(1)], 3, [2, 1]),
        ([TryLaterError(1)] * 5, 3, [1, 1]),
        ([TryLaterError(REPLY_PATIENCE_S + 1)], 1, []),
        ([RefusedError("no")], 1, []),
    ],
)
async def test_a_reply_is_tried_while_patience_lasts(
    errors: list[Exception], tries: int, slept: list[float]
) -> None:
    saying = Saying(*errors)

    await say_or_give_up(saying, saying.sleep)

    assert (saying.tries, saying.slept) == (tries, slept)
