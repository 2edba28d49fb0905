from engine.job import Progress
from handlers.progress import ProgressBoard
from tests.doubles.hub import Hub


def test_the_newest_progress_counts_until_the_job_is_forgotten() -> None:
    board = ProgressBoard()
    assert board.get("job_1") is None
    board.put("job_1", Progress(1, 4))
    board.put("job_1", Progress(2, 4))
    assert board.get("job_1") == Progress(2, 4)
    board.forget("job_1")
    board.forget("job_1")

    assert board.get("job_1") is None


def test_what_a_picture_looked_like_is_kept_until_there_is_something_newer() -> None:
    board = ProgressBoard()
    board.put("job_1", Progress(1, 4, preview=b"early"))
    board.put("job_1", Progress(2, 4))
    assert board.get("job_1") == Progress(2, 4, preview=b"early")
    board.put("job_1", Progress(3, 4, preview=b"late"))

    assert board.get("job_1") == Progress(3, 4, preview=b"late")


async def test_a_job_that_ended_leaves_no_progress_behind(hub: Hub) -> None:
    await hub.grant()
    hub.engine.progress = [Progress(0, 4, position=2), Progress(1, 4)]
    job_id = await hub.draw()
    await hub.work.run()

    assert hub.services.progress.get(job_id) is None


def test_fewer_steps_than_before_mean_that_it_began_again() -> None:
    board = ProgressBoard()
    board.put("job_1", Progress(step=5, steps=25))
    board.put("job_2", Progress(step=5, steps=25))

    board.put("job_1", Progress(step=0, steps=25))
    board.put("job_2", Progress(step=6, steps=25))

    assert board.began_again("job_1")
    assert not board.began_again("job_2")
