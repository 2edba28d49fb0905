from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.batch import Job
from engine.job import GenerationRequest

REQUEST = GenerationRequest("a fox", "", 64, 64, 5, 7.5, 1)


@given(steps=st.integers(1, 150), order=st.integers(1, 2), data=st.data())
def test_steps_are_told_as_they_were_asked_for(steps: int, order: int, data: st.DataObject) -> None:
    job = Job("a", replace(REQUEST, steps=steps))
    assert job.step == 0

    job.forwards = steps * order - (order - 1)
    job.done = data.draw(st.integers(0, job.forwards))

    assert 0 <= job.step <= steps
    assert (job.step == steps) == job.is_done


def test_a_job_has_fewer_rows_once_its_guidance_has_ended() -> None:
    job = Job("a", replace(REQUEST, guidance_until=0.5))
    assert job.rows == 2

    job.forwards, job.done = 5, 2
    assert job.rows == 2

    job.done = 3
    assert job.rows == 1
