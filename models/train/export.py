"""Write what was trained as a Stable Diffusion checkpoint: ``python -m models.train.export``."""

from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline

from models.train import text
from models.train.arguments import parser
from models.train.autoencoder import make_autoencoder, trained
from models.train.training import load_average
from models.train.unet import make_scheduler, make_unet

CHECKPOINT = Path(__file__).parent.parent / "tiny-sd"


def assemble(work: Path) -> StableDiffusionPipeline:
    """Return the pipeline of the averaged weights."""
    tokenizer, encoder = text.load(work)
    unet, autoencoder = make_unet(), make_autoencoder()
    load_average(work / "unet.pt", list(unet.parameters()))
    load_average(work / "decoder.pt", trained(autoencoder.decoder))
    return StableDiffusionPipeline(
        vae=autoencoder,
        text_encoder=encoder,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=make_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def main() -> None:
    """Write the checkpoint in half precision."""
    options = parser(__doc__)
    options.add_argument("--out", type=Path, default=CHECKPOINT)
    arguments = options.parse_args()
    pipeline = assemble(arguments.work)
    for part in (pipeline.vae, pipeline.unet, pipeline.text_encoder):
        part.to(torch.float16)
    pipeline.save_pretrained(arguments.out)
    size = sum(file.stat().st_size for file in arguments.out.rglob("*") if file.is_file())
    print(f"{arguments.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
