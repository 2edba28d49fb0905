"""What must never be found in the database: each query looks for one kind of it.

Every look is a single statement, so that it sees one moment of a database that others write to.
"""

from typing import Any

import sqlalchemy as sa

from store.database import Transaction

Found = tuple[str, str]
"""What is wrong, by its id, and how."""

_TAKEN = "('captured', 'refunded')"
_SUSPENSE = "CASE p.gateway WHEN 'stars' THEN 'stars:suspense' ELSE 'suspense' END"


async def unbalanced_books(tx: Transaction) -> list[Found]:
    """Units that do not add up to zero, overdrawn accounts, movements between units."""
    return await _found(
        tx,
        """
        SELECT unit, 'adds up to ' || sum(posted) FROM account_balances
        GROUP BY unit HAVING sum(posted) <> 0
        UNION ALL
        SELECT id, 'is overdrawn by ' || (pending - posted) FROM account_balances
        WHERE may_overdraw = 0 AND pending > posted
        UNION ALL
        SELECT t.key, 'moves between ' || t.debit || ' and ' || t.credit FROM transfers t
        LEFT JOIN accounts d ON d.id = t.debit LEFT JOIN accounts c ON c.id = t.credit
        WHERE d.unit IS NULL OR c.unit IS NULL OR d.unit <> c.unit
        UNION ALL
        SELECT a.key, 'answers no reservation of that amount' FROM transfers a
        LEFT JOIN transfers p ON p.id = a.resolves AND p.phase = 'pending'
          AND p.debit = a.debit AND p.credit = a.credit AND a.amount <= p.amount
        WHERE a.phase IN ('post', 'void') AND p.id IS NULL
        """,
    )


async def undecided_payments(tx: Transaction) -> list[Found]:
    """Money that was taken and is for nothing, or stands elsewhere in the books than decided."""
    return await _found(
        tx,
        f"""
        SELECT id, 'is ' || status || ' and for nothing' FROM payments
        WHERE status IN {_TAKEN} AND decision = 'none'
        UNION ALL
        SELECT id, 'is ' || decision || ' and ' || status FROM payments
        WHERE status NOT IN {_TAKEN} AND decision <> 'none'
        UNION ALL
        SELECT p.id, 'is ' || p.decision || ' and not booked so' FROM payments p
        WHERE (p.gateway, p.currency) IN (('razorpay', 'INR'), ('stars', 'XTR'))
          AND p.decision <> 'none'
          AND NOT EXISTS (SELECT 1 FROM transfers t
            WHERE t.key = 'capture:' || p.id AND t.amount = p.amount_paise
              AND t.credit = CASE WHEN p.decision = 'suspense' OR EXISTS
                  (SELECT 1 FROM transfers h WHERE h.key = 'honour:' || p.id
                    AND h.debit = {_SUSPENSE} AND h.amount = p.amount_paise
                    AND h.credit = 'hours:deferred:' || p.order_id)
                THEN {_SUSPENSE} ELSE 'hours:deferred:' || p.order_id END)
        UNION ALL
        SELECT t.key, 'books money that no payment brought' FROM transfers t
        WHERE t.key LIKE 'capture:%' AND NOT EXISTS
          (SELECT 1 FROM payments p WHERE 'capture:' || p.id = t.key AND p.decision <> 'none')
        """,  # noqa: S608 - constants
    )


async def unbought_hours(tx: Transaction) -> list[Found]:
    """Orders with another number of hours than was bought, or with another's hours."""
    return await _found(
        tx,
        """
        SELECT o.id, 'is ' || o.status || ' with ' || count(h.id) || ' of ' || o.hours || ' hours'
        FROM orders o LEFT JOIN user_sessions h ON h.order_id = o.id
        LEFT JOIN gifts g ON g.order_id = o.id AND g.claimed_at IS NULL
        WHERE NOT EXISTS (SELECT 1 FROM topups u WHERE u.order_id = o.id)
        GROUP BY o.id, o.status, o.hours, g.order_id
        HAVING count(h.id) > o.hours
          OR (o.status = 'paid' AND g.order_id IS NULL AND count(h.id) < o.hours)
          OR (o.status NOT IN ('paid', 'refunded') AND count(h.id) > 0)
          OR (g.order_id IS NOT NULL AND count(h.id) > 0)
        UNION ALL
        SELECT h.id, 'is not of who bought or claimed it' FROM user_sessions h
        JOIN orders o ON o.id = h.order_id LEFT JOIN gifts g ON g.order_id = o.id
        WHERE h.user_id <> coalesce(g.claimed_by, o.user_id)
        UNION ALL
        SELECT o.id, 'is ' || o.status || ' with ' || coalesce(t.amount, 0) || ' credits'
        FROM topups u JOIN orders o ON o.id = u.order_id
        LEFT JOIN transfers t ON t.key = 'topup:' || o.id AND t.phase = 'posted'
        WHERE (o.status = 'paid' AND coalesce(t.amount, 0) <> u.count)
          OR (o.status NOT IN ('paid', 'refunded') AND t.id IS NOT NULL)
        UNION ALL
        SELECT o.id, 'is paid and its credits were taken back' FROM topups u
        JOIN orders o ON o.id = u.order_id WHERE o.status = 'paid'
          AND (SELECT count(*) FROM transfers
            WHERE key >= 'untop:' || o.id || ':' AND key < 'untop:' || o.id || ';')
          > (SELECT count(*) FROM transfers
            WHERE key >= 'retop:' || o.id || ':' AND key < 'retop:' || o.id || ';')
        """,
    )


async def excessive_refunds(tx: Transaction) -> list[Found]:
    """Payments of which more is to go back than came."""
    return await _found(
        tx,
        """
        SELECT p.id, 'sends back ' || sum(r.amount_paise) || ' of ' || p.amount_paise
        FROM payments p JOIN refunds r ON r.payment_id = p.id AND r.status <> 'failed'
        GROUP BY p.id, p.amount_paise HAVING sum(r.amount_paise) > p.amount_paise
        """,
    )


async def unpaid_hours(tx: Transaction) -> list[Found]:
    """Orders whose hours nobody paid the price of, and no admin is on record to have given."""
    return await _found(
        tx,
        f"""
        SELECT o.id, 'has hours and no payment of ' || o.amount_paise FROM orders o
        WHERE o.gateway <> 'grant'
          AND EXISTS (SELECT 1 FROM user_sessions h WHERE h.order_id = o.id)
          AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id
            AND p.decision = 'fulfilled' AND p.status IN {_TAKEN}
            AND p.amount_paise = o.amount_paise AND p.currency = o.currency)
        UNION ALL
        SELECT o.id, 'was given by nobody' FROM orders o
        WHERE o.gateway = 'grant' AND NOT EXISTS
          (SELECT 1 FROM audit_log a WHERE a.action = 'grant' AND a.subject = o.id)
        """,  # noqa: S608 - constants
    )


async def rival_attempts(tx: Transaction) -> list[Found]:
    """Orders that could be paid twice, and plans that a user could buy twice by accident."""
    return await _found(
        tx,
        """
        SELECT order_id, 'has ' || count(*) || ' open links' FROM attempts
        WHERE state IN ('sending', 'unknown', 'open') GROUP BY order_id HAVING count(*) > 1
        UNION ALL
        SELECT min(id), 'is one of ' || count(*) || ' open orders of its plan' FROM orders
        WHERE status IN ('opening', 'open') GROUP BY user_id, plan_id HAVING count(*) > 1
        """,
    )


async def unread_webhooks(tx: Transaction, before: int) -> list[Found]:
    """Webhooks and charges in Stars told of before this moment, that nobody has looked at."""
    return await _found(
        tx,
        """
        SELECT id, 'is unread since ' || received_at FROM webhook_inbox
        WHERE state = 'new' AND received_at < :before
        UNION ALL
        SELECT c.payment_id, 'pays nothing since ' || c.seen_at FROM star_charges c
        WHERE c.seen_at < :before AND NOT EXISTS
          (SELECT 1 FROM payments p WHERE p.id = c.payment_id)
        """,
        before=before,
    )


async def strayed_clearing(tx: Transaction) -> list[Found]:
    """What the gateway holds for us by the books, where the payments say something else."""
    return await _found(
        tx,
        f"""
        WITH gateways(name, currency, account) AS (
          VALUES ('razorpay', 'INR', 'razorpay:clearing'), ('stars', 'XTR', 'stars:clearing')),
        expected AS (
          SELECT g.account,
            coalesce(sum(p.refunded_paise + coalesce(p.fee_paise, 0) + coalesce(d.lost, 0)
              - p.amount_paise), 0) AS held
          FROM gateways g LEFT JOIN payments p
            ON p.gateway = g.name AND p.currency = g.currency AND p.status IN {_TAKEN}
          LEFT JOIN (SELECT payment_id, sum(deducted_paise) AS lost FROM disputes
            WHERE status = 'lost' GROUP BY payment_id) d ON d.payment_id = p.id
          GROUP BY g.account)
        SELECT b.id, 'holds ' || b.posted || ', by its payments ' || e.held
        FROM account_balances b JOIN expected e ON e.account = b.id WHERE b.posted <> e.held
        """,  # noqa: S608 - constants
    )


async def strayed_credits(tx: Transaction) -> list[Found]:
    """Hours that show other credits than the ledger gave, and charges that do not fit their job."""
    return await _found(
        tx,
        """
        WITH shown AS (
          SELECT id, 'image' AS unit, image_credits AS credits FROM user_sessions
          UNION ALL SELECT id, 'video', video_credits FROM user_sessions
          UNION ALL SELECT id, 'token', token_limit FROM user_sessions)
        SELECT s.id,
          'shows ' || s.credits || ' ' || s.unit || ', was given ' || coalesce(sum(t.amount), 0)
        FROM shown s LEFT JOIN (
          SELECT credit AS account, amount FROM transfers WHERE phase = 'posted'
          UNION ALL SELECT debit, -amount FROM transfers WHERE phase = 'posted'
            AND credit IN ('credits:image', 'credits:video', 'credits:token')) t
          ON t.account = 'hour:' || s.id || ':' || s.unit
        GROUP BY s.id, s.unit, s.credits HAVING s.credits <> coalesce(sum(t.amount), 0)
        UNION ALL
        SELECT j.id, 'is ' || j.state || ' and costs ' || j.cost || '; '
          || coalesce(a.phase, r.phase, 'nothing') || ' ' || coalesce(a.amount, r.amount, 0)
        FROM jobs j LEFT JOIN transfers r ON r.key = j.id AND r.phase = 'pending'
        LEFT JOIN transfers a ON a.resolves = r.id
        WHERE r.id IS NULL OR r.amount <> j.cost OR coalesce(a.phase, 'pending')
          <> CASE j.state WHEN 'queued' THEN 'pending' WHEN 'done' THEN 'post' ELSE 'void' END
        UNION ALL
        SELECT r.key, 'is reserved for no job' FROM transfers r
        WHERE r.phase = 'pending' AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = r.key)
        """,
    )


async def torn_receipts(tx: Transaction) -> list[Found]:
    """Series with gaps, and receipts of another amount or order than their payment."""
    return await _found(
        tx,
        """
        SELECT series, 'has ' || count(*) || ' receipts up to number ' || max(number)
        FROM receipts GROUP BY series HAVING count(*) <> max(number)
        UNION ALL
        SELECT r.series || '/' || r.number, 'is not of its payment ' || r.payment_id
        FROM receipts r LEFT JOIN payments p ON p.id = r.payment_id AND p.order_id = r.order_id
          AND p.amount_paise = r.total AND p.currency = r.currency AND p.decision = 'fulfilled'
        WHERE p.id IS NULL
        """,
    )


async def _found(tx: Transaction, query: str, **values: Any) -> list[Found]:  # noqa: ANN401 - SQL
    return [(str(subject), how) for subject, how in await tx.execute(sa.text(query), values)]
