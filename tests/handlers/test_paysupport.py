from tests.doubles.hub import RAVI, Hub, presses, said
from tests.handlers.test_buy import order_on


async def test_who_bought_is_told_which_order_to_name_and_can_have_it_looked_for(hub: Hub) -> None:
    order_id = await order_on(hub)

    reply = await hub.call("paysupport")

    assert order_id in said(reply)
    assert "help@kaveri.example" in said(reply)
    assert presses(reply) == [f"v1:check:{order_id}"]


async def test_who_bought_nothing_is_told_whom_to_write_to(hub: Hub) -> None:
    await order_on(hub)

    reply = await hub.call("paysupport", user=RAVI)

    assert "ord_" not in said(reply)
    assert "help@kaveri.example" in said(reply)
    assert presses(reply) == []
