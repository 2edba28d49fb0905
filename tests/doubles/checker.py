"""An untrained safety checker of the real classes, that withholds all pictures or none."""

from pathlib import Path

import torch
from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
from transformers import CLIPConfig, CLIPImageProcessor, CLIPTextConfig, CLIPVisionConfig

NEVER, ALWAYS = 2.0, -2.0
"""Thresholds beyond what a cosine can be."""


def write(folder: Path, threshold: float, *, checker: str = "", extractor: str = "") -> Path:
    """Write an untrained checker of the real classes that withholds all pictures, or none."""
    text = CLIPTextConfig(hidden_size=8, intermediate_size=8, num_hidden_layers=1)
    vision = CLIPVisionConfig(
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        image_size=32,
        patch_size=16,
    )
    config = CLIPConfig(
        text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=8
    )
    model = StableDiffusionSafetyChecker(config)
    with torch.no_grad():
        for name, values in model.named_parameters():
            if name.endswith("embeds_weights"):
                values.fill_(threshold)
    model.save_pretrained(folder / checker)
    processor = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=32)
    processor.save_pretrained(folder / extractor)
    return folder
