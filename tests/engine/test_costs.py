import json
import logging
from pathlib import Path

import pytest

from engine.capacity import Costs
from engine.costs import CostsFile

COSTS: Costs = {(512, 512): {2: 0.5, 4: 0.75}}


def test_what_was_learnt_is_known_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "data" / "costs.json"
    CostsFile(path, "sd, gpu").keep(COSTS)
    CostsFile(path, "sd, cpu").keep({(64, 64): {1: 2.0}})

    assert CostsFile(path, "sd, gpu").load() == COSTS
    assert CostsFile(path, "sd, cpu").load() == {(64, 64): {1: 2.0}}
    assert CostsFile(path, "xl, gpu").load() == {}


def test_the_file_is_written_when_something_new_is_known(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    file = CostsFile(path, "sd, gpu")
    file.keep(COSTS)
    path.unlink()

    file.keep({(512, 512): {2: 0.6, 4: 0.8}})
    assert not path.exists()

    file.keep({(512, 512): {2: 0.6, 4: 0.8, 8: 1.0}})
    assert path.exists()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        *(
            json.dumps({"sd, gpu": costs})
            for costs in (
                {"512x512": {"two": 1}},
                {"512": {"2": 1}},
                {"512x512x14": {"2": 1}},
                {"512x512": {"0": 1}},
                {"512x512": {"2": 0}},
            )
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_as_good_as_none(
    content: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    path = tmp_path / "costs.json"
    path.write_text(content)

    assert CostsFile(path, "sd, gpu").load() == {}
    assert "learnt anew" in caplog.text


def test_a_place_that_cannot_be_written_is_no_reason_to_stop(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    (tmp_path / "file").touch()

    CostsFile(tmp_path / "file" / "costs.json", "sd, gpu").keep(COSTS)

    assert "is not kept" in caplog.text
