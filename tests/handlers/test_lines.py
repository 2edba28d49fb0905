import pytest

from engine.settings import EngineSettings
from handlers.lines import drawing
from tests.doubles.hub import Hub


def at_once(hub: Hub, settings: EngineSettings) -> dict[str, int]:
    return {kind.queue.name: kind.queue.at_once for kind in drawing(hub.services, settings)}


def test_clips_have_a_line_of_their_own_so_that_no_picture_waits_for_them(hub: Hub) -> None:
    lines = {kind.name: kind.queue for kind in drawing(hub.services, EngineSettings())}

    assert lines["draw"] != lines["film"]


def test_the_engine_knows_of_as_many_pictures_as_a_forward_has_rows(hub: Hub) -> None:
    assert at_once(hub, EngineSettings(rows_max=4))["gpu"] == 16
    assert at_once(hub, EngineSettings(rows_max=32))["gpu"] == 32


@pytest.mark.parametrize("queue_max", [4, 16, 64])
def test_what_was_accepted_is_never_too_much_for_the_engine(hub: Hub, queue_max: int) -> None:
    settings = EngineSettings(rows_max=64, queue_max=queue_max)

    assert sum(at_once(hub, settings).values()) <= queue_max
