"""*Edit prompt*: the same picture in other words; size, style, seed and all else stay."""

from dataclasses import replace

from chat.model import ButtonPress, Form, FormAnswer, Reply
from handlers.accepting import Asked, accept, asked_of
from handlers.image import checked_prompt
from handlers.people import own_job
from handlers.services import Services
from handlers.settings import ImageSettings
from handlers.texts import texts

VERB = "reword"


async def ask(services: Services, press: ButtonPress, job_id: str) -> Reply:
    """Ask for other words than those of a job."""
    job = await services.database.write(lambda tx: own_job(tx, press, job_id, services.clock()))
    prompt, words = asked_of(job).prompt, texts(press.user.language)
    form = Form(
        f"v1:{VERB}:{job_id}",
        words.reword,
        words.new_words,
        prompt,
        services.images.prompt_length_max,
    )
    return Reply(words.reword_how(prompt), form=form)


async def draw(services: Services, answer: FormAnswer, job_id: str) -> None:
    """Draw a job in other words; charged like any picture.

    Raises:
        BadValueError: There are too many of them.
        MissingOptionError: There are none.
    """
    prompt = checked_prompt(services.images, answer.words)
    job = await services.database.write(lambda tx: own_job(tx, answer, job_id, services.clock()))
    await accept(services, answer, reworded(asked_of(job), prompt, services.images))


def reworded(asked: Asked, prompt: str, settings: ImageSettings) -> Asked:
    """The same request for other words, in the style that the former ones were drawn in."""
    templates = (
        template
        for template in settings.styles.values()
        if template.replace("{prompt}", asked.prompt) == asked.request.prompt
    )
    styled = next(templates, "{prompt}").replace("{prompt}", prompt)
    return replace(asked, prompt=prompt, request=replace(asked.request, prompt=styled))
