"""Write requirements.lock and requirements-dev.lock from what is installed in this environment.

Exact versions without hashes or local labels, so that the same pin is a CPU build here and a CUDA
build on a machine with a GPU.
"""

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

HEADER = "# {what}, exactly. Made from pyproject.toml by `make lock`.\n"


def main() -> None:
    """Lock the product's dependencies, and what the checks need on top."""
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    product = needed(project["dependencies"])
    checks = needed(project["optional-dependencies"]["dev"])
    write("requirements.lock", HEADER.format(what="What the product runs on"), product)
    extra = {name: found for name, found in checks.items() if name not in product}
    header = HEADER.format(what="What the checks need on top") + "-r requirements.lock\n"
    write("requirements-dev.lock", header, extra)


def needed(requirements: list[str]) -> dict[str, Distribution]:
    """Everything these requirements pull in, by normalized name."""
    found: dict[str, Distribution] = {}
    seen: set[str] = set()
    waiting = [Requirement(requirement) for requirement in requirements]
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        try:
            installed = distribution(requirement.name)
        except PackageNotFoundError:
            continue  # another platform's dependency
        found[re.sub(r"[-_.]+", "-", requirement.name).lower()] = installed
        for line in installed.requires or []:
            deeper = Requirement(line)
            extras = requirement.extras or {""}
            if deeper.marker is None or any(deeper.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(deeper)
    return found


def write(path: str, header: str, found: dict[str, Distribution]) -> None:
    """One pin a line, in alphabetical order."""
    pins = sorted(
        (f"{each.metadata['Name']}=={each.version.partition('+')[0]}" for each in found.values()),
        key=str.lower,
    )
    Path(path).write_text(header + "\n".join(pins) + "\n")


if __name__ == "__main__":
    main()
