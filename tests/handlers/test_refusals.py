from handlers.refusals import OF_THE_SHOP
from tests.doubles.hub import Hub, presses, said


async def test_who_lacks_an_hour_is_led_to_the_plans(hub: Hub) -> None:
    reply = await hub.call("image", "a fox")

    assert "Nothing was charged" in said(reply)
    assert presses(reply) == ["v1:plans:"]


async def test_who_used_an_hour_up_is_offered_more_than_the_same(hub: Hub) -> None:
    await hub.grant("flash-lite")
    for _ in range(3):
        await hub.draw()
        await hub.work.run()

    reply = await hub.call("image", "a fox")

    assert "All 3 pictures" in said(reply)
    assert presses(reply) == ["v1:plan:flash", "v1:plans:"]


def test_the_shop_speaks_of_billing_and_of_what_is_bought() -> None:
    modules = {kind.__module__ for kind in OF_THE_SHOP}

    assert "billing.errors" in modules
    assert not any(module.startswith(("engine", "store")) for module in modules)
