"""Whether a picture is the same under every load: `python -m bench.sameness MODEL_FOLDER`.

In exact mode its file must be the same bytes alone and beside seven others; in fast mode it is told
how near the two are.  On a CPU tests say so of every change; a GPU chooses its kernels by itself.
"""

import math
from dataclasses import replace

import torch

from bench.setup import Setup
from engine import device
from engine.batch import Job
from engine.capacity import Capacity
from engine.job import SAMPLERS, GenerationRequest
from engine.scheduler import Scheduler
from engine.studio import Studio

_ROWS_MAX = 16


def measure(setup: Setup) -> None:
    """Print what is the same."""
    print(setup)
    side, steps = (512, 30) if setup.is_accelerated else (64, 20)
    mine = GenerationRequest("a lighthouse", "", side, side, steps, 7.5, 1, "dpm2m")
    others = [
        replace(mine, seed=seed, steps=steps + 5 * seed, sampler=SAMPLERS[seed])
        for seed in range(7)
    ]
    for mode in ("exact", "fast"):
        device.prepare(setup.device, is_exact=mode == "exact")
        studio = Studio(setup.settings(mode=mode, video_model=""))
        alone, beside = (_drawn(studio, mode, load) for load in ([mine], [mine, *others]))
        error = float((alone - beside).square().mean())
        near = "the same bytes" if error == 0 else f"{10 * math.log10(4 / error):.0f} dB apart"
        print(f"{mode}: alone and beside seven others {near}", flush=True)


def _drawn(studio: Studio, mode: str, requests: list[GenerationRequest]) -> torch.Tensor:
    """Draw all together until the first is done, and return its pixels."""
    scheduler = Scheduler(len(requests), Capacity(_ROWS_MAX, is_exact=mode == "exact", costs={}))
    jobs = [Job(str(at), request) for at, request in enumerate(requests)]
    for job in jobs:
        scheduler.add(job)
    while not jobs[0].is_done:
        batch = scheduler.schedule()
        assert batch is not None
        for job in batch.jobs:
            job.forwards = job.forwards or studio.admit(job.id, job.request)
        studio.step([job.id for job in batch.jobs], batch.rows)
        for job in batch.jobs:
            job.done += 1
    pixels = studio.pictures.pixels([jobs[0].id])[0].float().cpu()
    for job in jobs:
        studio.release(job.id)
    return pixels


if __name__ == "__main__":
    measure(Setup.of_arguments())
