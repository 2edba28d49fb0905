"""More pictures for the hour that runs, with the real bot."""

import pytest

from sandbox.client import Person
from tests.e2e.world import buy, pay

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_more_pictures_are_in_the_running_hour_as_soon_as_they_are_paid(
    newcomer: Person,
) -> None:
    await newcomer.press(await buy(newcomer), "Start my hour")
    await newcomer.wait("is running")
    await newcomer.say("/topup")
    await newcomer.press(await newcomer.wait("as soon as they are paid"), "+3 pictures · ₹45")

    await pay(await newcomer.wait("Pay by UPI"))

    await newcomer.wait("Paid ✓ 3 pictures more · ₹45")
    await newcomer.say("/session")
    assert "0 / 6 pictures" in (await newcomer.wait("pictures")).text
