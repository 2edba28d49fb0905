from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.errors import EngineBusyError
from engine.job import GenerationRequest
from engine.scheduler import Job, Scheduler

JOBS_MAX = 4
REQUEST = GenerationRequest("a fox", "", 64, 64, 5, 7.5, 1)


class Schedules(RuleBasedStateMachine):
    """Any order of newcomers, forwards and cancels; the model is a plain list of ids."""

    def __init__(self) -> None:
        super().__init__()
        self.scheduler = Scheduler(JOBS_MAX)
        self.expected: list[str] = []
        self.forwards: dict[str, int] = {}
        self.finished: list[str] = []
        self.came = 0

    @rule(steps=st.integers(1, 4))
    def add(self, steps: int) -> None:
        self.came += 1
        job = Job(str(self.came), replace(REQUEST, steps=steps))
        if len(self.expected) == JOBS_MAX:
            with pytest.raises(EngineBusyError):
                self.scheduler.add(job)
        else:
            self.scheduler.add(job)
            self.expected.append(job.id)

    @precondition(lambda self: self.expected)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(self.expected))
        assert self.scheduler.remove(job_id) is not None
        assert self.scheduler.remove(job_id) is None
        self.expected.remove(job_id)

    @rule()
    def forward(self) -> None:
        batch = self.scheduler.schedule()
        assert [job.id for job in batch] == self.expected[:1]
        for job in batch:
            job.forwards = job.request.steps
            job.done += 1
            self.forwards[job.id] = self.forwards.get(job.id, 0) + 1
            if job.is_done:
                assert self.forwards[job.id] == job.request.steps
                self.scheduler.remove(job.id)
                self.finished.append(self.expected.pop(0))

    @invariant()
    def finished_in_the_order_of_coming(self) -> None:
        assert self.finished == sorted(self.finished, key=int)

    @invariant()
    def positions_count_the_jobs_ahead(self) -> None:
        positions = self.scheduler.positions()
        assert positions == {job_id: ahead for ahead, job_id in enumerate(self.expected)}
        assert len(self.scheduler) == len(self.expected)


TestSchedules = Schedules.TestCase


def test_draining_forgets_only_what_has_not_begun() -> None:
    scheduler = Scheduler(JOBS_MAX)
    jobs = [Job(name, REQUEST) for name in "abc"]
    for job in jobs:
        scheduler.add(job)
    scheduler.schedule()

    assert scheduler.remove_waiting() == jobs[1:]
    assert scheduler.schedule() == jobs[:1]


@given(steps=st.integers(1, 150), order=st.integers(1, 2), data=st.data())
def test_steps_are_told_as_they_were_asked_for(steps: int, order: int, data: st.DataObject) -> None:
    job = Job("a", replace(REQUEST, steps=steps))
    assert job.step == 0

    job.forwards = steps * order - (order - 1)
    job.done = data.draw(st.integers(0, job.forwards))

    assert 0 <= job.step <= steps
    assert (job.step == steps) == job.is_done
