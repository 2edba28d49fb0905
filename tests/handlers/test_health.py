from pathlib import Path

from handlers.health import health
from store.database import Database
from tests.doubles.hub import Hub, open_hub


async def test_a_hub_at_rest_is_well(hub: Hub) -> None:
    report = await health(hub.services)

    assert report.is_well
    assert report.gauges() == {
        "database": 1,
        "engine": 1,
        "engine_restarts": 0,
        "jobs_live": 0,
        "oldest_job_s": 0,
        "gateway_rest_s": 0,
    }


async def test_the_age_of_the_oldest_live_job_tells_whether_anything_moves(hub: Hub) -> None:
    await hub.grant()
    await hub.draw()
    hub.clock.pass_(40)
    await hub.draw()
    report = await health(hub.services)
    assert (report.jobs_live, report.oldest_job_s) == (2, 40)
    await hub.work.run()

    assert (await health(hub.services)).jobs_live == 0


async def test_a_database_that_cannot_be_read_is_not_well(tmp_path: Path) -> None:
    async with open_hub(tmp_path) as hub:
        database: Database = hub.services.database
        async with database._readers.connect() as connection:
            await connection.close()
        database.path.write_bytes(b"not a database " * 1000)
        report = await health(hub.services)

    assert not report.is_well
    assert report.gauges()["database"] == 0
