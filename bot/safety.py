"""Whether a safety checker looks at what back ends elsewhere draw, for `bot.doctor`."""

from bot.finding import Finding
from bot.settings import Settings
from engine.errors import EngineError, ModelMissingError
from engine.inspector import Inspector


async def looked_at(settings: Settings) -> list[Finding]:
    """Start the checker once, if there is anything for it to do."""
    names = ", ".join(each.name for each in settings.backends if each.kind != "local")
    if not names:
        return []
    if not settings.engine.safety_model:
        words = f"nothing looks at what {names} draws: set engine.safety_model"
        return [Finding("warning", "safety", words)]
    try:
        async with Inspector(settings.engine) as inspector:
            await inspector.ready()
    except ModelMissingError as error:
        words = f"no checker at {error.path}, so nothing that {names} draws will be shown"
        return [Finding("bad", "safety", f"{words}: set engine.safety_model to a folder or an id")]
    except EngineError as error:
        return [Finding("bad", "safety", f"the checker does not start ({error}): see the log")]
    return [Finding("good", "safety", f"what {names} draws is looked at before it is shown")]
