"""What the engine costs over the bare pipeline: `python -m bench.engine_overhead MODEL_FOLDER`.

Three ways to draw the same picture take turns: diffusers' own pipeline, our loop in this process,
and the whole engine with its child process and protocol.  Ratios of medians are printed, and the
round trip of a picture of one step, which is nearly all protocol, decoding and encoding.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from PIL.Image import Image

from engine import encode
from engine.diffusers_runner import DiffusersRunner
from engine.engine import Engine, EngineSettings
from engine.job import GenerationRequest

_TURNS = 7
_REQUEST = GenerationRequest("a lighthouse at dusk", "", 256, 256, 20, 3.5, 1)
_ONE_STEP = replace(_REQUEST, steps=1)

Draw = Callable[[GenerationRequest], Awaitable[object]]


async def measure(folder: Path) -> None:
    """Print the ratios."""
    settings = EngineSettings(image_model=str(folder), device="cpu", threads=1)
    ways: dict[str, Draw] = {"stock": _stock(folder), "loop": _loop(settings)}
    async with Engine(settings) as engine:
        await engine.ready()
        ways["engine"] = lambda request: engine.generate("bench", request, lambda _: None)
        whole = await _medians(ways, _REQUEST)
        short = await _medians(ways, _ONE_STEP)
    print(f"{_REQUEST.width}x{_REQUEST.height}, {_REQUEST.steps} steps, one thread, in turns")
    print(f"our loop / stock pipeline       {whole['loop'] / whole['stock']:.3f}")
    print(f"engine with process / stock     {whole['engine'] / whole['stock']:.3f}")
    step_s = (whole["stock"] - short["stock"]) / (_REQUEST.steps - 1)
    round_trip_s = short["engine"] - short["loop"]
    print(f"round trip of a picture / step  {round_trip_s / step_s:.3f}")


def _stock(folder: Path) -> Draw:
    pipeline = StableDiffusionPipeline.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True
    )
    pipeline.unet.to(memory_format=torch.channels_last)
    pipeline.vae.to(memory_format=torch.channels_last)
    pipeline.set_progress_bar_config(disable=True)

    async def draw(request: GenerationRequest) -> bytes:
        image = pipeline(
            prompt=request.prompt,
            width=request.width,
            height=request.height,
            num_inference_steps=request.steps,
            guidance_scale=request.guidance,
            generator=torch.Generator().manual_seed(request.seed),
        ).images[0]
        file = BytesIO()
        image.save(file, format="PNG")
        return file.getvalue()

    return draw


def _loop(settings: EngineSettings) -> Draw:
    runner = DiffusersRunner(settings)

    async def draw(request: GenerationRequest) -> bytes:
        for _ in range(runner.admit("bench", request)):
            runner.step(["bench"], request.rows)
        [image] = runner.decode(["bench"])
        assert isinstance(image, Image)
        runner.release("bench")
        return encode.png(image, request, runner.model)

    return draw


async def _medians(ways: dict[str, Draw], request: GenerationRequest) -> dict[str, float]:
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(_TURNS + 1):
        for name, draw in ways.items():
            began = time.perf_counter()
            await draw(request)
            if turn:  # the first one warms up
                seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in seconds.items()}


if __name__ == "__main__":
    asyncio.run(measure(Path(sys.argv[1])))
