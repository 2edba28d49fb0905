"""The card of a job, drawn from what the database holds."""

import logging

from billing.hours import Wallet
from chat.model import Button, Media, Reply
from chat.text import Text, lines
from handlers.accepting import asked_of
from handlers.offering import shown_prompt
from handlers.preview import preview
from handlers.services import Services
from handlers.standstill import card_news
from handlers.texts import texts
from handlers.texts.english import English
from handlers.video_card import again, video_card, with_clip
from store import jobs, users
from store.database import Transaction
from store.errors import MediaMissingError
from store.jobs import Generation, Job

log = logging.getLogger(__name__)


async def job_card(services: Services, tx: Transaction, job_id: str) -> Reply:
    """What the card says now; `with_picture` adds the picture, outside of the transaction."""
    job = await jobs.get(tx, job_id)
    assert job is not None, "a card is written in the commit that accepts its job"
    words = texts(await users.language_of(tx, job.user_id))
    wallet = await services.hours.wallet(tx, job.user_id)
    prompt, left = shown_prompt(str(job.request["prompt"]), words), wallet.left(job.kind)
    match job.state:
        case "queued":
            return await live_card(services, tx, job, words)
        case "done" if job.kind == "video":
            return await video_card(services, tx, job, words)
        case "done":
            generation = await jobs.get_generation(tx, job_id)
            assert generation is not None, "a job is done in the commit that keeps its picture"
            return Reply(
                _caption(words, generation, wallet), _result_buttons(services, words, job_id)
            )
        case "cancelled":
            return Reply(words.job_cancelled(prompt, job.kind, left), _once_more(words, job))
        case "failed":
            assert job.failure is not None, "a job fails for a reason"
            why = words.failures[job.failure].format(detail=job.failure_detail)
            said = words.job_failed(prompt, why, job.kind, left)
            news, way_out = await card_news(services, tx, job, words)
            buttons = (*_once_more(words, job), *((way_out,) if way_out else ()))
            return Reply(lines([said, *news]), buttons)


async def live_card(services: Services, tx: Transaction, job: Job, words: English) -> Reply:
    """The card of a job that waits or runs."""
    prompt = shown_prompt(str(job.request["prompt"]), words)
    buttons = ((Button(words.cancel_job, press=f"v1:cancel:{job.id}"),),)
    progress = services.progress.get(job.id)
    if progress and progress.position == 0 and progress.step > 0:
        says = words.job_running(prompt, round(100 * progress.step / progress.steps))
    else:
        ahead = await jobs.ahead(tx, job)
        eta_s = progress.eta_s if progress else await _far_behind_s(services, tx, job, ahead)
        left = int(job.request["left_after"])
        soon = round(eta_s) if eta_s else None
        says = words.job_queued(prompt, ahead, soon, job.kind, job.cost, left)
    if services.progress.began_again(job.id):
        says = lines([says, words.began_again()])
    return Reply(says, buttons, media=preview(services, job), is_live=True)


async def _far_behind_s(services: Services, tx: Transaction, job: Job, ahead: int) -> float | None:
    """About when a job is done that the engine does not know of yet, by how fast those go."""
    awaited = services.progress.awaited
    alike = [awaited[job_id] for job_id in await jobs.of_kind(tx, job.kind, list(awaited))]
    return max(alike) * max(1.0, (ahead + 1) / len(alike)) if alike else None


async def with_picture(services: Services, job_id: str, reply: Reply) -> Reply:
    """Add the picture or the clip of a finished job to its card."""
    async with services.database.read() as tx:
        job, generation = await jobs.get(tx, job_id), await jobs.get_generation(tx, job_id)
        words = texts(await users.language_of(tx, generation.user_id)) if generation else None
    if job is not None and job.kind == "video":
        return await with_clip(services, job, reply)
    if job is None or generation is None or words is None:
        return reply
    try:
        data = await services.blobs.get(generation.image_url)
    except MediaMissingError:
        log.exception("the picture of job %s is gone", job_id)
        return Reply(lines([reply.text, words.picture_lost()]), reply.buttons)
    width, height = (int(side) for side in generation.resolution.split("x"))
    media = Media(
        "photo",
        f"{job_id}.png",
        data,
        width,
        height,
        alt=generation.prompt,
        spoiler=asked_of(job).is_covered,
    )
    return Reply(reply.text, reply.buttons, media=media)


def _caption(words: English, generation: Generation, wallet: Wallet) -> Text:
    facts = f"{generation.resolution.replace('x', '×')} · seed {generation.seed}"
    limit = wallet.usage["image"].limit if wallet.running else 0
    left = wallet.left("image")
    caption = words.job_done(generation.prompt, facts, left, limit, wallet.seconds_left)
    given_back = int(generation.parameters.get("given_back_s", 0))
    return lines([caption, words.given_back(given_back)]) if given_back else caption


def _result_buttons(
    services: Services, words: English, job_id: str
) -> tuple[tuple[Button, ...], ...]:
    animate = Button(words.animate, press=f"v1:animate:{job_id}")
    vary = Button(words.vary, press=f"v1:vary:{job_id}")
    return (
        (
            Button(words.again, press=f"v1:again:{job_id}"),
            *((vary,) if services.engine.draws_over else ()),
            *((animate,) if services.engine.animates else ()),
        ),
        (
            Button(words.reword, press=f"v1:reword:{job_id}"),
            Button(words.original, press=f"v1:original:{job_id}"),
        ),
        (
            Button(words.details, press=f"v1:details:{job_id}"),
            Button(words.show_session, press="v1:session:"),
        ),
    )


def _once_more(words: English, job: Job) -> tuple[tuple[Button, ...], ...]:
    if job.kind == "video":
        return again(words, job.id)
    return ((Button(words.again, press=f"v1:again:{job.id}"),),)
