"""Train the video denoiser: ``python -m models.train.clip_unet --minutes 60``.

It sees the picture that a clip begins with twice: as latents beside each noisy frame, and as one
vector of the picture's encoder, which is trained along.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from diffusers import EulerDiscreteScheduler, UNetSpatioTemporalConditionModel
from torch import Tensor
from torch.nn import functional
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from models.train import clips, latents
from models.train.arguments import parse_minutes
from models.train.chance import dice
from models.train.groupnorm import hasten
from models.train.muon import Muon
from models.train.settings import CELL, CLIPS, NATIVE
from models.train.training import (
    Average,
    Clock,
    Progress,
    cast,
    device,
    join_others,
)

SIDE = 224  # pixels that the pipeline hands the picture's encoder
_NOISE = 0.02  # that the pipeline adds to the picture if not told otherwise


def make_unet() -> UNetSpatioTemporalConditionModel:
    """Return an untrained denoiser: attention only where the picture is smallest."""
    lower = len(CLIPS.channels) - 1
    return UNetSpatioTemporalConditionModel(
        sample_size=NATIVE[0] // CELL,
        in_channels=2 * latents.CHANNELS,
        out_channels=latents.CHANNELS,
        down_block_types=("DownBlockSpatioTemporal",) * lower
        + ("CrossAttnDownBlockSpatioTemporal",),
        up_block_types=("CrossAttnUpBlockSpatioTemporal",) + ("UpBlockSpatioTemporal",) * lower,
        block_out_channels=CLIPS.channels,
        layers_per_block=1,
        num_attention_heads=CLIPS.heads,
        cross_attention_dim=CLIPS.image_width,
        addition_time_embed_dim=CLIPS.added_width,
        projection_class_embeddings_input_dim=3 * CLIPS.added_width,
        num_frames=CLIPS.frames,
    )


def make_image_encoder() -> CLIPVisionModelWithProjection:
    """Return an untrained encoder of pictures."""
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=CLIPS.image_width,
            intermediate_size=4 * CLIPS.image_width,
            projection_dim=CLIPS.image_width,
            num_hidden_layers=CLIPS.image_layers,
            num_attention_heads=4,
            image_size=SIDE,
            patch_size=32,
        )
    )


def make_scheduler() -> EulerDiscreteScheduler:
    """Return Stable Video Diffusion's noise schedule, for latents that vary less."""
    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        timestep_spacing="leading",
        timestep_type="continuous",
        steps_offset=1,
        use_karras_sigmas=True,
        sigma_min=0.01,
        sigma_max=200.0,
    )


class Batch(NamedTuple):
    """Clips of one shape."""

    frames: Tensor  # latents: number, frames, channels, rows, columns
    pictures: Tensor  # the first frames as the picture's encoder takes them
    added: Tensor  # fps less one, motion, noise, as the pipeline counts them


class Shape:
    """The clips of one shape."""

    def __init__(self, work: Path, size: tuple[int, int]) -> None:
        self._pixels = clips.load(work, size)
        self._first = clips.first_number(size)
        area = (size[0] * size[1]) / (NATIVE[0] * NATIVE[1])
        self._batch = max(1, round(CLIPS.batch / area))

    def batch(self) -> Batch:
        """Draw clips by lot."""
        places = torch.randint(len(self._pixels), (self._batch,)).tolist()
        pixels = [latents.from_pixels(torch.from_numpy(self._pixels[k].copy())) for k in places]
        filmed = [clips.clip(self._first + k) for k in places]
        firsts = torch.stack([frames[0] for frames in pixels])
        size = (SIDE, SIDE)
        return Batch(
            torch.stack([latents.encode(frames) for frames in pixels]),
            functional.interpolate(firsts, size, mode="bilinear", antialias=True),
            torch.tensor([(one.fps - 1, one.motion, _NOISE) for one in filmed]),
        )


class Trainer:
    """The training of the denoiser and the picture's encoder."""

    def __init__(self, work: Path, minutes: float) -> None:
        self._rank, self._world = join_others()
        torch.manual_seed(0)
        self._device = device()
        self._shapes = [Shape(work, size) for size in CLIPS.shapes]
        self._unet = hasten(make_unet()).to(self._device)
        self._encoder = make_image_encoder().to(self._device)
        both = torch.nn.ModuleDict({"unet": self._unet, "encoder": self._encoder})
        weights = list(both.parameters())
        optimizer = Muon(weights, CLIPS.lr, betas=(0.9, 0.98), weight_decay=1e-3)
        average = Average(weights, CLIPS.ema)
        self._progress = Progress(work / "clip_unet.pt", both, optimizer, average, Clock(minutes))
        self._progress.resume()

    def run(self) -> None:
        """Train until the time is over."""
        self._progress.run(self._learn, tell_every=50, rank=self._rank, world=self._world)

    def _draw_lots(self) -> Batch:
        """Choose a shape, the same in all processes, then let their chances part."""
        step = self._progress.step
        shape = dice(step).choices(self._shapes, CLIPS.count)[0]
        torch.manual_seed(step * self._world + self._rank)
        return shape.batch()

    def _learn(self) -> float:
        batch = self._draw_lots()
        clean = batch.frames.to(self._device)
        count = len(clean)
        sigma = (CLIPS.noise_mean + CLIPS.noise_spread * torch.randn(count, 1, 1, 1, 1)).exp()
        noise = torch.randn_like(clean)
        kept = (torch.rand(count, 1, 1) >= CLIPS.drop).float()
        scale = (1 + sigma**2).sqrt()
        noisy = (clean + sigma * noise) / scale
        picture = clean[:, :1] * kept.view(-1, 1, 1, 1, 1)
        seen = torch.cat([noisy, picture.expand_as(noisy)], 2)
        with cast(self._device):
            context = self._encoder(batch.pictures.to(self._device)).image_embeds[:, None] * kept
            steps = 0.25 * sigma.view(-1).log()
            added = batch.added.to(self._device)
            guess = self._unet(seen, steps, context, added_time_ids=added).sample
        target = (noise - sigma * clean) / scale  # v, of latents scaled as the scheduler does
        loss: Tensor = (_weight(clean) * (guess - target).float().square()).mean()
        self._progress.descend(
            loss, CLIPS.lr, warmup=CLIPS.warmup, decay=CLIPS.decay, world=self._world
        )
        return loss.item()


def _weight(clean: Tensor) -> Tensor:
    """Return how much a cell counts: most stand still, and what moves would not be learned."""
    moved = (clean - clean[:, :1]).square().mean(2, keepdim=True)
    return 1 + CLIPS.moving * moved.clamp(max=1)


def main() -> None:
    """Train, or go on training."""
    arguments = parse_minutes(__doc__, 60.0)
    Trainer(arguments.work, arguments.minutes).run()


if __name__ == "__main__":
    main()
