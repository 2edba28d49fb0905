"""/admin health: what draws, and how each back end is doing."""

from chat.model import CommandCall, Reply
from chat.text import Text, code, lines, text
from engine.health import EngineHealth
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English


async def look_at_health(services: Services, call: CommandCall, _target: str, _: str) -> Reply:
    """Everything that draws, as it is now."""
    health, words = services.engine.health(), texts(call.user.language)
    return Reply(lines(_lines(health, words)), private=True)


def _lines(health: EngineHealth, words: English) -> list[Text]:
    facts = " · ".join(filter(None, (health.model, health.device, health.dtype)))
    shown = [words.admin_engine(health.running, health.queued, is_ready=health.is_ready)]
    shown += [text(code(facts))] if facts else []
    return shown + [
        words.admin_backend(each.name, each.drawn, each.failed, each.rest_s, each.trouble)
        for each in health.backends
    ]
