"""What a comparison with the gateway needs to know of our rows, and what it has found."""

import sqlalchemy as sa

from store import users
from store.database import Transaction
from store.tables import audit_log, disputes, payments, refunds, webhook_inbox
from store.users import Audited

FOUND = "found"
"""The audit log's word for something that does not agree with the gateway."""
REPORTED_MAX = 50


async def taken_between(tx: Transaction, gateway: str, since: int, until: int) -> list[str]:
    """The payments whose money we believe to have, by when they were begun."""
    found = await tx.execute(
        sa.select(payments.c.id)
        .where(
            payments.c.gateway == gateway,
            payments.c.status.in_(("captured", "refunded")),
            payments.c.created_at.between(since, until),
        )
        .order_by(payments.c.created_at, payments.c.id)
    )
    return list(found.scalars())


async def last_webhook(tx: Transaction, gateway: str) -> int | None:
    """When a webhook came last; None when none ever did."""
    found = await tx.execute(
        sa.select(sa.func.max(webhook_inbox.c.received_at)).where(
            webhook_inbox.c.gateway == gateway
        )
    )
    last: int | None = found.scalar_one_or_none()
    return last


async def disputed(tx: Transaction, told: str) -> list[tuple[str, str, str, int | None]]:
    """Disputes whose present turn the audit log does not say to have been `told`.

    Each as its name there, its payment, how it stands, and until when it can be answered.
    """
    name = disputes.c.id + " " + disputes.c.status
    found = await tx.execute(
        sa.select(
            name.label("name"), disputes.c.payment_id, disputes.c.status, disputes.c.respond_by
        )
        .where(_is_not(told, name))
        .order_by(disputes.c.created_at, disputes.c.id)
    )
    return [(row.name, row.payment_id, row.status, row.respond_by) for row in found]


async def refunded(tx: Transaction, told: str, reason: str) -> list[tuple[str, str, int, str]]:
    """Refunds whose reason begins so and that the audit log does not say to have been `told`.

    Each as its name there, its payment, and how much of which currency it is.
    """
    name = refunds.c.id + " " + refunds.c.reason
    found = await tx.execute(
        sa.select(name.label("name"), payments.c.id, refunds.c.amount_paise, payments.c.currency)
        .join(payments, payments.c.id == refunds.c.payment_id)
        .where(refunds.c.reason.startswith(reason, autoescape=True), _is_not(told, name))
        .order_by(refunds.c.created_at, refunds.c.id)
        .limit(REPORTED_MAX)
    )
    return [(row[0], row[1], row[2], row[3]) for row in found]


async def report(tx: Transaction, now: int, what: str, subject: str) -> None:
    """Write down something that was found; again it changes nothing."""
    name = f"{what}:{subject}"
    if not await users.is_audited(tx, FOUND, name):
        await users.audit(tx, now, "billing", FOUND, name, finding=what, about=subject)


async def reported(tx: Transaction, told: str) -> list[Audited]:
    """What was found and the audit log does not say to have been `told`."""
    found = await tx.execute(
        sa.select(audit_log)
        .where(audit_log.c.action == FOUND, _is_not(told, audit_log.c.subject))
        .order_by(audit_log.c.id)
        .limit(REPORTED_MAX)
    )
    return [Audited(row.at, row.actor, row.subject, row.detail) for row in found]


def _is_not(told: str, name: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """That no entry of the audit log has this action and subject."""
    log = audit_log.alias()
    entry = sa.select(log.c.id).where(log.c.action == told, log.c.subject == name)
    return ~entry.exists()
