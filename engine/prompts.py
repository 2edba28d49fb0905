"""Prompts as the model reads them, each text encoded once."""

from functools import lru_cache

import torch
from diffusers import StableDiffusionPipeline

_TEXTS_KEPT = 256  # 60 MB with Stable Diffusion 1.5; most requests share a negative prompt


class Prompts:
    """Encodes texts, and keeps the latest."""

    def __init__(self, pipeline: StableDiffusionPipeline, device: torch.device) -> None:
        self._pipeline = pipeline
        self._device = device
        self.encoded = lru_cache(_TEXTS_KEPT)(self._encode)

    def _encode(self, text: str) -> torch.Tensor:
        """Return a text's embeddings: tokens by features."""
        [embeddings], _ = self._pipeline.encode_prompt(
            text, self._device, 1, do_classifier_free_guidance=False
        )
        return embeddings  # type: ignore[no-any-return]  # diffusers is untyped
