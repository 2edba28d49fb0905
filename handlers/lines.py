"""The lines before the engine: how many jobs of each kind it is asked for at once."""

from functools import partial

from engine.settings import EngineSettings
from handlers import draw, standstill
from handlers.accepting import DRAW, FILM
from handlers.services import Services
from handlers.standstill import TRY_DRAWING
from store.work import Kind, Queue

TRIES = 2
PICTURES = 16
"""Those that the engine knows of, unless a forward has more rows: few, for priorities to count."""
CLIPS = 2
"""One is drawn, and the next is ready; in a line of their own, for no picture to wait for them."""
FOR_NOBODY = 1


def drawing(services: Services, settings: EngineSettings) -> list[Kind]:
    """Return the work that the engine is asked for; together no more than it accepts."""
    at_once = min(max(PICTURES, settings.rows_max), settings.queue_max - CLIPS - FOR_NOBODY)
    draws = partial(draw.draw, services)
    tries = partial(standstill.try_drawing, services)
    return [
        Kind(DRAW, Queue("gpu", max(1, at_once)), draws, tries=TRIES),
        Kind(FILM, Queue("clips", CLIPS, poll_s=0.25), draws, tries=TRIES),
        Kind(TRY_DRAWING, Queue("tries", FOR_NOBODY, poll_s=1), tries),
    ]
