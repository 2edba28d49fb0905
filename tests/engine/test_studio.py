from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from engine.clip import VideoRequest
from engine.errors import CannotAnimateError, ModelMissingError
from engine.job import GenerationRequest
from engine.settings import EngineSettings
from engine.studio import Studio

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

    assert missing.value.path == folder
