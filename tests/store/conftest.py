from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.database import Database, open_database
from tests.doubles.database import fresh_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(fresh_database(tmp_path)) as opened:
        yield opened
