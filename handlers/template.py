"""/templates: the operator's prompts with a blank, drawn with what a person puts there."""

from chat.commands import Command, Options
from chat.errors import StaleButtonError
from chat.model import Button, ButtonPress, CommandCall, Form, FormAnswer, Reply
from handlers.accepting import Asked, accept
from handlers.image import checked_prompt, new_seed, request_from
from handlers.services import Services
from handlers.settings import BLANK
from handlers.texts import texts

VERB = "fill"

TEMPLATES = Command(
    "templates",
    {"en": "Ready prompts: you fill in one blank", "hi": "तैयार वाक्य: बस एक जगह भरिए"},
    is_private=True,
    names={"hi": "नमूने"},
)


async def templates(services: Services, call: CommandCall, _options: Options) -> Reply:
    """Answer /templates: a button for each."""
    words, offered = texts(call.user.language), services.images.templates
    buttons = tuple((Button(name, press=f"v1:fill:{name}"),) for name in offered)
    return Reply(words.templates_offered(offered), buttons, private=True)


async def ask(services: Services, press: ButtonPress, name: str) -> Reply:
    """Ask for what belongs in a template's blank.

    Raises:
        StaleButtonError: The operator no longer offers it.
    """
    template, words = _template(services, press.data, name), texts(press.user.language)
    [blank] = BLANK.findall(template)
    length_max = services.images.prompt_length_max - len(filled(template, ""))
    form = Form(f"v1:{VERB}:{name}", name, blank, length_max=max(1, length_max))
    return Reply(words.template_how(template, blank), form=form)


async def draw(services: Services, answer: FormAnswer, name: str) -> None:
    """Draw a template with its blank filled in; charged like any picture.

    Raises:
        BadValueError: There are too many words.
        MissingOptionError: There are none.
        StaleButtonError: The operator no longer offers it.
    """
    template = _template(services, answer.form, name)
    words = checked_prompt(services.images, answer.words)
    prompt = checked_prompt(services.images, filled(template, words))
    request = request_from({"prompt": prompt}, services.images, new_seed())
    await accept(services, answer, Asked(prompt, request))


def filled(template: str, words: str) -> str:
    """Return the prompt with words in the blank, whatever they hold."""
    return BLANK.sub(lambda _: words, template)


def _template(services: Services, data: str, name: str) -> str:
    if name not in services.images.templates:
        raise StaleButtonError(data)
    return services.images.templates[name]
