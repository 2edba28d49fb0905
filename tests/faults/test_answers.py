"""What can happen to Razorpay's answers."""

import pytest

from billing.gateway import LinkRequest, ObservedLink
from tests.doubles.till import Till


class Died(BaseException):
    """The process is not there any more."""


async def links(till: Till) -> int:
    return len((await till.emulator.look("state"))["links"])


@pytest.mark.fault("F25")
async def test_dying_between_the_request_and_its_answer_makes_no_second_link(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = till.gateway.create_link

    async def then_die(request: LinkRequest) -> ObservedLink:
        await create(request)
        raise Died

    order = await till.order()
    with monkeypatch.context() as dying:
        dying.setattr(till.gateway, "create_link", then_die)
        with pytest.raises(Died):
            await till.hub.work.run()
    assert await links(till) == 1
    await till.wait(60)
    bought = await till.bought(order)
    await till.pay(bought)
    await till.deliver_all()

    assert await links(till) == 1
    assert await till.outcome(bought) == ("paid", 1)


@pytest.mark.fault("F26")
@pytest.mark.parametrize(
    "fault",
    [
        "http500_before",
        "http500_after",
        "html502",
        "html502_after",
        "truncate_json",
        "hang",
        "timeout_after",
        "reset_before",
        "reset_after",
        "redirect302",
    ],
)
async def test_whatever_becomes_of_the_answer_there_is_one_link(
    till: Till, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.razorpay_session.READ_S", 0.3)
    await till.emulator.fault(fault)
    order = await till.order()
    await till.hub.work.run()
    for _ in range(3):
        await till.wait(4)
    bought = await till.bought(order)
    await till.pay(bought)
    await till.deliver_all()

    assert await links(till) == 1
    assert await till.outcome(bought) == ("paid", 1)


@pytest.mark.fault("F27")
async def test_fifty_people_who_buy_at_once_are_all_served_at_razorpays_pace(till: Till) -> None:
    await till.emulator.emu("settings", rate_limits=True)
    orders = [await till.order(user=str(100 + number)) for number in range(50)]
    await till.hub.work.run()
    for _ in range(50):
        if await links(till) == 50:
            break
        await till.wait(20)
    bought = [await till.bought(order) for order in orders]

    assert await links(till) == 50
    assert {await till.outcome(each) for each in bought} == {("open", 0)}


@pytest.mark.fault("F31")
@pytest.mark.parametrize("wording", ["live", "docs"])
async def test_a_link_that_exists_and_cannot_be_found_is_looked_for_until_it_is(
    till: Till, wording: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await till.emulator.emu("settings", wording=wording)
    await till.emulator.fault("reset_after")
    order = await till.order()
    with monkeypatch.context() as blind:

        async def finds_nothing(_reference: str) -> None:
            return None

        blind.setattr(till.gateway, "find_link", finds_nothing)
        await till.hub.work.run()
        for _ in range(3):
            await till.wait(10)
        assert await links(till) == 1
    await till.wait(20)

    assert await till.outcome(await till.bought(order)) == ("open", 0)
    assert await links(till) == 1
