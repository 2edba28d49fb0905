import json

import pytest

from store.database import Database
from store.errors import StoreUnavailableError
from tests.doubles.hub import Hub
from tests.doubles.web import Browser


async def test_a_well_bot_says_so_in_figures(hub: Hub, browser: Browser) -> None:
    await hub.grant()
    await hub.draw()
    hub.clock.pass_(7)
    answer = await browser.get("/healthz")

    assert answer.status == 200
    assert json.loads(answer.body) == {
        "database": 1,
        "engine": 1,
        "engine_restarts": 0,
        "jobs_live": 1,
        "oldest_job_s": 7,
        "gateway_rest_s": 0,
    }


async def test_prometheus_can_read_the_same_figures(browser: Browser) -> None:
    answer = await browser.get("/metrics")

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = answer.body.decode().splitlines()
    assert "hub_jobs_live 0" in lines
    assert "# TYPE hub_jobs_live gauge" in lines


async def test_without_a_database_the_bot_is_not_well(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_database: Database) -> None:
        raise StoreUnavailableError("no disk")

    monkeypatch.setattr(Database, "read", broken)

    assert (await browser.get("/healthz")).status == 503
    assert b"hub_database 0" in (await browser.get("/metrics")).body
