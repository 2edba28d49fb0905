"""Every number of the trainings that a person may want to change."""

from dataclasses import dataclass
from pathlib import Path

UNIT = 512  # pixels of one unit of length in a scene; also the native size of pictures
CELL = 32  # pixels of one latent cell
NATIVE = (512, 512)
SHAPES = (NATIVE, (768, 768), (512, 768), (768, 512))  # width, height
SMALL = 8  # how many pixels of a picture make one of the small picture that latents are made of


@dataclass(frozen=True, slots=True)
class DatasetSettings:
    """How many scenes are rendered, by shape and for what."""

    native: int = 16_000
    other: int = 1_500  # of each of the other shapes
    heldout: int = 600
    seed: int = 1


@dataclass(frozen=True, slots=True)
class TextSettings:
    """The tokenizer and the text encoder."""

    vocabulary: int = 900
    length: int = 77  # tokens
    width: int = 128
    layers: int = 2
    heads: int = 4
    batch: int = 48
    steps: int = 1_500
    lr: float = 2e-3


@dataclass(frozen=True, slots=True)
class UnetSettings:
    """The denoiser."""

    channels: tuple[int, ...] = (128, 128, 128)
    heads: int = 4
    batch: int = 24
    lr: float = 1e-3
    warmup: int = 150  # steps
    decay: float = 0.25  # the last part of the training, in which the rate falls to zero
    ema: float = 0.995
    native: float = 0.82  # share of steps at the native shape
    caption_drop: float = 0.1


@dataclass(frozen=True, slots=True)
class AutoencoderSettings:
    """The autoencoder, of which nothing is trained."""

    channels: tuple[int, ...] = (8, 24, 32, 48, 72, 64)
    layers: int = 3  # of each encoder block; one more of each decoder block


@dataclass(frozen=True, slots=True)
class SharpeningSettings:
    """How the decoder turns slopes into edges; pixels are -1..1."""

    steepness: float = 40.0  # how many times steeper
    least: float = 0.1  # half the difference of two neighbours from which on there is an edge
    rise: float = 2.0  # how fast an edge comes about with more difference, above 1
    softness: float = 0.3  # 0.25 is plain enlargement; more makes outlines smoother


@dataclass(frozen=True, slots=True)
class ClipSettings:
    """The clips that the video denoiser learns from, and itself."""

    shapes: tuple[tuple[int, int], ...] = (NATIVE, (832, 480), (480, 832), (640, 640))
    count: tuple[int, ...] = (800, 600, 300, 300)  # clips of each shape
    frames: int = 14
    fps: tuple[int, ...] = (5, 6, 7, 7, 7, 8, 10)
    motion: tuple[int, int] = (40, 200)  # as Stable Video Diffusion counts it, 127 being usual
    channels: tuple[int, ...] = (96, 96, 96)
    heads: tuple[int, ...] = (3, 3, 3)
    image_width: int = 64  # of the picture's encoder
    image_layers: int = 2
    added_width: int = 32  # of each of fps, motion and noise
    batch: int = 2
    lr: float = 8e-4
    warmup: int = 100
    decay: float = 0.3
    ema: float = 0.995
    drop: float = 0.1  # how often the picture is left out
    moving: float = 4.0  # how much more a cell counts that is all another than at first
    noise_mean: float = 1.0  # of the logarithm of the noise's size
    noise_spread: float = 1.8


@dataclass(frozen=True, slots=True)
class ClassifierSettings:
    """The judge of generated pictures."""

    batch: int = 64
    steps: int = 1_000
    lr: float = 2e-3
    negatives: float = 0.35  # share of spoilt objects


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """How pictures and clips are generated to be judged."""

    pictures: int = 512
    batch: int = 16
    steps: int = 20
    guidance: float = 3.5
    clips: int = 32
    clip_steps: int = 6
    clip_guidance: float = 1.0
    seed: int = 1


DATASET = DatasetSettings()
TEXT = TextSettings()
UNET = UnetSettings()
AUTOENCODER = AutoencoderSettings()
SHARPENING = SharpeningSettings()
CLIPS = ClipSettings()
CLASSIFIER = ClassifierSettings()
EVALUATION = EvaluationSettings()
WORK = Path("data/train")  # where data and unfinished trainings lie
