"""What an operator can set about the engine."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

LoraName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class EngineSettings(BaseModel):
    """The `[engine]` table of config.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backend: Literal["diffusers"] = "diffusers"
    image_model: str = "models/tiny-sd"
    """A folder in diffusers' format, or the id of one on the Hugging Face hub."""
    device: str = "auto"
    """`auto` takes the first of cuda, mps and cpu that is there; `cuda:1` names one."""
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    threads: int = Field(default=0, ge=0)
    """CPU threads for the model; 0 takes all cores but one, which the bot needs."""
    mode: Literal["fast", "exact"] = "fast"
    """`exact` draws the same bytes whatever else is being drawn, at the price of always doing the
    work of `rows_max` rows."""
    rows_max: Literal[1, 2, 4, 8, 16, 32, 64] = 16
    """Rows of the largest forward pass; a picture needs two with guidance and one without."""
    graphs: bool = True
    """Whether forwards are recorded as CUDA graphs, where there is CUDA."""
    compiled: bool = False
    """Whether the blocks that the picture model repeats are compiled, at the first forwards."""
    loras: Mapping[LoraName, str] = {}
    """LoRAs by the name that a prompt asks for them by, `<lora:name:0.8>`: safetensors files."""
    video_model: str = ""
    """A Stable Video Diffusion checkpoint, likewise; empty: no clips are drawn."""
    offload: Literal["auto", "always", "never"] = "auto"
    """Whether the model that does not draw leaves the device; `auto` when memory runs out."""
    video_share: float = Field(default=0.3, gt=0, lt=1)
    """The part of the time that a clip has while pictures are drawn too."""
    safety_model: str = ""
    """A safety checker for finished pictures, likewise; empty: none but the checkpoint's own."""
    preview_every_s: float = Field(default=3, ge=0)
    """Seconds between two previews of a picture that is being drawn; 0 shows none.  There are none
    with a safety checker either, which they would go round."""
    preview_model: str = ""
    """A TAESD checkpoint that previews are decoded by, likewise; empty: they are a linear guess."""
    costs_path: str = ""
    """A file that keeps what forwards cost, so that a start need not learn it anew; empty: none."""
    sizes: tuple[tuple[int, int], ...] = ()
    """Sizes whose cost is learnt at the first start and kept; none: those of `images.shapes`."""
    queue_max: int = Field(default=64, gt=0)
    """Jobs accepted and not yet done, the running ones included."""
    start_timeout_s: float = Field(default=900, gt=0)
    """Time to load the model, which may have to be downloaded first."""
    step_timeout_s: float = Field(default=180, gt=0)
    """Silence after which the child counts as hung and is replaced."""
    budget_s: float = Field(default=900, gt=0)
    """Time that a job may take on all back ends together, where there are several."""
    crashes_max: int = Field(default=4, ge=0)
    """Crashes under one job before it is given up."""
