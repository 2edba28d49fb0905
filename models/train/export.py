"""Write what was trained as checkpoints: ``python -m models.train.export --part pictures``.

``--part clips`` writes the Stable Video Diffusion checkpoint, which shares the other's autoencoder;
``--part autoencoder`` writes only that, which needs no training.
"""

import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, StableVideoDiffusionPipeline
from transformers import CLIPImageProcessor

from models.train import clip_unet, text
from models.train.arguments import parser
from models.train.autoencoder import make_autoencoder
from models.train.training import load_average
from models.train.unet import make_unet
from models.untrained import to_nothing_but_noise

CHECKPOINT = Path(__file__).parent.parent / "tiny-sd"
CLIP_CHECKPOINT = CHECKPOINT.with_name("tiny-svd")


def assemble(work: Path) -> StableDiffusionPipeline:
    """Return the picture pipeline of the averaged weights."""
    tokenizer, encoder = text.load(work)
    unet, autoencoder = make_unet(), make_autoencoder()
    load_average(work / "unet.pt", list(unet.parameters()))
    return StableDiffusionPipeline(
        vae=autoencoder,
        text_encoder=encoder,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=to_nothing_but_noise(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def assemble_clips(work: Path) -> StableVideoDiffusionPipeline:
    """Return the clip pipeline of the averaged weights."""
    unet, encoder = clip_unet.make_unet(), clip_unet.make_image_encoder()
    load_average(work / "clip_unet.pt", [*unet.parameters(), *encoder.parameters()])
    half, side = (0.5, 0.5, 0.5), clip_unet.SIDE
    return StableVideoDiffusionPipeline(
        vae=AutoencoderKL.from_pretrained(CHECKPOINT / "vae"),
        image_encoder=encoder,
        unet=unet,
        scheduler=clip_unet.make_scheduler(),
        feature_extractor=CLIPImageProcessor(
            size={"shortest_edge": side},
            crop_size={"height": side, "width": side},
            image_mean=half,
            image_std=half,
        ),
    )


def _share_autoencoder(out: Path) -> None:
    """Let the clips' checkpoint hold a link instead of the same weights once more."""
    shutil.rmtree(out / "vae")
    (out / "vae").symlink_to(Path("..", CHECKPOINT.name, "vae"))


def main() -> None:
    """Write a checkpoint in half precision."""
    options = parser(__doc__)
    options.add_argument("--part", choices=("pictures", "clips", "autoencoder"), default="pictures")
    options.add_argument("--out", type=Path)
    arguments = options.parse_args()
    if arguments.part == "autoencoder":
        make_autoencoder().half().save_pretrained((arguments.out or CHECKPOINT) / "vae")
        return
    is_clips = arguments.part == "clips"
    out = arguments.out or (CLIP_CHECKPOINT if is_clips else CHECKPOINT)
    pipeline = (assemble_clips if is_clips else assemble)(arguments.work)
    for part in pipeline.components.values():
        if isinstance(part, torch.nn.Module):
            part.to(torch.float16)
    if (out / "vae").is_symlink():
        (out / "vae").unlink()  # what it leads to stays as it is
    pipeline.save_pretrained(out)
    if is_clips:
        _share_autoencoder(out)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    print(f"{out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
