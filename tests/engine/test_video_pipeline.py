from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import torch
from diffusers import StableVideoDiffusionPipeline
from PIL import Image

from engine.clip import FRAMES_DECODED, VideoRequest
from engine.errors import BadRequestError, ModelMissingError, OutOfMemoryError
from engine.video_pipeline import VideoPipeline

# diffusers reads its own tables by numpy in the way of old.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CPU = torch.device("cpu")
FRAMES = FRAMES_DECODED + 1  # decoded in two turns


def picture(width: int, height: int) -> bytes:
    """Something to see at every place."""
    shades = [
        (x * 255 // width, y * 255 // height, 90) for y in range(height) for x in range(width)
    ]
    image = Image.new("RGB", (width, height))
    image.putdata(shades)
    return png(image)


def png(image: Image.Image) -> bytes:
    with BytesIO() as file:
        image.save(file, "PNG")
        return file.getvalue()


REQUEST = VideoRequest(image=picture(64, 48), width=64, height=48, frames=FRAMES, steps=4, seed=5)
OTHER = replace(REQUEST, seed=6, steps=3, fps=12, motion=200, noise=0.1, guidance=2.0)
UNGUIDED = replace(REQUEST, guidance=1.0, frames=3)


@pytest.fixture(scope="module")
def video(video_checkpoint: Path) -> VideoPipeline:
    return VideoPipeline(str(video_checkpoint), CPU, torch.float32)


@pytest.fixture(scope="module")
def stock(video_checkpoint: Path) -> StableVideoDiffusionPipeline:
    pipeline = StableVideoDiffusionPipeline.from_pretrained(
        video_checkpoint, dtype=torch.float32, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def theirs(
    stock: StableVideoDiffusionPipeline, request: VideoRequest, output_type: str
) -> list[Image.Image] | torch.Tensor:
    """What anybody gets from diffusers without us."""
    frames: list[Image.Image] | torch.Tensor = stock(
        Image.open(BytesIO(request.image)),
        height=request.height,
        width=request.width,
        num_frames=request.frames,
        num_inference_steps=request.steps,
        min_guidance_scale=request.guidance_min,
        max_guidance_scale=request.guidance,
        fps=request.fps,
        motion_bucket_id=request.motion,
        noise_aug_strength=request.noise,
        decode_chunk_size=FRAMES_DECODED,
        generator=torch.Generator().manual_seed(request.seed),
        output_type=output_type,
    ).frames[0]
    return frames


def drawn(
    video: VideoPipeline, request: VideoRequest, name: str = "clip"
) -> tuple[torch.Tensor, list[Image.Image]]:
    for _ in range(video.admit(name, request)):
        video.step([name], 1)
    return ended(video, name)


def ended(video: VideoPipeline, name: str) -> tuple[torch.Tensor, list[Image.Image]]:
    latents = video.latents(name)
    [frames] = video.decode([name])
    video.release(name)
    assert isinstance(frames, list)
    return latents, frames


@pytest.mark.parametrize("request_", [REQUEST, OTHER, UNGUIDED])
def test_a_clip_is_what_diffusers_draws(
    video: VideoPipeline, stock: StableVideoDiffusionPipeline, request_: VideoRequest
) -> None:
    latents, frames = drawn(video, request_)

    known = theirs(stock, request_, "latent")
    assert isinstance(known, torch.Tensor)
    assert (latents - known).abs().max() <= 1e-4
    for ours, their in zip(frames, theirs(stock, request_, "pil"), strict=True):
        difference = torch.frombuffer(bytearray(ours.tobytes()), dtype=torch.uint8).int()
        difference -= torch.frombuffer(bytearray(their.tobytes()), dtype=torch.uint8).int()
        assert difference.abs().max() <= 1  # of 255


def test_every_part_of_a_request_matters(video: VideoPipeline) -> None:
    first, _ = drawn(video, REQUEST)

    for name, value in (
        ("image", picture(48, 64)),
        ("seed", 6),
        ("fps", 12),
        ("motion", 200),
        ("noise", 0.1),
        ("guidance", 2.0),
        ("guidance_min", 2.0),
    ):
        other, _ = drawn(video, replace(REQUEST, **{name: value}))  # type: ignore[arg-type]
        assert (other - first).abs().max() > 1e-3, name


def test_clips_that_take_turns_do_not_touch_each_other(video: VideoPipeline) -> None:
    alone = {"a": drawn(video, REQUEST)[0], "b": drawn(video, OTHER)[0]}

    turns = {"a": video.admit("a", REQUEST), "b": video.admit("b", OTHER)}
    while turns:
        for name in list(turns):
            video.step([name], 1)
            turns[name] -= 1
            if not turns[name]:
                del turns[name]
                assert torch.equal(ended(video, name)[0], alone[name])


def test_each_segment_begins_with_the_last_frame_of_the_one_before(video: VideoPipeline) -> None:
    whole = replace(REQUEST, segments=3, frames=3, steps=2)
    _, frames = drawn(video, whole)

    film: list[Image.Image] = []
    image = REQUEST.image
    for segment in range(3):
        seed = REQUEST.seed + segment
        alone = replace(whole, segments=1, image=image, seed=seed)
        film = [*film[:-1], *drawn(video, alone)[1]]
        image = png(film[-1])
    assert len(frames) == whole.frames_shown == 7
    assert [frame.tobytes() for frame in frames] == [frame.tobytes() for frame in film]


def test_the_picture_stays_recognisable(video: VideoPipeline) -> None:
    _, frames = drawn(video, replace(REQUEST, steps=12))

    original = red(Image.open(BytesIO(REQUEST.image)))
    for frame in frames:
        assert torch.corrcoef(torch.stack([original, red(frame)]))[0, 1] > 0.7


def red(image: Image.Image) -> torch.Tensor:
    """How red it is where, looked at from afar."""
    small = bytearray(image.resize((8, 6)).getchannel("R").tobytes())
    return torch.frombuffer(small, dtype=torch.uint8).float()


@pytest.mark.parametrize(
    ("field", "value"), [("width", 60), ("height", 44), ("image", b"no picture")]
)
def test_what_cannot_be_drawn_is_refused_by_field(
    video: VideoPipeline, field: str, value: object
) -> None:
    with pytest.raises(BadRequestError) as refusal:
        video.admit("clip", replace(REQUEST, **{field: value}))  # type: ignore[arg-type]

    assert refusal.value.field == field


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        VideoPipeline(str(tmp_path / "none"), CPU, torch.float32)


def full(forward: Callable[..., object], most: int) -> Callable[..., object]:
    """A model that runs out of memory with more than so many rows or frames."""

    def checked(batch: torch.Tensor, *args: object, **options: object) -> object:
        if len(batch) > most:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")
        return forward(batch, *args, **options)

    return checked


def test_rows_that_memory_does_not_hold_go_one_by_one(
    video_checkpoint: Path, video: VideoPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = VideoPipeline(str(video_checkpoint), CPU, torch.float32)
    unet, vae = short._pipeline.unet, short._pipeline.vae
    monkeypatch.setattr(unet, "forward", full(unet.forward, 1))
    monkeypatch.setattr(vae, "decode", full(vae.decode, 1))

    latents, frames = drawn(short, REQUEST)

    assert len(frames) == FRAMES
    assert (latents - drawn(video, REQUEST)[0]).abs().max() <= 1e-4


def test_a_clip_that_memory_cannot_hold_fails_by_name(
    video_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = VideoPipeline(str(video_checkpoint), CPU, torch.float32)
    monkeypatch.setattr(short._pipeline.unet, "forward", full(short._pipeline.unet.forward, 0))
    short.admit("clip", REQUEST)

    with pytest.raises(OutOfMemoryError, match="64x48"):
        short.step(["clip"], 1)
