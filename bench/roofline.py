"""What a device can do and how much of it is used: `python -m bench.roofline MODEL_FOLDER`.

The measure is a large matrix product in the same precision.  Forwards of the UNet of 1 to 16 rows
are held against it, then whole pictures while many wait; and a step of the engine against the
forward in it.  Floating-point operations are counted by torch, with attention as plain products.
"""

import statistics
from collections.abc import Callable

import torch

from bench.operations import counted
from bench.servers import Continuous, serve
from bench.setup import Setup, judge
from engine.batch import Job
from engine.calibration import calibrate
from engine.capacity import BUCKETS, Capacity
from engine.job import GenerationRequest
from engine.scheduler import Scheduler
from engine.studio import Studio

_ROWS_MAX = 16
_AT_ONCE = 8  # pictures, each of two rows
_REPEATS = 9
_CALIBRATION_S = 60.0


class Roof:
    """Our runner on a device, and what there is to draw."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self.studio = Studio(setup.settings(video_model=""))
        self.side = 512 if setup.is_accelerated else 64
        self.steps = 30 if setup.is_accelerated else 20
        self.matmul_rate = setup.matmul_rate()

    def request(self, seed: int) -> GenerationRequest:
        """Return a picture to draw."""
        return GenerationRequest(
            f"picture {seed}", "", self.side, self.side, self.steps, 7.5, seed, "dpm2m"
        )

    def median_s(self, work: Callable[[], object]) -> float:
        """Return what some work takes once it is warm."""
        work()
        return statistics.median(self._setup.timed(work) for _ in range(_REPEATS))

    @torch.inference_mode()
    def forward(self, rows: int) -> Callable[[], torch.Tensor]:
        """Return a forward of so many rows and nothing else."""
        forwards, inputs = self.studio.pictures.forwards, self._inputs(rows)

        @torch.inference_mode()
        def ask() -> torch.Tensor:
            return forwards(*inputs)

        return ask

    @torch.inference_mode()
    def operations(self) -> tuple[float, float]:
        """Count what a row of a forward needs, and the decoding of a picture."""
        latents, times, prompts = self._inputs(1)
        unet, vae = self.studio.pictures.models
        return (
            counted(lambda: unet(latents, times, encoder_hidden_states=prompts)),
            counted(lambda: vae.decode(latents)),
        )

    def _inputs(self, rows: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        setup, (unet, _) = self._setup, self.studio.pictures.models
        side = self.side // self.studio.pictures.scale
        return (
            torch.randn(
                rows, unet.config.in_channels, side, side, dtype=setup.dtype, device=setup.device
            ),
            torch.full((rows,), 500.0, device=setup.device),
            torch.randn(
                rows, 77, unet.config.cross_attention_dim, dtype=setup.dtype, device=setup.device
            ),
        )


def measure(setup: Setup) -> None:
    """Print the tables and what became of the goals."""
    roof = Roof(setup)
    of_row, of_picture = roof.operations()
    print(f"{setup}\nmatrix product: {roof.matmul_rate / 1e12:.3g} TFLOP/s")
    print(f"a row of {roof.side}x{roof.side}: {of_row / 1e12:.3g} TFLOP")
    print(f"decoding one: {of_picture / 1e12:.3g} TFLOP")
    print("rows        ms     rows a second, times one      of the matrix product")
    base = None
    for rows in (rows for rows in BUCKETS if rows <= _ROWS_MAX):
        seconds = roof.median_s(roof.forward(rows))
        base = base or rows / seconds
        used = rows * of_row / seconds / roof.matmul_rate
        print(f"{rows:4d} {1000 * seconds:10.2f} {rows / seconds / base:21.2f} {used:26.1%}")
    used = _saturated(setup, roof, of_row, of_picture) / roof.matmul_rate
    least = 0.5 if setup.is_accelerated else None
    print(f"pictures while many wait: {used:.1%} of the matrix product", flush=True)
    if least is not None:
        judge("saturated, part of the matrix product", used, least=least)
    over = overhead(setup, roof)
    judge(f"a step of {_AT_ONCE} pictures without its forward, part of it", over, most=0.03)


def _saturated(setup: Setup, roof: Roof, of_row: float, of_picture: float) -> float:
    """Return the operations a second that make pictures, from first to last."""
    requests = [roof.request(seed) for seed in range(3 * _AT_ONCE)]
    capacity = Capacity(_ROWS_MAX, is_exact=False, costs={})
    calibrate(roof.studio, capacity, [(roof.side, roof.side)], _CALIBRATION_S)
    ours = Continuous(roof.studio, capacity, setup.timed)
    seconds = serve(ours, requests, [0.0] * len(requests)).seconds
    of_all = len(requests) * (2 * roof.steps * of_row + of_picture)
    return of_all / seconds


def overhead(setup: Setup, roof: Roof) -> float:
    """Return the part of a step that is not the model's forward; they take turns."""
    scheduler = Scheduler(_AT_ONCE, Capacity(_ROWS_MAX, is_exact=True, costs={}))
    jobs = [Job(str(seed), roof.request(seed)) for seed in range(_AT_ONCE)]
    for job in jobs:
        scheduler.add(job)
        job.forwards = roof.studio.admit(job.id, job.request)

    def step() -> None:
        batch = scheduler.schedule()
        assert batch is not None
        roof.studio.step([job.id for job in batch.jobs], batch.rows)
        scheduler.ran(batch, 1.0)
        for job in batch.jobs:
            job.done += 1

    forward = roof.forward(_ROWS_MAX)
    turns = [(setup.timed(step), setup.timed(forward)) for _ in range(roof.steps)]
    for job in jobs:
        roof.studio.release(job.id)
    beyond = statistics.median(whole - bare for whole, bare in turns[2:])
    return beyond / statistics.median(whole for whole, _ in turns[2:])


if __name__ == "__main__":
    measure(Setup.of_arguments())
