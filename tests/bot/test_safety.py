from pathlib import Path

import pytest

from bot.safety import looked_at
from bot.settings import Settings
from engine.backend import BackendSettings
from engine.settings import EngineSettings
from tests.doubles.checker import NEVER, write

STUDIO = BackendSettings(name="studio", kind="sdnext", url="http://127.0.0.1:9")


def settings(safety_model: object = "", *backends: BackendSettings) -> Settings:
    engine = EngineSettings(safety_model=str(safety_model), threads=1)
    return Settings.model_construct(engine=engine, backends=backends)


async def test_nothing_is_said_where_nobody_draws_elsewhere() -> None:
    assert await looked_at(settings()) == []
    assert await looked_at(settings("", BackendSettings(name="here", kind="local"))) == []


async def test_what_nobody_looks_at_is_named() -> None:
    [finding] = await looked_at(settings("", STUDIO))

    assert finding.level == "warning"
    assert "studio" in finding.words


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_checker_is_started_to_see_that_it_is_there(
    tmp_path: Path, *, is_there: bool
) -> None:
    if is_there:
        write(tmp_path, NEVER)
    [finding] = await looked_at(settings(tmp_path, STUDIO))

    assert finding.level == ("good" if is_there else "bad")
    assert is_there or str(tmp_path) in finding.words
