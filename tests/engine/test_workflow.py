import json
from pathlib import Path
from typing import Any

import pytest

from engine.workflow import NoWorkflowError, Workflow

GRAPH = {"3": {"inputs": {"seed": 0, "steps": 20}}, "6": {"inputs": {"text": "mine"}}}
PLACES = {"prompt": "6.text", "seed": "3.seed"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "flow.json"
    path.write_text(json.dumps(GRAPH))
    return path


def saved(name: str, kind: str = "images") -> dict[str, Any]:
    return {kind: [{"filename": name, "subfolder": "", "type": "output"}]}


SHOWN = {"images": [{"filename": "preview.png", "subfolder": "", "type": "temp"}]}


def test_what_a_node_shows_on_the_way_is_taken_only_where_nothing_is_kept() -> None:
    workflow = Workflow("flow.json", PLACES)
    kept = workflow.made({"7": SHOWN, "9": saved("a.png")})
    shown = workflow.made({"7": SHOWN})

    assert kept is not None
    assert kept["filename"] == "a.png"
    assert shown == {"filename": "preview.png", "subfolder": "", "type": "temp"}


def test_values_with_a_place_are_put_there_and_the_others_stay_as_they_were(path: Path) -> None:
    workflow = Workflow(str(path), PLACES)

    assert workflow.name == "flow"
    assert workflow.filled({"seed": 7, "motion": 3}) == {
        "3": {"inputs": {"seed": 7, "steps": 20}},
        "6": {"inputs": {"text": "mine"}},
    }


@pytest.mark.parametrize("text", ["", "[]", "3", '{"3": null, "6": {}}', '{"3": {"inputs": []}}'])
def test_a_file_that_is_no_workflow_is_named(path: Path, text: str) -> None:
    path.write_text(text)

    with pytest.raises(NoWorkflowError, match="workflow"):
        Workflow(str(path), PLACES).filled({})


@pytest.mark.parametrize(
    ("is_clip", "output", "outputs", "taken"),
    [
        (False, "", {"7": {"text": ["x"]}, "9": saved("a.png")}, "a.png"),
        (False, "9", {"7": saved("preview.png"), "9": saved("a.png")}, "a.png"),
        (True, "", {"9": saved("a.webp")}, "a.webp"),
        (True, "", {"7": saved("still.png"), "9": saved("a.mp4", "gifs")}, "a.mp4"),
        (True, "", {"9": saved("a.mp4", "videos")}, "a.mp4"),
    ],
)
def test_the_file_is_that_of_the_wanted_node_or_of_the_first(
    outputs: dict[str, Any], output: str, taken: str, *, is_clip: bool
) -> None:
    query = Workflow("flow.json", PLACES, output, is_clip).made(outputs)

    assert query == {"filename": taken, "subfolder": "", "type": "output"}


@pytest.mark.parametrize(
    "outputs", [{}, {"9": None}, {"9": {"images": []}}, {"9": {"images": ["a.png"]}}, {"8": 3}]
)
def test_nothing_that_was_wanted_is_no_file(outputs: dict[str, Any]) -> None:
    assert Workflow("flow.json", PLACES, "9").made(outputs) is None
