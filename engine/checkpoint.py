"""Where a checkpoint is: in a folder of ours, or on the Hugging Face hub."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelMissingError


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What diffusers' `from_pretrained` takes, and whether it must stay off the network."""

    name: str
    is_folder: bool


def find(model: str, setting: str) -> Checkpoint:
    """Tell a folder from an `owner/name` on the hub; a setting names one of them.

    A missing `models/tiny-sd` beside an existing `models` is a missing folder: asking the hub for
    it would give a puzzling answer, or somebody else's model.

    Raises:
        ModelMissingError: it is the name of a folder that is not there.
    """
    path = Path(model).expanduser()
    if path.is_dir():
        return Checkpoint(str(path), is_folder=True)
    is_beside_folders = len(path.parts) > 1 and path.parent.is_dir()
    if is_beside_folders or model.startswith(("/", "~", ".")):
        raise ModelMissingError(model, setting)
    return Checkpoint(model, is_folder=False)


@contextmanager
def whole(model: str, setting: str) -> Iterator[Checkpoint]:
    """Find a checkpoint that is read meanwhile.

    Raises:
        ModelMissingError: it is not there, or not all that is read of it.
    """
    source = find(model, setting)
    try:
        yield source
    except OSError as error:  # files are missing, here or on the hub
        raise ModelMissingError(model, setting) from error
