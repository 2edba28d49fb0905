"""From the settings to what draws."""

import logging
from collections.abc import Mapping, Sequence

from engine.automatic1111 import Automatic1111
from engine.backend import Backend, BackendSettings
from engine.chain import Chain
from engine.comfyui import ComfyUI
from engine.engine import Engine
from engine.huggingface import HuggingFace
from engine.inspector import Inspector
from engine.link import Link
from engine.remote import Remote
from engine.sdnext import SdNext
from engine.settings import EngineSettings

_log = logging.getLogger(__name__)

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
        is_here = each.kind == "local"
        backend: Backend = Engine(settings) if is_here else _remote(each, secret, settings)
        links.append(Link(each.name, each.kind, backend))
    elsewhere = [link.name for link in links if link.is_elsewhere]
    if elsewhere and not settings.safety_model:
        _log.warning("no safety checker looks at what %s draws", ", ".join(elsewhere))
    inspector = Inspector(settings) if elsewhere and settings.safety_model else None
    return Chain(links, settings.budget_s, inspector)


def _remote(backend: BackendSettings, secret: str, settings: EngineSettings) -> Remote:
    """A back end elsewhere; where a safety checker is set no preview goes round it."""
    remote = REMOTES[backend.kind](backend, secret, settings.queue_max)
    remote.glimpses.every_s = 0 if settings.safety_model else settings.preview_every_s
    return remote
