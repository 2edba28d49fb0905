import pytest
import sqlalchemy as sa

from billing.invariants import INVARIANTS
from handlers.admin import ADMIN, report
from handlers.texts import texts
from tests.doubles.hub import (
    ASHA,
    OPERATOR,
    OPERATOR_ELSEWHERE,
    RAVI,
    Hub,
    labels,
    presses,
    said,
)


async def bought(hub: Hub, user: str = ASHA, amount: int | None = None) -> str:
    """Somebody orders a Flash hour and pays; returns the order."""
    assert await hub.call("buy", "flash", user) is None
    await hub.work.run()
    link = list(hub.gateway.links.values())[-1]
    hub.gateway.pay(link, amount=amount)
    hub.clock.pass_(10)
    assert hub.services.payments is not None
    await hub.services.payments.poll_due()
    await hub.work.run()
    async with hub.services.database.read() as tx:
        found = await tx.execute(sa.text("SELECT id FROM orders ORDER BY rowid DESC LIMIT 1"))
        return str(found.scalar_one())


async def noted(hub: Hub) -> list[tuple[str, str, str]]:
    """The audit log: who, what, on what."""
    async with hub.services.database.read() as tx:
        found = await tx.execute(sa.text("SELECT actor, action, subject FROM audit_log"))
        return [tuple(row) for row in found if row.actor not in ("test", "billing")]


@pytest.mark.parametrize(
    "arguments", ["", "user 1", "nonsense", "--nonsense", "grant", "orders paid", "invariants"]
)
@pytest.mark.parametrize("user", [ASHA, f"discord:{ASHA}", f"discord:{OPERATOR}0"])
async def test_others_get_the_answer_of_an_unknown_command(
    hub: Hub, arguments: str, user: str
) -> None:
    reply = await hub.call("admin", arguments, user)
    unknown = await hub.call("adnim", arguments, user)

    assert said(reply) == said(unknown).replace("adnim", "admin")
    assert await noted(hub) == []


async def test_the_command_is_in_no_list_that_others_see(hub: Hub) -> None:
    assert ADMIN.audience == "admins"
    assert "admin" not in said(await hub.call("help"))


async def test_alone_it_says_what_can_be_asked(hub: Hub) -> None:
    words = said(await hub.call("admin", user=OPERATOR))

    for option in ADMIN.options[0].choices:
        assert f"/admin {option}" in words


async def test_a_person_is_shown_with_their_hours_and_orders(hub: Hub) -> None:
    order = await bought(hub)
    words = said(await hub.call("admin", f"user {ASHA}", OPERATOR))

    assert "telegram:1 Asha" in words
    assert "1 × Flash" in words
    assert f"{order} · Flash · 1 hour · ₹100 · paid" in words
    assert await noted(hub) == [("telegram:9", "look at user", "telegram:1")]


async def test_a_person_is_found_from_the_other_platform_by_options(hub: Hub) -> None:
    await hub.grant("pro")
    named = {"action": "user", "target": "telegram:1"}
    reply = await hub.call("admin", named, OPERATOR_ELSEWHERE)

    assert "1 × Pro" in said(reply)
    assert reply is not None
    assert reply.private


@pytest.mark.parametrize("target", ["7", "telegram:7", "discord:1", "nobody", "telegram:"])
async def test_a_stranger_is_nobody_to_show(hub: Hub, target: str) -> None:
    await hub.grant("pro")

    assert target in said(await hub.call("admin", f"user {target}", OPERATOR))


@pytest.mark.parametrize("action", ["user", "grant", "orders", "order", "refund"])
async def test_what_it_is_about_has_to_be_named(hub: Hub, action: str) -> None:
    assert f"/admin {action} needs target" in said(await hub.call("admin", action, OPERATOR))


async def test_orders_are_listed_by_what_became_of_them(hub: Hub) -> None:
    paid = await bought(hub)
    held = await bought(hub, RAVI, amount=100)
    await hub.call("buy", "pro", RAVI)

    assert paid in said(await hub.call("admin", "orders paid", OPERATOR))
    assert held in said(await hub.call("admin", "orders review", OPERATOR))
    assert "Pro · 1 hour" in said(await hub.call("admin", "orders open", OPERATOR))
    assert "open, paid, review" in said(await hub.call("admin", "orders odd", OPERATOR))


async def test_an_order_is_shown_with_its_owner_money_and_hours(hub: Hub) -> None:
    order = await bought(hub)
    words = said(await hub.call("admin", f"order {order}", OPERATOR))

    assert "telegram:1 Asha" in words
    assert "pay_1 · ₹100 · captured, fulfilled" in words
    assert f"{order}-1 · unstarted" in words
    assert "ord_none" in said(await hub.call("admin", "order ord_none", OPERATOR))


async def test_money_that_fits_nothing_is_listed(hub: Hub) -> None:
    assert "nothing of that kind" in said(await hub.call("admin", "suspense", OPERATOR))
    await bought(hub, amount=12_345)
    words = said(await hub.call("admin", "suspense", OPERATOR))

    assert "fits nothing: 1 payment," in words
    assert "pay_1 · ₹123.45 · captured, suspense" in words


async def test_the_books_are_looked_at(hub: Hub) -> None:
    await bought(hub)
    assert f"sound ✓ {len(INVARIANTS)} checks" in said(
        await hub.call("admin", "invariants", OPERATOR)
    )

    await hub.services.database.write(
        lambda tx: tx.execute(sa.text("UPDATE payments SET refunded_paise = 1"))
    )
    words = said(await hub.call("admin", "invariants", OPERATOR))
    await hub.services.database.write(
        lambda tx: tx.execute(sa.text("UPDATE payments SET refunded_paise = 0"))
    )

    assert "not sound: 1 finding" in words
    assert "razorpay:clearing" in words


def test_ids_are_shown_as_code_so_that_they_can_be_copied() -> None:
    assert report([], texts("en")).spans[0].style == "bold"
    usage = texts("en").admin_usage()
    assert all(span.style == "code" for span in usage.spans if span.text.startswith("/admin"))


async def test_only_what_changes_something_has_buttons(hub: Hub) -> None:
    await bought(hub)
    for arguments in ("", "user 1", "orders paid", "suspense", "invariants"):
        assert labels(await hub.call("admin", arguments, OPERATOR)) == []
    asked = await hub.call("admin", 'grant 1 flash 1 "sorry"', OPERATOR)
    assert [str(press).split(":")[1] for press in presses(asked)] == ["admin_confirm", "admin_drop"]
