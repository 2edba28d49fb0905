from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from billing.invariants import check
from tests.doubles.hub import Hub, open_hub


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    """A bot whose books are sound when the test is over, whatever happened in it."""
    async with open_hub(tmp_path) as opened:
        yield opened
        async with opened.services.database.read() as tx:
            assert await check(tx, opened.clock()) == []
