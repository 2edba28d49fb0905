"""How the bot is doing, as figures."""

import math
from dataclasses import asdict, dataclass

from handlers.services import Services
from store import jobs
from store.errors import StoreError


@dataclass(frozen=True, slots=True)
class Health:
    """Figures for a monitor; the age of the oldest live job tells whether anything moves."""

    database: bool
    engine: bool
    engine_restarts: int
    jobs_live: int
    oldest_job_s: int
    gateway_rest_s: int

    @property
    def is_well(self) -> bool:
        """Whether the bot can take commands and money; the engine may be loading meanwhile."""
        return self.database

    def gauges(self) -> dict[str, int]:
        """Every figure as a number."""
        return {name: int(value) for name, value in asdict(self).items()}


async def health(services: Services) -> Health:
    """Look at everything once."""
    engine = services.engine.health()
    rest_s = math.ceil(services.gateway.rest_s) if services.gateway else 0
    try:
        async with services.database.read() as tx:
            live, oldest = await jobs.live(tx)
    except StoreError:
        return Health(False, engine.is_ready, engine.restarts, 0, 0, rest_s)  # noqa: FBT003 - a record
    age = services.clock() - oldest if oldest is not None else 0
    return Health(True, engine.is_ready, engine.restarts, live, max(0, age), rest_s)  # noqa: FBT003
