from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine import device
from engine.clip import VideoRequest
from engine.errors import (
    CannotAnimateError,
    ModelMissingError,
    OutOfMemoryError,
    WithheldError,
)
from engine.job import GenerationRequest
from engine.settings import EngineSettings
from engine.studio import Studio
from engine.video_pipeline import VideoPipeline
from tests.doubles.checker import ALWAYS, NEVER, write

# diffusers reads its own tables by numpy in the way of old.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def settings(checkpoint: Path, video_checkpoint: Path) -> EngineSettings:
    return EngineSettings(
        image_model=str(checkpoint), video_model=str(video_checkpoint), device="cpu", threads=1
    )


def drawn(studio: Studio, job_id: str, request: GenerationRequest | VideoRequest) -> object:
    for _ in range(studio.admit(job_id, request)):
        studio.step([job_id], request.rows)
    [result] = studio.decode([job_id])
    studio.release(job_id)
    return result


def test_each_job_goes_to_the_model_that_draws_it(
    settings: EngineSettings, request_: GenerationRequest
) -> None:
    studio = Studio(settings)

    picture = drawn(studio, "job", request_)
    assert isinstance(picture, Image.Image)
    with BytesIO() as file:
        picture.save(file, "PNG")
        image = file.getvalue()
    clip = VideoRequest(image=image, width=64, height=48, frames=3, steps=2, seed=1)
    studio.admit("seen", clip)
    assert studio.preview("seen") is None
    studio.release("seen")
    frames = drawn(studio, "job", clip)
    again = drawn(studio, "job", request_)

    assert isinstance(frames, list)
    assert [frame.size for frame in frames] == [(64, 48)] * 3
    assert isinstance(again, Image.Image)
    assert again.tobytes() == picture.tobytes()
    assert (studio.model, studio.video_model) == ("untrained-sd", "untrained-svd")


def test_where_both_share_the_computers_memory_neither_has_to_leave(
    settings: EngineSettings, request_: GenerationRequest
) -> None:
    studio = Studio(settings.model_copy(update={"offload": "always"}))

    assert not studio.make_room(for_clips=True)
    assert not studio.relieve()
    assert isinstance(drawn(studio, "job", request_), Image.Image)


@pytest.fixture
def apart(settings: EngineSettings, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio that takes its device for one with memory of its own."""
    studio = Studio(settings)
    monkeypatch.setattr(device, "has_own_memory", lambda _: True)
    return studio


def test_when_memory_runs_out_the_idle_model_leaves(
    apart: Studio, request_: GenerationRequest
) -> None:
    assert not apart.make_room(for_clips=False)
    before = drawn(apart, "job", request_)

    assert apart.relieve()
    assert not apart.relieve()  # there is no more to be had
    assert not apart.make_room(for_clips=False)
    assert apart.make_room(for_clips=True)
    assert apart.make_room(for_clips=False)

    after = drawn(apart, "job", request_)
    assert isinstance(before, Image.Image)
    assert isinstance(after, Image.Image)
    assert after.tobytes() == before.tobytes()


def test_a_model_that_does_not_fit_beside_the_other_takes_turns_with_it(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    class Large(VideoPipeline):
        def __init__(self, *args: Any) -> None:
            tries.append(args)
            if len(tries) == 1:
                raise OutOfMemoryError("out of memory for a model")
            super().__init__(*args)

    monkeypatch.setattr("engine.studio.VideoPipeline", Large)

    studio = Studio(settings)
    assert not studio.make_room(for_clips=False)
    assert studio.make_room(for_clips=True)

    tries.clear()
    with pytest.raises(OutOfMemoryError):
        Studio(settings.model_copy(update={"offload": "never"}))


def test_without_a_model_for_clips_there_are_none(settings: EngineSettings) -> None:
    studio = Studio(settings.model_copy(update={"video_model": ""}))
    clip = VideoRequest(image=b"png", width=64, height=48, seed=1)

    with pytest.raises(CannotAnimateError):
        studio.admit("job", clip)
    studio.release("job")
    assert studio.video_model == ""


def test_a_missing_model_for_clips_is_named(settings: EngineSettings, tmp_path: Path) -> None:
    folder = str(tmp_path / "svd")

    with pytest.raises(ModelMissingError) as missing:
        Studio(settings.model_copy(update={"video_model": folder}))

    assert (missing.value.path, missing.value.setting) == (folder, "engine.video_model")


def test_what_the_checker_finds_in_a_clip_is_withheld(
    settings: EngineSettings, tmp_path: Path
) -> None:
    image = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(image, "PNG")
    clip = VideoRequest(image=image.getvalue(), width=64, height=48, frames=3, steps=1, seed=1)
    lenient = settings.model_copy(update={"safety_model": str(write(tmp_path / "a", NEVER))})
    strict = settings.model_copy(update={"safety_model": str(write(tmp_path / "b", ALWAYS))})

    assert isinstance(drawn(Studio(strict), "job", clip), WithheldError)
    shown = drawn(Studio(lenient), "job", clip)

    assert isinstance(shown, list)
    plain = drawn(Studio(settings), "job", clip)
    assert isinstance(plain, list)
    assert [frame.tobytes() for frame in shown] == [frame.tobytes() for frame in plain]
