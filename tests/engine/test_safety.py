from pathlib import Path

import pytest

from engine.diffusers_runner import DiffusersRunner
from engine.errors import ModelMissingError, WithheldError
from engine.job import GenerationRequest
from engine.settings import EngineSettings
from tests.doubles.checker import ALWAYS, NEVER, write

# diffusers 0.42 hands torch tensors to numpy in a way that numpy 2 will no longer take.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def runner_with(checkpoint: Path, safety: Path) -> DiffusersRunner:
    settings = EngineSettings(
        image_model=str(checkpoint), safety_model=str(safety), device="cpu", threads=1
    )
    return DiffusersRunner(settings)


def drawn(runner: DiffusersRunner, request: GenerationRequest) -> object:
    for _ in range(runner.admit("job", request)):
        runner.step(["job"], request.rows)
    [picture] = runner.decode(["job"])
    return picture


def test_what_the_checker_finds_is_withheld(
    checkpoint: Path, tmp_path: Path, request_: GenerationRequest
) -> None:
    runner = runner_with(checkpoint, write(tmp_path, ALWAYS))

    assert isinstance(drawn(runner, request_), WithheldError)


def test_nothing_is_seen_before_it_is_checked(
    checkpoint: Path, tmp_path: Path, request_: GenerationRequest
) -> None:
    """A preview would go round the checker, the checkpoint's own as well as a named one."""
    runner = runner_with(checkpoint, write(tmp_path, NEVER))
    for _ in range(runner.admit("job", request_)):
        runner.step(["job"], request_.rows)
        assert runner.preview("job") is None


def test_what_it_does_not_mind_is_shown_unchanged(
    checkpoint: Path, tmp_path: Path, request_: GenerationRequest
) -> None:
    parts = {"checker": "safety_checker", "extractor": "feature_extractor"}
    checked = drawn(runner_with(checkpoint, write(tmp_path, NEVER, **parts)), request_)

    runner_unchecked = DiffusersRunner(
        EngineSettings(image_model=str(checkpoint), device="cpu", threads=1)
    )
    assert checked == drawn(runner_unchecked, request_)


def test_a_checker_that_is_not_there_is_missed_rather_than_left_out(
    checkpoint: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelMissingError) as missing:
        runner_with(checkpoint, tmp_path)

    assert missing.value.path == str(tmp_path)
    assert missing.value.setting == "engine.safety_model"
