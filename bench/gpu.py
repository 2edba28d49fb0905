"""Everything that is to be measured on a GPU, by one command: `python -m bench.gpu`.

It makes Stable Diffusion 1.5 and Stable Video Diffusion in their true shapes with random weights
(`models.full_size`; nothing is downloaded), runs the benchmarks on them, each in a process of its
own, and says last which goals were met.  What takes too long is ended, and the rest goes on.  It
needs 10 GB on the disk, 24 GB on the GPU, and about a quarter of an hour.  `--device cpu` tries it
out with the miniature models; `--only roofline,video` runs some, and `--compiled` does so with
`engine.compiled`.
"""

import argparse
import subprocess
import sys
import threading
import time
from pathlib import Path

from models import untrained, untrained_video

_MODELS = Path("data/models")
_PARTS = {"roofline": 1, "batching": 5, "video": 3, "sameness": 1}
"""What runs, the most telling first, and the share of the time that it may take."""
_PLANNED = 0.9
"""The part of that for which a table is planned; to start takes time too."""


def measure(device: str, options: list[str], parts: list[str], minutes: float) -> None:
    """Run the parts, and repeat what they said of goals."""
    began = time.monotonic()
    folders = _models(device)
    print(f"models made in {time.monotonic() - began:.0f} s", flush=True)
    goals: list[str] = []
    for at, part in enumerate(parts):
        left_s = 60 * minutes - (time.monotonic() - began)
        share = _PARTS[part] / sum(_PARTS[each] for each in parts[at:])
        said = _run(part, [*map(str, folders), *options], share * left_s)
        goals += [line for line in said if line.startswith("goal")]
    print("\nall goals")
    print("\n".join(goals))


def _run(part: str, arguments: list[str], limit_s: float) -> list[str]:
    """Run a part, passing on what it says, and return that; end it when its time is over."""
    print(f"\n--- {part}", flush=True)
    said = []
    minutes = f"{_PLANNED * limit_s / 60:.2f}"
    command = [sys.executable, "-m", f"bench.{part}", *arguments, "--minutes", minutes]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        timer = threading.Timer(limit_s, process.kill)
        timer.start()
        for line in process.stdout:
            print(line, end="", flush=True)
            said.append(line.rstrip())
        timer.cancel()
    if process.returncode:
        said.append(f"goal  {part} ended early, with {process.returncode}")
        print(said[-1], flush=True)
    return said


def _models(device: str) -> tuple[Path, Path]:
    if device == "cpu":
        small = (_MODELS / "untrained-sd", _MODELS / "untrained-svd")
        untrained.write(small[0])
        untrained_video.write(small[1])
        return small
    full = (_MODELS / "full-sd", _MODELS / "full-svd")
    for kind, folder in zip(("sd", "svd"), full, strict=True):
        command = [sys.executable, "-m", "models.full_size", kind, str(folder), device]
        subprocess.run(command, check=True)  # whose memory is free again when it ends
    return full


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--only", default=",".join(_PARTS))
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--minutes", type=float, default=14.0)
    given = parser.parse_args()
    dtype = "bfloat16" if given.dtype == "auto" and given.device != "cpu" else given.dtype
    options = ["--device", given.device, "--dtype", dtype]
    options += ["--compiled"] if given.compiled else []
    measure(given.device, options, given.only.split(","), given.minutes)


if __name__ == "__main__":
    main()
