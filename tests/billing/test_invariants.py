"""Each invariant is silent on a used database, and fires on one that was broken by hand."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from billing.gateway import ObservedLink
from billing.invariants import INVARIANTS, READ_WITHIN_S, Breach, check
from store.database import Transaction, open_database
from tests.doubles.clock import START
from tests.doubles.hub import ASHA, RAVI, Hub, open_hub

NOW = START + 1000

BREAKS = [
    (
        "the_books_balance",
        (
            "INSERT INTO transfers (key, debit, credit, amount, phase, created_at)"
            " VALUES ('x', 'credits:image', 'revenue', 1, 'posted', 1)"
        ),
    ),
    (
        "the_books_balance",
        (
            "INSERT INTO transfers (key, debit, credit, amount, phase, created_at)"
            " VALUES ('x', 'nowhere', 'revenue', 1, 'posted', 1)"
        ),
    ),
    (
        "the_books_balance",
        (
            "INSERT INTO transfers (key, debit, credit, amount, phase, created_at)"
            " VALUES ('x', 'suspense', 'revenue', 99999999, 'posted', 1)"
        ),
    ),
    (
        "the_books_balance",
        (
            "INSERT INTO transfers (key, debit, credit, amount, phase, resolves, created_at)"
            " SELECT key, debit, credit, amount, 'post', id, 1 FROM transfers"
            " WHERE key LIKE 'capture:%' LIMIT 1"
        ),
    ),
    (
        "every_payment_is_for_something",
        "UPDATE payments SET decision = 'none' WHERE decision = 'suspense'",
    ),
    (
        "every_payment_is_for_something",
        "UPDATE payments SET status = 'authorized' WHERE decision = 'suspense'",
    ),
    (
        "every_payment_is_for_something",
        "UPDATE payments SET decision = 'suspense' WHERE decision = 'fulfilled'",
    ),
    (
        "every_payment_is_for_something",
        "DELETE FROM payments WHERE decision = 'suspense'",
    ),
    ("every_hour_was_bought", "DELETE FROM user_sessions WHERE status = 'unstarted'"),
    ("every_hour_was_bought", "UPDATE orders SET hours = 1 WHERE hours = 2"),
    ("every_hour_was_bought", "UPDATE orders SET status = 'cancelled' WHERE status = 'paid'"),
    (
        "every_hour_was_bought",
        (
            "INSERT INTO gifts (order_id, reference, created_at)"
            " SELECT id, id, 1 FROM orders WHERE status = 'paid'"
        ),
    ),
    ("every_hour_was_bought", "UPDATE user_sessions SET user_id = 99"),
    (
        "every_hour_was_bought",
        (
            "INSERT INTO topups (order_id, session_id, unit, count)"
            " SELECT order_id, id, 'image', 3 FROM user_sessions WHERE status = 'active'"
        ),
    ),
    (
        "no_more_goes_back_than_came",
        (
            "INSERT INTO refunds (id, payment_id, amount_paise, reason, status, created_at,"
            " updated_at)"
            " SELECT 'x' || id, payment_id, 10000, 'x', 'requested', 1, 1 FROM refunds"
        ),
    ),
    (
        "every_hour_was_paid",
        "UPDATE payments SET amount_paise = amount_paise - 1 WHERE decision = 'fulfilled'",
    ),
    (
        "every_hour_was_paid",
        "UPDATE payments SET currency = 'USD' WHERE decision = 'fulfilled'",
    ),
    ("every_hour_was_paid", "UPDATE orders SET gateway = 'razorpay' WHERE gateway = 'grant'"),
    ("every_hour_was_paid", "DELETE FROM audit_log WHERE action = 'grant'"),
    (
        "one_link_is_open",
        (
            "DROP INDEX attempts_one_live;"
            "INSERT INTO attempts (id, order_id, state, amount_paise, created_at, expires_at)"
            " SELECT 'att_x', order_id, 'open', 1, 1, 1 FROM attempts WHERE state = 'open'"
        ),
    ),
    (
        "one_link_is_open",
        (
            "DROP INDEX orders_one_open;"
            "INSERT INTO orders (id, user_id, plan_id, hours, amount_paise, gateway, status,"
            " created_at)"
            " SELECT 'ord_x', user_id, plan_id, 1, 1, gateway, status, 1 FROM orders"
            " WHERE status = 'open'"
        ),
    ),
    (
        "every_webhook_is_read",
        (
            "INSERT INTO webhook_inbox (gateway, event_id, sha256, raw, received_at)"
            f" VALUES ('razorpay', 'x', 'x', x'00', {NOW - READ_WITHIN_S - 1})"
        ),
    ),
    (
        "the_gateway_owes_what_the_books_say",
        "UPDATE payments SET refunded_paise = refunded_paise + 1 WHERE decision = 'fulfilled'",
    ),
    (
        "every_webhook_is_read",
        (
            "INSERT INTO star_charges"
            " (charge_id, payment_id, payload, payer, amount, currency, paid_at, seen_at)"
            f" VALUES ('x', 'x', 'x', '1', 75, 'XTR', 1, {NOW - READ_WITHIN_S - 1})"
        ),
    ),
    (
        "the_gateway_owes_what_the_books_say",
        (
            "INSERT INTO payments (id, gateway, amount_paise, refunded_paise, currency, status,"
            " seen_via, decision, created_at, updated_at)"
            " VALUES ('x', 'stars', 75, 0, 'XTR', 'captured', 'poll', 'suspense', 1, 1)"
        ),
    ),
    (
        "the_gateway_owes_what_the_books_say",
        "UPDATE payments SET fee_paise = 1 WHERE fee_paise = 236",
    ),
    ("what_people_see_is_the_ledgers", "UPDATE user_sessions SET image_credits = 99"),
    ("what_people_see_is_the_ledgers", "UPDATE user_sessions SET token_limit = 0"),
    ("what_people_see_is_the_ledgers", "UPDATE jobs SET state = 'failed' WHERE state = 'done'"),
    ("what_people_see_is_the_ledgers", "UPDATE jobs SET state = 'done' WHERE state = 'cancelled'"),
    ("what_people_see_is_the_ledgers", "UPDATE jobs SET cost = 2 WHERE state = 'done'"),
    (
        "what_people_see_is_the_ledgers",
        "UPDATE jobs SET state = 'done', finished_at = 1 WHERE state = 'queued'",
    ),
    ("what_people_see_is_the_ledgers", "DELETE FROM jobs WHERE state = 'queued'"),
    (
        "what_people_see_is_the_ledgers",
        "DELETE FROM transfers WHERE key IN (SELECT id FROM jobs WHERE state = 'queued')",
    ),
    ("receipts_are_numbered_without_gaps", "DELETE FROM receipts WHERE number = 1"),
    ("receipts_are_numbered_without_gaps", "UPDATE receipts SET total = 1 WHERE number = 1"),
]

_used: list[bytes] = []


@pytest.fixture
async def used(tmp_path: Path) -> Path:
    """A database in which everything has happened; it is lived in once, and copied."""
    if not _used:
        async with open_hub(tmp_path) as hub:
            await live(hub)
        _used.append((tmp_path / "hub.db").read_bytes())
    path = tmp_path / "used.db"
    path.write_bytes(_used[0])
    return path


async def live(hub: Hub) -> None:
    """Buy, pay rightly and wrongly, refund, give, draw, fail, cancel, and leave things open."""
    payments = hub.services.payments
    assert payments is not None
    hub.gateway.pay(await ordered(hub, "flash --hours 2"), fee=236)
    hub.gateway.pay(await ordered(hub, "flash", RAVI), amount=100)
    hub.gateway.pay(await ordered(hub, "pro", RAVI))
    hub.gateway.pay(await ordered(hub, "flash-lite", "3"), currency="USD")
    body = {"event": "order.paid", "payload": {"order": {"entity": {"id": "order_plink_1"}}}}
    signed = {"X-Razorpay-Signature": "good", "X-Razorpay-Event-Id": "evt_1"}
    assert await payments.receive(json.dumps(body).encode(), signed) == "stored"
    await look(hub)
    for payment, paise in (("pay_1", 5_000), ("pay_3", None)):
        await refund(hub, payment, paise)
    await look(hub)
    await hub.grant("pro", 2)
    await hub.press("v1:start:")
    await hub.draw("done")
    await hub.work.run()
    cancelled = await hub.draw("cancelled")
    await hub.press(f"v1:cancel:{cancelled}")
    await hub.draw("queued")
    await ordered(hub, "flash-lite")


async def ordered(hub: Hub, arguments: str, user: str = ASHA) -> ObservedLink:
    """Order something; returns the link to pay it."""
    assert await hub.call("buy", arguments, user) is None
    for submitted in [s for s in hub.work.waiting if s.kind == "open_link"]:
        hub.work.waiting.remove(submitted)
        await hub.work.kinds["open_link"].do(submitted.subject)
    return list(hub.gateway.links.values())[-1]


async def refund(hub: Hub, payment: str, paise: int | None) -> None:
    async def decide(tx: Transaction) -> None:
        assert hub.services.payments is not None
        await hub.services.payments.refunds.request(tx, payment, "sorry", "telegram:9", paise)

    await hub.services.database.write(decide)


async def look(hub: Hub) -> None:
    hub.clock.pass_(10)
    assert hub.services.payments is not None
    await hub.services.payments.poll_due()
    await hub.work.run()


async def breaches(path: Path, now: int = NOW) -> list[Breach]:
    async with open_database(f"sqlite:///{path}") as database, database.read() as tx:
        return await check(tx, now)


async def test_a_used_database_is_sound(used: Path) -> None:
    with closing(sqlite3.connect(used)) as database:
        states = {row[0] for row in database.execute("SELECT state FROM jobs")}
        decisions = {row[0] for row in database.execute("SELECT decision FROM payments")}
        statuses = {row[0] for row in database.execute("SELECT status FROM orders")}
    assert states == {"done", "cancelled", "queued"}
    assert decisions == {"fulfilled", "suspense"}
    assert {"paid", "refunded", "review", "open"} <= statuses

    assert await breaches(used) == []


@pytest.mark.parametrize(("invariant", "damage"), BREAKS)
async def test_a_broken_database_is_noticed(used: Path, invariant: str, damage: str) -> None:
    with closing(sqlite3.connect(used)) as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        guards = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (guard,) in guards.fetchall():
            database.execute(f"DROP TRIGGER {guard}")
        before = database.total_changes
        database.executescript(damage)
        assert database.total_changes > before, "something was broken"

    found = await breaches(used)

    assert invariant in {breach.invariant for breach in found}
    assert all(breach.subject and breach.how for breach in found)


def test_every_invariant_was_broken_here() -> None:
    assert {name for name, _ in BREAKS} == {invariant.__name__ for invariant in INVARIANTS}


async def test_a_webhook_has_time_to_be_read(used: Path) -> None:
    with closing(sqlite3.connect(used)) as database, database:
        database.execute("UPDATE webhook_inbox SET state = 'new', received_at = ?", (NOW,))

    assert await breaches(used, NOW + READ_WITHIN_S) == []
    assert len(await breaches(used, NOW + READ_WITHIN_S + 1)) == 1


async def test_an_empty_database_is_sound(tmp_path: Path) -> None:
    async with open_hub(tmp_path):
        pass

    assert await breaches(tmp_path / "hub.db") == []
