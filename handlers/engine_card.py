"""/admin health: what draws and takes money, and how each back end is doing."""

import math

from chat.model import CommandCall, Reply
from chat.text import Text, code, lines, text
from engine.health import EngineHealth
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English


async def look_at_health(services: Services, call: CommandCall, _target: str, _: str) -> Reply:
    """Everything that draws or takes money, as it is now."""
    health, words = services.engine.health(), texts(call.user.language)
    shown = _lines(health, words)
    if gateway := services.gateway:
        rest_s = math.ceil(gateway.rest_s)
        shown.append(words.admin_gateway("Razorpay", rest_s, gateway.trouble))
    return Reply(lines(shown), private=True)


def _lines(health: EngineHealth, words: English) -> list[Text]:
    facts = " · ".join(filter(None, (health.model, health.device, health.dtype)))
    shown = [words.admin_engine(health.running, health.queued, is_ready=health.is_ready)]
    shown += [text(code(facts))] if facts else []
    return shown + [
        words.admin_backend(each.name, each.drawn, each.failed, each.rest_s, each.trouble)
        for each in health.backends
    ]
