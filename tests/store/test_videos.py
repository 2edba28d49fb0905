from store import jobs, users, videos
from store.database import Database, Transaction
from store.jobs import Job
from store.videos import Video
from tests.doubles.rows import a_user, an_hour, an_order


async def test_a_clip_is_read_as_it_was_kept(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        user = await a_user(tx)
        hour = await an_hour(tx, await an_order(tx, user))
        place = await users.conversation(tx, user, "telegram", "1", "", 1)
        await jobs.add(tx, Job("job_a", user, hour.id, place, "video", "queued", {}, 1, 10))
        made = {"frames": 25, "duration_s": 3.6}
        kept = Video(
            "job_a", user, hour.id, place, "", "1/job_a.mp4", 4, "svd", "832x480", 7, made, 9, 8, 12
        )
        await videos.add(tx, kept)

        assert await videos.get(tx, "job_a") == kept
        assert await videos.get(tx, "job_b") is None

    await database.write(scenario)
