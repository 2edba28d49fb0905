"""What a benchmark runs on: the device, its clock, the models; and how goals are told."""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import diffusers
import torch

from engine import device
from engine.settings import EngineSettings

Timed = Callable[[Callable[[], object]], float]
"""Does some work and returns the seconds that it took."""

_REPEATS = 9


@dataclass(frozen=True, slots=True)
class Setup:
    """One device and the models to run there; it has no clips where it has no model for them."""

    folder: Path
    video_folder: Path | None
    device: torch.device
    dtype: torch.dtype
    pictures: int
    """In a cell of a table."""
    is_compiled: bool
    """Whether our UNet is."""
    minutes: float | None = None
    """That a table of many cells may take, which then says how many pictures each had."""
    only: frozenset[str] = frozenset()
    """Names of the cells to measure; all of them if there are none."""

    @classmethod
    def of_arguments(cls, arguments: list[str] | None = None) -> Self:
        """Read the command line: `MODEL_FOLDER [VIDEO_FOLDER] [--device cuda] [--minutes 20]`."""
        parser = argparse.ArgumentParser()
        parser.add_argument("folder", type=Path)
        parser.add_argument("video_folder", type=Path, nargs="?")
        parser.add_argument("--device", default="cpu")
        parser.add_argument("--dtype", default="auto")
        parser.add_argument("--pictures", type=int, default=60)
        parser.add_argument("--compiled", action="store_true")
        parser.add_argument("--minutes", type=float)
        parser.add_argument("--only", default="")
        given = parser.parse_args(arguments)
        where = device.picked(given.device)
        device.prepare(where, is_exact=False)
        torch.set_num_threads(1)
        dtype = device.dtype_on(where, given.dtype)
        return cls(
            given.folder,
            given.video_folder,
            where,
            dtype,
            given.pictures,
            given.compiled,
            given.minutes,
            frozenset(filter(None, given.only.split(","))),
        )

    @property
    def is_accelerated(self) -> bool:
        """Whether it is a GPU, which draws pictures of full size."""
        return self.device.type != "cpu"

    def settings(self, **others: object) -> EngineSettings:
        """Return the engine's settings for this."""
        return EngineSettings.model_validate(
            {
                "image_model": str(self.folder),
                "video_model": str(self.video_folder or ""),
                "device": str(self.device),
                "dtype": str(self.dtype).removeprefix("torch."),
                "threads": 1,
                "compiled": self.is_compiled,
                **others,
            }
        )

    def timed(self, work: Callable[[], object]) -> float:
        """Return how long some work takes.

        On a CPU that is this thread's own time, so that neighbours on the machine do not count; on
        a GPU the time until it is done.
        """
        if not self.is_accelerated:
            began = time.thread_time()
            work()
            return time.thread_time() - began
        device.synchronize(self.device)
        began = time.perf_counter()
        work()
        device.synchronize(self.device)
        return time.perf_counter() - began

    def matmul_rate(self) -> float:
        """Return the operations a second of a large matrix product."""
        side = 8192 if self.is_accelerated else 1024
        a, b = (torch.randn(side, side, dtype=self.dtype, device=self.device) for _ in range(2))
        a @ b
        seconds = statistics.median(self.timed(lambda: a @ b) for _ in range(_REPEATS))
        return 2 * float(side) ** 3 / seconds

    def __str__(self) -> str:
        return (
            f"{datetime.now(UTC):%Y-%m-%d}, {device.described(self.device)}, "
            f"{str(self.dtype).removeprefix('torch.')}, torch {torch.__version__}, "
            f"diffusers {diffusers.__version__}, {self.folder.name}"
            f"{', compiled' if self.is_compiled else ''}"
        )


def judge(
    name: str, reached: float, *, least: float | None = None, most: float | None = None
) -> None:
    """Print whether a goal is met: it is to reach at least, or at most, so much."""
    is_met = (least is None or reached >= least) and (most is None or reached <= most)
    goal = f"at least {least:g}" if least is not None else f"at most {most:g}"
    print(f"goal  {name}, {goal}: {'met' if is_met else 'missed'} with {reached:.3g}", flush=True)
