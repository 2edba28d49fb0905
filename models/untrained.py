"""A whole Stable Diffusion checkpoint in miniature, with random weights, made in seconds.

`python -m models.untrained data/models/untrained-sd` writes it in diffusers' own format.  It has
never seen a picture and draws none: coloured clouds, the same ones for the same request.  It is
there for tests and for trying out everything around a model.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    DiffusionPipeline,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

_SEED = 2026
_PROMPT_TOKENS = 77
_LATENT_CHANNELS = 16
_TEXT_WIDTH = 128
_TEXTURE = 0.3
_CONTRAST = 0.6


def write(folder: Path) -> None:
    """Write the checkpoint, unless it is there already; it is there whole or not at all."""
    write_whole(folder, lambda: _half(pipeline()))


def write_whole(folder: Path, made: Callable[[], DiffusionPipeline]) -> None:
    """Write what is made into a folder that is not there yet, so that half of it is never seen."""
    if (folder / "model_index.json").exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        made().save_pretrained(unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def pipeline() -> StableDiffusionPipeline:
    """Return the pipeline, drawn from the same random numbers every time."""
    tokenizer = byte_tokenizer()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        return StableDiffusionPipeline(
            vae=_vae(),
            text_encoder=_text_encoder(tokenizer),
            tokenizer=tokenizer,
            unet=_unet(),
            scheduler=to_nothing_but_noise(),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def _half(whole: StableDiffusionPipeline) -> StableDiffusionPipeline:
    for part in (whole.vae, whole.unet, whole.text_encoder):
        part.half()
    return whole


def _unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=_LATENT_CHANNELS,
        out_channels=_LATENT_CHANNELS,
        block_out_channels=(128, 128, 128),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=_TEXT_WIDTH,
        attention_head_dim=4,  # the number of heads, by diffusers' old custom
        norm_num_groups=16,
    )


def _vae() -> AutoencoderKL:
    vae = AutoencoderKL(
        sample_size=256,
        latent_channels=_LATENT_CHANNELS,
        block_out_channels=(24, 32, 48, 64, 96),
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 5,
        up_block_types=("UpDecoderBlock2D",) * 5,
        mid_block_add_attention=False,
        norm_num_groups=2,
        scaling_factor=1.0,
    )
    _make_clouds(vae)
    return vae


def _make_clouds(vae: AutoencoderKL) -> None:
    """Let the decoder blur what it enlarges; as initialised it weaves grey cloth."""
    for block in vae.decoder.up_blocks:
        for resnet in block.resnets:
            resnet.conv2.weight.data *= _TEXTURE
        for upsampler in block.upsamplers or ():
            weight = upsampler.conv.weight.data
            weight.copy_(torch.eye(len(weight))[:, :, None, None] / 9)
    last = vae.decoder.conv_out
    torch.nn.init.zeros_(last.bias)
    torch.nn.init.zeros_(last.weight)
    torch.nn.init.normal_(last.weight[:, :, 1, 1], std=_CONTRAST / last.in_channels**0.5)


def _text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=_TEXT_WIDTH,
        projection_dim=_TEXT_WIDTH,
        intermediate_size=4 * _TEXT_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=_PROMPT_TOKENS,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return CLIPTextModel(config)


def byte_tokenizer() -> CLIPTokenizer:
    """Return a tokenizer that spells: a token for every byte, inside a word and at its end."""
    letters = _byte_letters()
    words = [*letters, *(f"{letter}</w>" for letter in letters)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: index for index, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=_PROMPT_TOKENS)


def _byte_letters() -> list[str]:
    """Return byte-level BPE's letter for each byte: itself if printable, else one past 255."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + i) for i in range(len(others))]


def noise_schedule(**different: str | bool) -> DDIMScheduler:
    """Return the noise of Stable Diffusion 1.5, but for what is to be different."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
        **different,
    )


def to_nothing_but_noise() -> DDIMScheduler:
    """Return the noise of models that start from nothing else: it leaves nothing of a picture."""
    return noise_schedule(
        prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True
    )


if __name__ == "__main__":
    write(Path(sys.argv[1]))
