"""What forwards cost, kept in a file from one start to the next."""

import json
import logging
from pathlib import Path
from typing import Annotated

from pydantic import Field, FiniteFloat, PositiveInt, TypeAdapter

from engine.capacity import Costs

_log = logging.getLogger(__name__)

_Size = Annotated[str, Field(pattern=r"^[1-9]\d*x[1-9]\d*$")]
_Seconds = Annotated[FiniteFloat, Field(gt=0)]
_FILE = TypeAdapter(dict[str, dict[_Size, dict[PositiveInt, _Seconds]]])


class CostsFile:
    """The costs of one model on one device, in a file that may hold those of others."""

    def __init__(self, path: Path, machine: str) -> None:
        self._path = path
        self._machine = machine
        self._kept: Costs = {}

    def load(self) -> Costs:
        """Return what was kept; a file that cannot be read is as good as none."""
        for size, costs in self._read().get(self._machine, {}).items():
            width, height = size.split("x")
            self._kept[int(width), int(height)] = costs
        return self._kept

    def keep(self, costs: Costs) -> None:
        """Write the file if it lacks a number of rows that is known by now."""
        if {size: set(of_size) for size, of_size in costs.items()} == {
            size: set(of_size) for size, of_size in self._kept.items()
        }:
            return
        self._kept = {size: dict(of_size) for size, of_size in costs.items()}
        named = {f"{width}x{height}": of_size for (width, height), of_size in costs.items()}
        unfinished = self._path.with_suffix(".tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(self._read() | {self._machine: named}, indent=1))
            unfinished.replace(self._path)
        except OSError as error:
            _log.warning("what forwards cost is not kept: %s", error)

    def _read(self) -> dict[str, dict[str, dict[int, float]]]:
        try:
            return _FILE.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            _log.warning("what forwards cost is learnt anew: %s", error)
            return {}
