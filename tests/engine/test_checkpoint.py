from pathlib import Path

import pytest

from engine import checkpoint
from engine.checkpoint import Checkpoint
from engine.errors import ModelMissingError

SETTING = "engine.image_model"


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("model", "name"),
    [("models/mine", "models/mine"), ("./models/mine", "models/mine")],
)
def test_a_folder_that_is_there_stays_off_the_network(model: str, name: str) -> None:
    assert checkpoint.find(model, SETTING) == Checkpoint(name, is_folder=True)


def test_home_is_understood(tmp_path: Path) -> None:
    assert checkpoint.find("~/models/mine", SETTING).name == str(tmp_path / "models" / "mine")


@pytest.mark.parametrize("model", ["models/other", "./other", "/nowhere/other", "~/other/sd"])
def test_a_missing_folder_is_named_and_not_looked_for_on_the_hub(model: str) -> None:
    with pytest.raises(ModelMissingError) as missing:
        checkpoint.find(model, SETTING)

    assert missing.value.path == model


def test_owner_and_name_mean_the_hub() -> None:
    hub = "stable-diffusion-v1-5/stable-diffusion-v1-5"

    assert checkpoint.find(hub, SETTING) == Checkpoint(hub, is_folder=False)
