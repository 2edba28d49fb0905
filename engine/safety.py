"""The safety check of finished pictures, by Stable Diffusion's own classes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import torch
from diffusers import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
from PIL.Image import Image
from transformers import CLIPImageProcessor

from engine import checkpoint
from engine.inspection import glimpses

CHECKER, EXTRACTOR = "safety_checker", "feature_extractor"
"""Where a whole checkpoint keeps the two."""
_SETTING = "engine.safety_model"


class SafetyCheck:
    """Says whether a picture may be seen; without a checker every picture may."""

    def __init__(self, pipeline: StableDiffusionPipeline) -> None:
        self._pipeline = pipeline

    @classmethod
    def of(cls, pipeline: StableDiffusionPipeline, model: str, dtype: torch.dtype) -> Self:
        """Put the named checker in the place of the checkpoint's own, if one is named.

        Raises:
            ModelMissingError: it is not there whole.
        """
        if model:
            checker, extractor = _load(model, dtype)
            pipeline.register_modules(
                safety_checker=checker.to(pipeline.device), feature_extractor=extractor
            )
        return cls(pipeline)

    @property
    def is_on(self) -> bool:
        """Whether there is a checker."""
        return self._pipeline.safety_checker is not None

    def withholds(self, pixels: torch.Tensor) -> bool:
        """Whether one of these pictures, channels in -1..1, must not be seen."""
        # The checker blackens what it withholds, in place.
        _, withheld = self._pipeline.run_safety_checker(pixels.clone(), pixels.device, pixels.dtype)
        return bool(withheld and any(withheld))

    @torch.inference_mode()
    def withholds_clip(self, frames: Sequence[Image]) -> bool:
        """Whether one of a few frames of a clip must not be seen."""
        if not self.is_on:
            return False
        checker = self._pipeline.safety_checker  # which may have left the device
        pixels = self._pipeline.image_processor.preprocess(glimpses(frames))
        return self.withholds(pixels.to(checker.device, checker.dtype))


class Checker:
    """Says whether files may be seen that were drawn elsewhere; on the CPU, for it is little work.

    Raises:
        ModelMissingError: it is not there whole.
    """

    def __init__(self, model: str) -> None:
        self._checker, self._extractor = _load(model, torch.float32)

    @torch.inference_mode()
    def withholds(self, pictures: Sequence[Image]) -> bool:
        """Whether one of them must not be seen."""
        given = self._extractor(list(pictures), return_tensors="pt").pixel_values
        blackened = torch.zeros(len(pictures), 1)  # by the checker, in place of the pictures
        _, withheld = self._checker(images=blackened, clip_input=given)
        return any(withheld)


def _load(
    model: str, dtype: torch.dtype
) -> tuple[StableDiffusionSafetyChecker, CLIPImageProcessor]:
    with checkpoint.whole(model, _SETTING) as source:
        where = {"local_files_only": source.is_folder}
        is_alone = source.is_folder and not (Path(source.name) / CHECKER).is_dir()
        return (
            StableDiffusionSafetyChecker.from_pretrained(
                source.name,
                subfolder="" if is_alone else CHECKER,
                dtype=dtype,
                use_safetensors=True,  # the other format can run code
                **where,
            ),
            CLIPImageProcessor.from_pretrained(
                source.name, subfolder="" if is_alone else EXTRACTOR, **where
            ),
        )
