"""Train the decoder to draw sharp edges: ``python -m models.train.decoder --minutes 25``."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional

from models.train import corpus, latents
from models.train.arguments import parse_minutes
from models.train.autoencoder import lower, make_autoencoder, trained, upper
from models.train.groupnorm import hasten
from models.train.measure import edges, psnr
from models.train.settings import AUTOENCODER, CELL, SMALL
from models.train.training import (
    Average,
    Clock,
    Progress,
    cast,
    device,
    join_others,
)

_HELDOUT = 16  # pictures at the end of the file that are never trained on


class Trainer:
    """The training of the decoder's upper half."""

    def __init__(self, work: Path, minutes: float) -> None:
        join_others()
        torch.manual_seed(0)
        self._device = device()
        self._pictures = corpus.load(work, "full")
        self.model = make_autoencoder().to(self._device, memory_format=torch.channels_last)
        self._decoder = self.model.decoder
        hasten(self._decoder)
        self._decoder.requires_grad_(requires_grad=False)
        weights = trained(self._decoder)
        for weight in weights:
            weight.requires_grad_()
        optimizer = torch.optim.AdamW(weights, AUTOENCODER.lr, betas=(0.9, 0.99), fused=True)
        average = Average(weights, AUTOENCODER.ema)
        self.progress = Progress(
            work / "decoder.pt", self._decoder, optimizer, average, Clock(minutes)
        )
        self.progress.resume()

    def run(self) -> None:
        """Train until the time is over."""
        progress = self.progress
        print(self.scores(), flush=True)
        while progress.clock.part < 1:
            torch.manual_seed(progress.step)
            loss = self._learn()
            progress.step += 1
            progress.average.update(progress.step)
            if progress.step % 50 == 0:
                seconds = progress.clock.seconds
                print(f"step {progress.step}, {seconds:.0f} s, {loss:.4f}", flush=True)
            if progress.step % 250 == 0:
                print(self.scores(), flush=True)
            progress.save_sometimes()
        progress.save()
        print(self.scores())

    def _latent(self, small: Tensor) -> Tensor:
        """Return latents with some noise, as a denoiser leaves it."""
        exact = latents.encode(small)
        strength = AUTOENCODER.noise * torch.rand(len(exact), 1, 1, 1)
        noisy = exact + strength * torch.randn_like(exact)
        return noisy.to(self._device, memory_format=torch.channels_last)

    def _learn(self) -> float:
        pixels = self._crops()
        latent = self._latent(functional.avg_pool2d(pixels, SMALL))
        with torch.no_grad():
            carried = lower(self._decoder, latent)
        with cast(self._device):
            guess = upper(self._decoder, carried)
        loss = _difference(guess.float(), pixels.to(self._device))
        self.progress.descend(loss, AUTOENCODER.lr, warmup=50, decay=AUTOENCODER.decay)
        return loss.item()

    def _crops(self) -> Tensor:
        cut = AUTOENCODER.crop
        places = (self._pictures.shape[1] - cut) // CELL + 1
        crops = []
        for number in torch.randint(len(self._pictures) - _HELDOUT, (AUTOENCODER.batch,)):
            top, left = (CELL * int(torch.randint(places, ())) for _ in range(2))
            whole = self._pictures[int(number)]
            crops.append(torch.from_numpy(whole[top : top + cut, left : left + cut].copy()))
        return latents.from_pixels(torch.stack(crops))

    def scores(self) -> str:
        """Say how near decoded pictures come to unseen ones, next to plain enlargement."""
        self.progress.average.swap()
        pixels = latents.from_pixels(torch.from_numpy(self._pictures[-_HELDOUT:].copy()))
        latent = latents.encode(functional.avg_pool2d(pixels, SMALL))
        decoded = decode(self.model, latent)
        self.progress.average.swap()
        plain = functional.interpolate(latents.decode(latent), scale_factor=SMALL, mode="bicubic")
        return (
            f"PSNR decoded {psnr(decoded, pixels):.2f}, bicubic {psnr(plain, pixels):.2f}; "
            f"edges decoded {edges(decoded) / edges(pixels):.2f}, "
            f"bicubic {edges(plain) / edges(pixels):.2f}"
        )


@torch.no_grad()
def decode(model: AutoencoderKL, latent: Tensor) -> Tensor:
    """Turn latents into pixels of -1..1, a few at a time."""
    with cast(model.device):
        parts = [model.decode(part).sample for part in torch.split(latent.to(model.device), 4)]
    return torch.cat(parts).float().clamp(-1, 1).cpu()


def _difference(guess: Tensor, pixels: Tensor) -> Tensor:
    """Return the distance of pixels and of their differences, so that edges stay sharp."""
    gap = guess - pixels
    slopes = gap.diff(dim=2).abs().mean() + gap.diff(dim=3).abs().mean()
    return gap.abs().mean() + slopes


def main() -> None:
    """Train, or go on training."""
    arguments = parse_minutes(__doc__, 25.0)
    Trainer(arguments.work, arguments.minutes).run()


if __name__ == "__main__":
    main()
