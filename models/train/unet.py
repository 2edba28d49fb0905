"""Train the denoiser: ``python -m models.train.unet --minutes 60``.

Several processes share the work under ``torchrun --nproc-per-node 2 -m models.train.unet``.
"""

from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor

from models.train import corpus, latents, text
from models.train.arguments import parse_minutes
from models.train.captions import caption
from models.train.chance import dice, happens
from models.train.groupnorm import hasten
from models.train.measure import mean_square
from models.train.scene import Scene
from models.train.settings import NATIVE, SHAPES, TEXT, UNET
from models.train.training import (
    Average,
    Clock,
    Progress,
    cast,
    device,
    join_others,
)
from models.untrained import to_nothing_but_noise

TIMESTEPS = 1000


def make_unet() -> UNet2DConditionModel:
    """Return an untrained denoiser: attention only where the picture is 8x8 and 4x4."""
    lower = len(UNET.channels) - 1
    return UNet2DConditionModel(
        sample_size=NATIVE[0] // 32,
        in_channels=latents.CHANNELS,
        out_channels=latents.CHANNELS,
        block_out_channels=UNET.channels,
        layers_per_block=1,
        down_block_types=("DownBlock2D", *("CrossAttnDownBlock2D",) * lower),
        up_block_types=(*("CrossAttnUpBlock2D",) * lower, "UpBlock2D"),
        attention_head_dim=UNET.heads,
        cross_attention_dim=TEXT.width,
        norm_num_groups=16,
    )


class Scenes:
    """Latents and scenes of one shape, all in memory."""

    def __init__(self, work: Path, size: tuple[int, int]) -> None:
        name = corpus.shape_name(size)
        pictures = torch.from_numpy(corpus.load(work, name).copy())
        self._latents = torch.cat(
            [
                latents.encode(latents.from_pixels(part)).half()
                for part in torch.split(pictures, 500)
            ]
        )
        first = corpus.first_number(name)
        self._scenes = [corpus.scene(first + k) for k in range(len(pictures))]
        area = (size[0] * size[1]) / (NATIVE[0] * NATIVE[1])
        self._batch = max(1, round(UNET.batch / area))

    def batch(self) -> tuple[Tensor, list[Scene]]:
        """Draw latents and their scenes by lot; fewer of larger pictures."""
        places = torch.randint(len(self._scenes), (self._batch,))
        return self._latents[places].float(), [self._scenes[k] for k in places.tolist()]


def _targets(clean: Tensor, alphas: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return noisy latents, their timesteps (spread evenly over the batch), what to predict."""
    count = len(clean)
    even = (torch.arange(count) + torch.rand(count)) / count
    steps = (even * TIMESTEPS).long().clamp(0, TIMESTEPS - 1)
    alpha = alphas[steps].view(-1, 1, 1, 1)
    noise = torch.randn_like(clean)
    noisy = alpha.sqrt() * clean + (1 - alpha).sqrt() * noise
    return noisy, steps, alpha.sqrt() * noise - (1 - alpha).sqrt() * clean


class Trainer:
    """One process of the training."""

    def __init__(self, work: Path, minutes: float) -> None:
        self._rank, self._world = join_others()
        torch.manual_seed(0)
        self._device = device()
        self._tokenizer, encoder = text.load(work)
        self._encoder = encoder.to(self._device)
        self._alphas = to_nothing_but_noise().alphas_cumprod
        self._sets = {size: Scenes(work, size) for size in SHAPES}
        unet = make_unet().to(self._device, memory_format=torch.channels_last)
        unet.set_attn_processor(AttnProcessor())  # on small pictures faster than the fused one
        self._unet = hasten(unet)
        weights = list(unet.parameters())
        optimizer = torch.optim.AdamW(
            weights, UNET.lr, betas=(0.9, 0.98), weight_decay=1e-3, fused=True
        )
        average = Average(weights, UNET.ema)
        self._progress = Progress(work / "unet.pt", unet, optimizer, average, Clock(minutes))
        self._progress.resume()

    def run(self) -> None:
        """Train until the time is over."""
        self._progress.run(self._learn, tell_every=100, rank=self._rank, world=self._world)

    def _learn(self) -> float:
        size = self._draw_lots()
        clean, scenes = self._sets[size].batch()
        noisy, steps, target = _targets(clean, self._alphas)
        noisy = noisy.to(self._device, memory_format=torch.channels_last)
        with cast(self._device):
            context = self._context(scenes)
            guess = self._unet(noisy, steps.to(self._device), context).sample
        loss = mean_square(guess - target.to(self._device))
        self._progress.descend(
            loss, UNET.lr, warmup=UNET.warmup, decay=UNET.decay, world=self._world
        )
        return loss.item()

    def _draw_lots(self) -> tuple[int, int]:
        """Choose a shape, the same in all processes, then let their chances part."""
        chance = dice(self._progress.step)
        self._chance = dice(self._progress.step * self._world + self._rank)
        torch.manual_seed(self._progress.step * self._world + self._rank)
        return NATIVE if happens(chance, UNET.native) else chance.choice(SHAPES[1:])

    @torch.no_grad()
    def _context(self, scenes: list[Scene]) -> Tensor:
        said = [
            "" if happens(self._chance, UNET.caption_drop) else caption(scene, self._chance)
            for scene in scenes
        ]
        features: Tensor = self._encoder(text.tokens(self._tokenizer, said).to(self._device))[0]
        return features


def main() -> None:
    """Train, or go on training."""
    arguments = parse_minutes(__doc__, 60.0)
    Trainer(arguments.work, arguments.minutes).run()


if __name__ == "__main__":
    main()
