import pytest

from handlers.codes import TRIES_MAX, TRIES_S
from tests.doubles.hub import RAVI, Hub, said


async def tried(hub: Hub, times: int) -> None:
    for number in range(times):
        await hub.call("buy", f"flash --coupon WRONG{number}")


async def test_after_so_many_wrong_codes_even_a_right_one_has_to_wait(hub: Hub) -> None:
    await tried(hub, TRIES_MAX)

    assert "Too many wrong codes" in said(await hub.call("buy", "flash --coupon WRONG"))
    assert "I know no coupon" in said(await hub.call("buy", "flash --coupon WRONG", RAVI))
    hub.clock.pass_(TRIES_S)
    assert "I know no coupon" in said(await hub.call("buy", "flash --coupon WRONG"))


@pytest.mark.parametrize("command", ["link WRONG", "buy --coupon WRONG", "buy flash 1 WRONG"])
async def test_tries_of_every_kind_are_counted_together(hub: Hub, command: str) -> None:
    await tried(hub, TRIES_MAX - 1)
    name, _, arguments = command.partition(" ")
    await hub.call(name, arguments)

    assert "Too many wrong codes" in said(await hub.call("buy", "--coupon WRONG"))
