"""From the settings to what draws."""

from collections.abc import Mapping, Sequence

from engine.automatic1111 import Automatic1111
from engine.backend import Backend, BackendSettings
from engine.chain import Chain, Link
from engine.comfyui import ComfyUI
from engine.engine import Engine
from engine.huggingface import HuggingFace
from engine.remote import Remote
from engine.sdnext import SdNext
from engine.settings import EngineSettings

REMOTES: Mapping[str, type[Remote]] = {
    "automatic1111": Automatic1111,
    "sdnext": SdNext,
    "comfyui": ComfyUI,
    "huggingface": HuggingFace,
}


def drawer(
    settings: EngineSettings, backends: Sequence[BackendSettings], secrets: Mapping[str, str]
) -> Engine | Chain:
    """What draws by these settings: the local engine alone, unless others are named."""
    if not backends:
        return Engine(settings)
    links = []
    for each in backends:
        secret = secrets.get(each.name, "")
        backend: Backend = (
            Engine(settings)
            if each.kind == "local"
            else REMOTES[each.kind](each, secret, settings.queue_max)
        )
        links.append(Link(each.name, each.kind, backend))
    return Chain(links, settings.budget_s)
