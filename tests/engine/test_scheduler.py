from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine.batch import Job
from engine.capacity import Capacity
from engine.clip import VideoRequest
from engine.errors import EngineBusyError
from engine.job import GenerationRequest, Size
from engine.scheduler import Scheduler

JOBS_MAX = 8
ROWS_MAX = 4
REQUEST = GenerationRequest("a fox", "", 64, 64, 5, 7.5, 1)
CLIP = VideoRequest(image=b"png", width=64, height=64, frames=4, steps=5, seed=1)
PROMPTS = ["a fox", "a fox <lora:ink:1>"]
SIZES: list[Size] = [(64, 64), (64, 96), (96, 64)]


def scheduler_of(rows_max: int, *, is_exact: bool = False) -> Scheduler:
    return Scheduler(JOBS_MAX, Capacity(rows_max, is_exact=is_exact, costs={}))


class Schedules(RuleBasedStateMachine):
    """Any order of newcomers, forwards and cancels."""

    def __init__(self) -> None:
        super().__init__()
        self.scheduler = scheduler_of(ROWS_MAX)
        self.live: dict[str, Job] = {}
        self.came = 0

    @rule(
        steps=st.integers(1, 4),
        guidance=st.sampled_from([1.0, 7.5]),
        size=st.sampled_from(SIZES),
        is_suspect=st.booleans(),
        owner=st.sampled_from(["", "a", "b"]),
        prompt=st.sampled_from(PROMPTS),
    )
    def add(
        self,
        steps: int,
        guidance: float,
        size: Size,
        *,
        is_suspect: bool,
        owner: str,
        prompt: str,
    ) -> None:
        self.came += 1
        width, height = size
        request = replace(REQUEST, prompt=prompt, steps=steps, guidance=guidance)
        request = replace(request, width=width, height=height)
        job = Job(str(self.came), request, owner, is_suspect=is_suspect)
        if len(self.live) == JOBS_MAX:
            with pytest.raises(EngineBusyError):
                self.scheduler.add(job)
        else:
            self.scheduler.add(job)
            self.live[job.id] = job

    @rule(steps=st.integers(1, 4), is_suspect=st.booleans(), owner=st.sampled_from(["", "a", "b"]))
    def add_clip(self, steps: int, is_suspect: bool, owner: str) -> None:
        self.came += 1
        job = Job(str(self.came), replace(CLIP, steps=steps), owner, is_suspect=is_suspect)
        if len(self.live) < JOBS_MAX:
            self.scheduler.add(job)
            self.live[job.id] = job

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(sorted(self.live)))
        assert self.scheduler.remove(job_id) is self.live.pop(job_id)
        assert self.scheduler.remove(job_id) is None

    @rule(seconds=st.floats(0, 10), has_memory=st.booleans())
    def forward(self, seconds: float, has_memory: bool = True) -> None:
        batch = self.scheduler.schedule()
        assert (batch is None) == (not self.live)
        if batch is None:
            return
        rows = sum(job.request.rows for job in batch.jobs)
        assert 0 < rows <= batch.rows <= ROWS_MAX
        assert {job.request.alike for job in batch.jobs} == {batch.alike}
        assert batch.alike[0] == batch.shape
        assert not batch.jobs[0].is_clip or len(batch.jobs) == 1
        if not has_memory and self.scheduler.shrink(batch):
            return
        self.scheduler.ran(batch, seconds)
        for job in batch.jobs:
            job.forwards = job.request.steps
            job.done += 1
            if job.is_done:
                assert job.step == job.request.steps
                assert self.scheduler.remove(job.id) is self.live.pop(job.id)

    @invariant()
    def everybody_has_a_place(self) -> None:
        positions = self.scheduler.positions()
        assert set(positions) == set(self.live)
        for is_clip in (False, True):
            of_kind = [positions[name] for name, job in self.live.items() if job.is_clip == is_clip]
            waiting = sorted(place for place in of_kind if place)
            assert waiting == list(range(1, len(waiting) + 1))
        assert len(self.scheduler) == len(self.live)

    def teardown(self) -> None:
        """Nobody is forgotten: whoever is left is drawn."""
        for _ in range(JOBS_MAX * 4 * (1 + len(PROMPTS) * len(SIZES))):
            self.forward(1.0)
        assert not self.live


TestSchedules = Schedules.TestCase


def added(scheduler: Scheduler, **requests: GenerationRequest) -> Scheduler:
    for job_id, request in requests.items():
        scheduler.add(Job(job_id, request))
    return scheduler


def names(scheduler: Scheduler) -> str:
    batch = scheduler.schedule()
    return "" if batch is None else "".join(job.id for job in batch.jobs)


def test_newcomers_join_while_there_are_rows_and_nobody_overtakes() -> None:
    scheduler = added(scheduler_of(4), a=REQUEST)
    assert names(scheduler) == "a"

    unguided = replace(REQUEST, guidance=1.0)
    added(scheduler, b=unguided, c=REQUEST, d=unguided)

    assert names(scheduler) == "ab"
    scheduler.remove("a")
    assert names(scheduler) == "bcd"


def test_a_picture_whose_guidance_has_ended_makes_room_for_another() -> None:
    scheduler = scheduler_of(4)
    pair = [Job(name, replace(REQUEST, guidance_until=0.5)) for name in "ab"]
    for job in pair:
        scheduler.add(job)
    added(scheduler, c=replace(REQUEST, guidance=1.0), d=replace(REQUEST, guidance=1.0))
    assert names(scheduler) == "ab"

    for job in pair:
        job.forwards, job.done = 4, 2

    assert names(scheduler) == "abcd"


def test_a_size_that_is_full_does_not_hold_up_another() -> None:
    scheduler = added(scheduler_of(2), a=REQUEST, b=REQUEST, c=replace(REQUEST, width=96))

    scheduler.schedule()

    assert scheduler.positions() == {"a": 0, "b": 1, "c": 0}


def test_sizes_share_the_time_by_their_jobs_and_not_by_their_forwards() -> None:
    wide = replace(REQUEST, width=96)
    scheduler = added(scheduler_of(8), a=REQUEST, b=REQUEST, c=REQUEST, z=wide)
    seconds = {REQUEST.shape: 1.0, wide.shape: 5.0}
    had = {REQUEST.shape: 0.0, wide.shape: 0.0}

    for _ in range(400):
        batch = scheduler.schedule()
        assert batch is not None
        scheduler.ran(batch, seconds[batch.shape])
        had[batch.shape] += seconds[batch.shape]

    assert had[REQUEST.shape] / had[wide.shape] == pytest.approx(3, rel=0.05)


def test_nobody_waits_behind_a_second_job_of_somebody_else() -> None:
    scheduler = scheduler_of(2)
    for job_id, owner in [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c")]:
        scheduler.add(Job(job_id, REQUEST, owner))
    order = []

    while batch := scheduler.schedule():
        [job] = batch.jobs
        order.append(job.id)
        scheduler.remove(job.id)
        if job.id == "b1":
            scheduler.add(Job("b2", REQUEST, "b"))

    assert order == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_a_suspect_is_drawn_alone_and_not_passed_over() -> None:
    scheduler = added(scheduler_of(8), a=REQUEST)
    assert names(scheduler) == "a"
    scheduler.add(Job("b", replace(REQUEST, width=96), is_suspect=True))
    added(scheduler, c=REQUEST, d=REQUEST)

    assert names(scheduler) == "a"
    scheduler.remove("a")
    assert names(scheduler) == "b"
    scheduler.remove("b")
    assert names(scheduler) == "cd"


def test_jobs_of_nobody_are_drawn_as_they_come() -> None:
    scheduler = added(scheduler_of(2), a=REQUEST, b=REQUEST, c=REQUEST)

    assert scheduler.schedule()
    assert scheduler.positions() == {"a": 0, "b": 1, "c": 2}


def test_the_smaller_priority_goes_first() -> None:
    scheduler = scheduler_of(2)
    for job_id, priority in [("running", 5), ("late", 2), ("soon", 1)]:
        scheduler.add(Job(job_id, REQUEST, "somebody", priority))
        scheduler.schedule()

    assert scheduler.positions() == {"running": 0, "soon": 1, "late": 2}


@pytest.mark.parametrize(("jobs", "rows"), [(1, 2), (2, 4), (3, 8), (5, 16)])
def test_fast_mode_pads_to_the_next_bucket(jobs: int, rows: int) -> None:
    scheduler = scheduler_of(16)
    added(scheduler, **{str(index): REQUEST for index in range(jobs)})

    batch = scheduler.schedule()

    assert batch is not None
    assert batch.rows == rows


@pytest.mark.parametrize("jobs", [1, 3, 8])
def test_exact_mode_always_does_the_same_work(jobs: int) -> None:
    scheduler = scheduler_of(16, is_exact=True)
    added(scheduler, **{str(index): REQUEST for index in range(jobs)})

    batch = scheduler.schedule()

    assert batch is not None
    assert batch.rows == 16


def test_draining_forgets_only_what_has_not_begun() -> None:
    scheduler = scheduler_of(2)
    jobs = [Job(name, REQUEST) for name in "abc"]
    for job in jobs:
        scheduler.add(job)
    scheduler.schedule()

    assert scheduler.remove_waiting() == jobs[1:]
    assert names(scheduler) == "a"


def time_of_clips(scheduler: Scheduler, *, clip_s: float, picture_s: float, turns: int) -> float:
    """Return the part of the time that clips had, of forwards that take so long."""
    spent = {True: 0.0, False: 0.0}
    for _ in range(turns):
        batch = scheduler.schedule()
        assert batch is not None
        is_clip = batch.jobs[0].is_clip
        seconds = clip_s if is_clip else picture_s
        scheduler.ran(batch, seconds)
        spent[is_clip] += seconds
    return spent[True] / sum(spent.values())


@pytest.mark.parametrize("clip_s", [0.01, 0.1, 3.0])
@pytest.mark.parametrize("pictures", [1, 2, 4])
def test_a_clip_has_its_share_of_the_time_however_long_its_steps_are(
    clip_s: float, pictures: int
) -> None:
    scheduler = Scheduler(JOBS_MAX, Capacity(ROWS_MAX, is_exact=False, costs={}), clip_share=0.3)
    scheduler.add(Job("clip", CLIP))
    for at in range(pictures):
        scheduler.add(Job(str(at), replace(REQUEST, width=64 + 8 * (at % 2))))

    assert time_of_clips(scheduler, clip_s=clip_s, picture_s=0.1, turns=600) == pytest.approx(
        0.3, abs=0.05
    )


def test_a_clip_alone_has_all_the_time() -> None:
    scheduler = scheduler_of(4)
    scheduler.add(Job("clip", CLIP))

    assert time_of_clips(scheduler, clip_s=1, picture_s=1, turns=3) == 1.0


def test_a_lone_picture_waits_for_no_more_than_the_turn_that_a_clip_has_begun() -> None:
    scheduler = scheduler_of(4)
    scheduler.add(Job("clip", CLIP))
    time_of_clips(scheduler, clip_s=1.0, picture_s=0.1, turns=3)

    scheduler.add(Job("picture", REQUEST))

    assert time_of_clips(scheduler, clip_s=1.0, picture_s=0.1, turns=REQUEST.steps) == 0.0


def test_a_clip_that_was_alone_has_no_claim_left_on_those_who_come() -> None:
    scheduler = scheduler_of(4)
    scheduler.add(Job("clip", CLIP))
    time_of_clips(scheduler, clip_s=1.0, picture_s=0.1, turns=1)
    scheduler.add(Job("first", REQUEST))
    assert time_of_clips(scheduler, clip_s=1.0, picture_s=0.1, turns=15) == 0.0
    scheduler.remove("first")
    time_of_clips(scheduler, clip_s=1.0, picture_s=0.1, turns=2)

    scheduler.add(Job("second", REQUEST))

    assert time_of_clips(scheduler, clip_s=1.0, picture_s=0.1, turns=15) == 0.0


def test_a_model_that_had_to_come_stays_for_five_times_as_long() -> None:
    scheduler = scheduler_of(4)
    scheduler.add(Job("clip", CLIP))
    added(scheduler, picture=REQUEST)
    order = ""
    for _ in range(60):
        batch = scheduler.schedule()
        assert batch is not None
        kind = "c" if batch.jobs[0].is_clip else "p"
        if order[-1:] != kind:
            scheduler.moved(batch, 1.0)
        scheduler.ran(batch, 1.0)
        order += kind

    turns = [len(list(run)) for _, run in groupby(order)]
    assert min(turns[:-1]) >= 5
    assert len(turns) >= 4
    assert order.count("c") / len(order) == pytest.approx(0.3, abs=0.1)


def test_weights_that_had_to_change_stay_for_a_while_too() -> None:
    scheduler = scheduler_of(2)
    added(scheduler, a=REQUEST, b=replace(REQUEST, prompt="a fox <lora:ink:1>"))
    order = ""
    for _ in range(60):
        batch = scheduler.schedule()
        assert batch is not None
        [job] = batch.jobs  # never both in one forward
        if order[-1:] != job.id:
            scheduler.moved(batch, 1.0)
        scheduler.ran(batch, 1.0)
        order += job.id

    turns = [len(list(run)) for _, run in groupby(order)]
    assert min(turns[:-1]) >= 5
    assert order.count("a") / len(order) == pytest.approx(0.5, abs=0.1)


def test_who_is_alone_need_not_wait_for_a_model_that_stays() -> None:
    scheduler = added(scheduler_of(4), picture=REQUEST)
    batch = scheduler.schedule()
    assert batch is not None
    scheduler.moved(batch, 100.0)
    scheduler.remove("picture")

    scheduler.add(Job("clip", CLIP))

    assert names(scheduler) == "clip"


def test_pictures_that_come_and_go_do_not_starve_a_clip() -> None:
    scheduler = scheduler_of(2)
    scheduler.add(Job("clip", CLIP))
    spent = 0.0
    for at in range(50):
        scheduler.add(Job(f"picture {at}", REQUEST))
        spent += time_of_clips(scheduler, clip_s=1.0, picture_s=0.2, turns=6) / 50
        scheduler.remove(f"picture {at}")

    assert 0.2 < spent < 0.8


def test_clips_go_one_after_another_and_pictures_do_not_wait_for_them() -> None:
    scheduler = scheduler_of(4)
    for name in ("c1", "c2"):
        scheduler.add(Job(name, CLIP))
    scheduler.add(Job("c3", replace(CLIP, frames=2)))
    added(scheduler, p1=REQUEST, p2=REQUEST, p3=REQUEST)
    scheduler.schedule()

    assert scheduler.positions() == {"c1": 0, "c2": 1, "c3": 2, "p1": 0, "p2": 0, "p3": 1}
    scheduler.remove("c1")
    scheduler.schedule()
    assert (scheduler.positions()["c2"], scheduler.positions()["c3"]) == (0, 1)


def test_memory_that_does_not_hold_a_clip_leaves_pictures_their_rows() -> None:
    scheduler = scheduler_of(4)
    scheduler.add(Job("clip", CLIP))
    batch = scheduler.schedule()

    assert batch is not None
    assert not scheduler.shrink(batch)
    added(scheduler, a=REQUEST, b=REQUEST)
    scheduler.ran(batch, 1.0)
    assert names(scheduler) == "ab"
