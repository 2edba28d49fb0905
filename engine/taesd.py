"""Previews decoded by TAESD, an autoencoder so small that it may be asked between two forwards.

diffusers has its class; weights for Stable Diffusion 1.5's latents are `madebyollin/taesd` on the
Hugging Face hub.
"""

import logging

import torch
from diffusers import AutoencoderTiny, StableDiffusionPipeline

from engine import checkpoint
from engine.errors import ModelMissingError

_log = logging.getLogger(__name__)

_SETTING = "engine.preview_model"


class Taesd:
    """Decodes the latents of a pipeline.

    Raises:
        ModelMissingError: there is none for this pipeline's latents where the name says.
    """

    def __init__(self, pipeline: StableDiffusionPipeline, model: str) -> None:
        vae = pipeline.vae
        self._decoder = _load(model, vae.dtype, vae.config.latent_channels).to(vae.device)

    def __call__(self, latents: torch.Tensor) -> torch.Tensor:
        """Return the pixels of one picture, channels in -1..1."""
        scaled = latents[None].to(self._decoder.dtype) / self._decoder.config.scaling_factor
        [pixels] = self._decoder.decode(scaled, return_dict=False)[0]
        return pixels  # type: ignore[no-any-return]  # diffusers is untyped


def _load(model: str, dtype: torch.dtype, channels: int) -> AutoencoderTiny:
    with checkpoint.whole(model, _SETTING) as source:
        where = {"local_files_only": source.is_folder}
        config = AutoencoderTiny.load_config(source.name, **where)
        given = (config.get("_class_name"), config.get("latent_channels"))
        if given != (AutoencoderTiny.__name__, channels):
            _log.error("%s is %s of %s channels, not a TAESD of %d", model, *given, channels)
            raise ModelMissingError(model, _SETTING)
        return AutoencoderTiny.from_pretrained(
            source.name,
            dtype=dtype,
            use_safetensors=True,  # the other format can run code
            **where,
        )
