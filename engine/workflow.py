"""A workflow of ComfyUI: the operator's file, and what is put into it and taken out of it.

Wire facts: the file is a graph as *Export (API)* saves it, nodes by their ids, each with `inputs`.
The history names what a node has saved in lists: `images` by ComfyUI's own nodes (also for
animations and videos), `gifs` by the Video Helper Suite's (whatever the format), `videos` by some.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from engine.backend import BackendSettings, TaskSettings

Graph = dict[str, Any]

_PLACE = ("filename", "subfolder", "type")
_KEPT = "output"
_PICTURES, _CLIPS = ("images",), ("gifs", "videos", "images")


class NoWorkflowError(Exception):
    """The file cannot be read, or has no such place."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A file, the places in it, and the node whose work is taken."""

    path: str
    inputs: Mapping[str, str]
    output: str = ""
    is_clip: bool = False

    @classmethod
    def of(cls, settings: BackendSettings | TaskSettings, *, is_clip: bool = False) -> Self:
        """The one that the settings name."""
        return cls(settings.workflow, settings.inputs, settings.output, is_clip)

    @property
    def name(self) -> str:
        """What its pictures are said to be drawn with."""
        return Path(self.path).stem

    def filled(self, values: Mapping[str, Any]) -> Graph:
        """Read the file, a small one, and put in the values that it has a place for.

        Raises:
            NoWorkflowError: it cannot be read, or lacks a place of the mapping.
        """
        try:
            graph = json.loads(Path(self.path).read_text(encoding="utf-8"))
            for name, place in self.inputs.items():
                node, _, entry = place.partition(".")
                known = graph[node]["inputs"][entry]
                graph[node]["inputs"][entry] = values.get(name, known)
        except (OSError, ValueError) as error:
            raise NoWorkflowError(f"{self.path!r} is no workflow that can be read") from error
        except (KeyError, TypeError) as error:
            raise NoWorkflowError(f"the workflow has no input {error}") from error
        return dict(graph)

    def made(self, outputs: Mapping[str, Any]) -> dict[str, str] | None:
        """Where the file is, to be asked for: the wanted node's, else of the first that has one.

        What is saved to be kept goes before what a node shows on the way.
        """
        nodes = [self.output] if self.output else list(outputs)
        for kind in _CLIPS if self.is_clip else _PICTURES:
            found = [place for node in nodes if (place := _place(outputs.get(node), kind))]
            kept = [place for place in found if place["type"] == _KEPT]
            if kept or found:
                return (kept or found)[0]
        return None


def _place(saved: object, kind: str) -> dict[str, str] | None:
    files = saved.get(kind) if isinstance(saved, dict) else None
    if isinstance(files, list) and files and isinstance(files[0], dict):
        return {key: str(files[0].get(key, "")) for key in _PLACE}
    return None
