"""Rows of jobs: what was asked for, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from store.database import Transaction
from store.tables import image_generations, jobs

Kind = Literal["image", "video"]
State = Literal["queued", "done", "failed", "cancelled"]
Failure = Literal[
    "busy",
    "crashed",
    "failed",
    "lost",
    "memory",
    "model_missing",
    "no_videos",
    "size",
    "unreachable",
    "withheld",
]

_AFTER_DOT = chr(ord(".") + 1)


@dataclass(frozen=True, slots=True)
class Job:
    """A request and its progress; `request` is the frozen request as JSON."""

    id: str
    user_id: int
    session_id: str
    conversation_id: int
    kind: Kind
    state: State
    request: dict[str, Any]
    cost: int
    created_at: int
    finished_at: int | None = None
    failure: Failure | None = None
    failure_detail: str | None = None
    backend: str | None = None
    """Who drew it."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A picture that was drawn; `image_url` is its private storage key."""

    id: str
    user_id: int
    session_id: str
    conversation_id: int
    prompt: str
    image_url: str
    model_used: str
    resolution: str
    seed: int
    parameters: dict[str, Any]
    bytes: int
    took_ms: int
    created_at: int


async def add(tx: Transaction, job: Job) -> None:
    """Accept a job."""
    await tx.execute(sa.insert(jobs).values(**{f: getattr(job, f) for f in Job.__slots__}))


async def exists(tx: Transaction, job_id: str) -> bool:
    """Whether this job was accepted before."""
    found = await tx.execute(sa.select(jobs.c.id).where(jobs.c.id == job_id))
    return found.one_or_none() is not None


async def get(tx: Transaction, job_id: str) -> Job | None:
    """Read a job."""
    row = (await tx.execute(sa.select(jobs).where(jobs.c.id == job_id))).one_or_none()
    return _job(row) if row else None


def first_of(job_id: str) -> str:
    """The job that stands for a request: the pictures of one are `job_x`, `job_x.2` and so on."""
    return job_id.partition(".")[0]


async def parts(tx: Transaction, job_id: str) -> list[Job]:
    """The jobs of a request, in their order; `job_id` is the first."""
    # A range, which the key's index answers; LIKE would read every job there is.
    is_further = sa.and_(jobs.c.id > f"{job_id}.", jobs.c.id < f"{job_id}{_AFTER_DOT}")
    found = await tx.execute(
        sa.select(jobs).where((jobs.c.id == job_id) | is_further).order_by(jobs.c.id)
    )
    return [_job(row) for row in found]


async def end(
    tx: Transaction,
    job_id: str,
    state: State,
    now: int,
    failure: Failure | None = None,
    detail: str | None = None,
    backend: str | None = None,
) -> bool:
    """Move a queued job to its end; False when it had ended before, and nothing may be changed."""
    moved = await tx.execute(
        sa.update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == "queued")
        .values(
            state=state,
            finished_at=now,
            failure=failure,
            failure_detail=detail,
            backend=backend,
        )
    )
    return moved.rowcount == 1


async def queued(tx: Transaction, user_id: int | None = None) -> list[str]:
    """The jobs that have not ended, oldest first; of one person when `user_id` is given."""
    query = sa.select(jobs.c.id).where(jobs.c.state == "queued")
    if user_id is not None:
        query = query.where(jobs.c.user_id == user_id)
    return list((await tx.execute(query.order_by(jobs.c.created_at, jobs.c.id))).scalars())


async def ahead(tx: Transaction, job: Job) -> int:
    """How many of its kind were accepted before this one and have not ended.

    Pictures and clips do not wait for each other.
    """
    found = await tx.execute(
        sa.select(sa.func.count())
        .select_from(jobs)
        .where(
            jobs.c.state == "queued",
            jobs.c.kind == job.kind,
            sa.tuple_(jobs.c.created_at, jobs.c.id) < sa.tuple_(job.created_at, job.id),
        )
    )
    return int(found.scalar_one())


async def of_kind(tx: Transaction, kind: Kind, job_ids: Sequence[str]) -> list[str]:
    """Which of these jobs are of a kind."""
    found = await tx.execute(
        sa.select(jobs.c.id).where(jobs.c.id.in_(job_ids), jobs.c.kind == kind)
    )
    return list(found.scalars())


async def add_generation(tx: Transaction, generation: Generation) -> None:
    """Keep what a picture was made of."""
    await tx.execute(
        sa.insert(image_generations).values(
            **{f: getattr(generation, f) for f in Generation.__slots__}
        )
    )


async def get_generation(tx: Transaction, job_id: str) -> Generation | None:
    """What a job's picture was made of; None while there is none."""
    found = await tx.execute(sa.select(image_generations).where(image_generations.c.id == job_id))
    row = found.one_or_none()
    return Generation(**{f: getattr(row, f) for f in Generation.__slots__}) if row else None


def newest(table: sa.Table, user_id: int, words: str, limit: int) -> sa.Select[tuple[object, ...]]:
    """One person's newest pictures or clips; with words, those that have them or are named so."""
    query = sa.select(table).where(table.c.user_id == user_id)
    if words:
        said = table.c.prompt.icontains(words, autoescape=True)
        query = query.where(said | (table.c.id == words))
    return query.order_by(table.c.created_at.desc(), table.c.id).limit(limit)


async def generations(tx: Transaction, user_id: int, words: str, limit: int) -> list[Generation]:
    """One person's newest pictures; with words, those that have them or have them as their id."""
    found = await tx.execute(newest(image_generations, user_id, words, limit))
    return [Generation(**{f: getattr(row, f) for f in Generation.__slots__}) for row in found]


async def live(tx: Transaction) -> tuple[int, int | None]:
    """How many jobs have not ended, and when the oldest of them was accepted."""
    found = await tx.execute(
        sa.select(sa.func.count(), sa.func.min(jobs.c.created_at)).where(jobs.c.state == "queued")
    )
    count, oldest = found.one()
    return int(count), oldest


def _job(row: sa.Row[Any]) -> Job:
    return Job(**{field: getattr(row, field) for field in Job.__slots__})
