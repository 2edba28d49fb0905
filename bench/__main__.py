"""Every benchmark, one after another: `make bench`."""

import subprocess
import sys
from pathlib import Path

MODEL = Path("data/models/untrained-sd")
VIDEO_MODEL = Path("data/models/untrained-svd")
BENCHMARKS = (
    ("bench.commands",),
    ("bench.storm",),
    ("bench.engine_overhead", str(MODEL)),
    ("bench.roofline", str(MODEL)),
    ("bench.batching", str(MODEL), str(VIDEO_MODEL), "--minutes", "20"),
    ("bench.video", str(MODEL), str(VIDEO_MODEL)),
)


def main() -> None:
    """Run each in a process of its own, so that none warms another's caches."""
    for module, *arguments in BENCHMARKS:
        print(f"\n{module}", flush=True)
        subprocess.run([sys.executable, "-m", module, *arguments], check=True)


if __name__ == "__main__":
    main()
