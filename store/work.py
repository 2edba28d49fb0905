"""Durable work: what was accepted is done, whatever dies meanwhile.

A port over DBOS, which keeps queues and workflows inside the same database file. A piece of work is
a name and a subject (an id); its queue row is written in the caller's own transaction, so accepting
a job and queueing it are one commit. Work runs at least once: whoever does it must find repeats
harmless. Facts behind the settings: docs/decisions/0004-durable-work-on-dbos.md.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, WorkflowSerializationFormat

from store.database import Database, Transaction, prepare_sqlite

log = logging.getLogger(__name__)

Doer = Callable[[str], Awaitable[None]]

APPLICATION = "hub"
VERSION = "1"  # constant: a version that changes with the code would strand paid jobs at a deploy
EXECUTOR = "embedded"
CRASHES_MAX = 4
FAILED = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
KEEP_FINISHED_S = 7 * 24 * 3600
FORGOTTEN_AT_ONCE = 1000


class LeftForNextStart(asyncio.CancelledError):
    """Raised by whoever does a piece of work that must wait for the next start of the process.

    DBOS takes every other exception for an answer, and leaves what is cancelled to be done again.
    """


@dataclass(frozen=True, slots=True)
class Queue:
    """A line of work: how many pieces of it this process does at once."""

    name: str
    at_once: int
    poll_s: float = 0.1
    """How long work waits at most while there is room; each look costs some milliseconds."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: its name, its queue, and who does it."""

    name: str
    queue: Queue
    do: Doer
    tries: int = 1
    """How often it is tried when it raises; a crash of the process is counted apart."""


class Work:
    """The work queues of this process: declare the kinds of work, then let it run."""

    def __init__(self, database: Database) -> None:
        self._url = f"sqlite:///{database.path}"
        self._engine = sa.create_engine(self._url, pool_size=2, max_overflow=0, pool_timeout=60)
        prepare_sqlite(self._engine)
        self._client = DBOSClient(
            system_database_engine=self._engine, application_name=APPLICATION, lazy=True
        )
        self._kinds: dict[str, Kind] = {}

    def declare(self, *kinds: Kind) -> None:
        """Say what can be asked for, before `running`."""
        self._kinds |= {kind.name: kind for kind in kinds}

    @asynccontextmanager
    async def running(self, *, drain_s: int = 30) -> AsyncGenerator[None]:
        """Do work, beginning with what a former process left behind.

        Args:
            drain_s: How long running work may take at the end; the rest is done next time.
        """
        config = DBOSConfig(
            name=APPLICATION,
            application_version=VERSION,
            executor_id=EXECUTOR,
            system_database_url=self._url,
            system_database_engine=self._engine,
            max_executor_threads=32,
            log_level="WARNING",
        )
        DBOS(config=config)
        queues = {kind.queue for kind in self._kinds.values()}
        DBOS.listen_queues([queue.name for queue in queues])
        for kind in self._kinds.values():
            _declare(kind)
        DBOS.launch()
        try:
            for queue in queues:
                await DBOS.register_queue_async(
                    queue.name, worker_concurrency=queue.at_once, polling_interval_sec=queue.poll_s
                )
            yield
        finally:
            await _close(drain_s)
            self._engine.dispose()

    async def submit(
        self,
        tx: Transaction,
        kind: str,
        subject: str,
        *,
        key: str | None = None,
        priority: int = 0,
        delay_s: float = 0,
    ) -> None:
        """Queue a piece of work in the caller's transaction; the same key again changes nothing.

        Args:
            tx: The transaction whose commit is the submission.
            kind: One of the declared kinds.
            subject: What to work on: an id.
            key: Names this piece of work; without one it is `kind:subject`.
            priority: Lower goes first; 0 goes before all.
            delay_s: How long to wait before it may start.
        """
        options: EnqueueOptions = {
            "workflow_name": kind,
            "queue_name": self._kinds[kind].queue.name,
            "workflow_id": key or f"{kind}:{subject}",
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }
        if priority:
            options["priority"] = priority
        if delay_s > 0:
            options["delay_seconds"] = delay_s

        def enqueue(connection: sa.Connection) -> None:
            self._client.enqueue_in_transaction(connection, options, subject)

        await tx.run_sync(enqueue)

    async def given_up(self, tx: Transaction, kind: str, subjects: list[str]) -> list[str]:
        """Which of these subjects will never be done, because their work failed for good."""
        keys = {f"{kind}:{subject}": subject for subject in subjects}
        found = await tx.execute(
            sa.text(
                "SELECT workflow_uuid FROM workflow_status"
                " WHERE workflow_uuid IN :keys AND status IN :failed"
            ).bindparams(
                sa.bindparam("keys", list(keys), expanding=True),
                sa.bindparam("failed", list(FAILED), expanding=True),
            )
        )
        return [keys[key] for key in found.scalars()]

    async def forget_finished(self, now: int) -> None:
        """Delete the queue's memory of work that was finished a week ago."""
        cutoff = (now - KEEP_FINISHED_S) * 1000
        is_more = True
        while is_more:
            oldest = await DBOS.list_workflows_async(
                status=["SUCCESS"], limit=FORGOTTEN_AT_ONCE, load_input=False, load_output=False
            )
            forgotten = [
                status.workflow_id
                for status in oldest
                if status.updated_at is not None and status.updated_at < cutoff
            ]
            await DBOS.delete_workflows_async(forgotten)
            is_more = len(forgotten) == FORGOTTEN_AT_ONCE


async def _close(drain_s: int) -> None:
    # In a thread of its own: work that is being finished runs on the event loop, which must turn.
    with ThreadPoolExecutor(1) as thread:
        destroy = partial(
            DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=drain_s
        )
        await asyncio.get_running_loop().run_in_executor(thread, destroy)


def _declare(kind: Kind) -> None:
    @DBOS.step(
        name=f"{kind.name}.step",
        retries_allowed=kind.tries > 1,
        max_attempts=max(kind.tries, 2),
        interval_seconds=1.0,
    )
    async def step(subject: str) -> None:
        await kind.do(subject)

    @DBOS.workflow(name=kind.name, max_recovery_attempts=CRASHES_MAX)
    async def workflow(subject: str) -> None:
        await step(subject)
