"""Several pictures of one request: one card for all; each is charged or given back by itself."""

from dataclasses import replace

from chat.model import Button, Media, Reply
from handlers.grid import grid
from handlers.job_card import job_card, live_card, with_picture
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from store import jobs, users
from store.database import Transaction
from store.jobs import Job


async def request_card(services: Services, tx: Transaction, job_id: str) -> Reply:
    """What the card of a request says now; `with_pictures` adds what it shows."""
    parts = await jobs.parts(tx, job_id)
    if len(parts) == 1 or not any(part.state in {"queued", "done"} for part in parts):
        return await job_card(services, tx, job_id)
    words = texts(await users.language_of(tx, parts[0].user_id))
    if any(part.state == "queued" for part in parts):
        # Its grid comes with the next progress: nobody who decides anything waits for pictures.
        return _live(services, parts, words)
    return await _done(services, tx, parts, words)


async def live_request_card(
    services: Services, tx: Transaction, job_id: str, words: English
) -> Reply:
    """The card of a request that waits or runs, with what there is to see of it."""
    parts = await jobs.parts(tx, job_id)
    if len(parts) == 1:
        return await live_card(services, tx, parts[0], words)
    return replace(_live(services, parts, words), media=await grid(services, tx, parts))


async def with_pictures(services: Services, job_id: str, card: Reply) -> Reply:
    """Add the pictures of a request that has ended to its card."""
    async with services.database.read() as tx:
        parts = await jobs.parts(tx, job_id)
    if len(parts) == 1:
        return await with_picture(services, job_id, card)
    if any(part.state == "queued" for part in parts):
        return card
    media: list[Media] = []
    for part in parts:
        shown = await with_picture(services, part.id, card)
        media += shown.all_media
        if part.state == "done" and not shown.media:
            card = replace(card, text=shown.text)  # it says that the file was lost
    return replace(card, media=media[0], album=tuple(media[1:])) if media else card


def _live(services: Services, parts: list[Job], words: English) -> Reply:
    done = sum(part.state != "queued" for part in parts)
    percents = [_percent(services, part) for part in parts]
    first, last = parts[0], parts[-1]
    says = words.album_running(
        str(first.request["prompt"]),
        done,
        len(parts),
        round(sum(percents) / len(parts)),
        int(last.request["left_after"]),
    )
    buttons = ((Button(words.cancel_job, press=f"v1:cancel:{first.id}"),),)
    return Reply(says, buttons, is_live=True)


def _percent(services: Services, part: Job) -> float:
    if part.state != "queued":
        return 100
    progress = services.progress.get(part.id)
    return 100 * progress.step / progress.steps if progress and progress.position == 0 else 0


async def _done(services: Services, tx: Transaction, parts: list[Job], words: English) -> Reply:
    done = [part for part in parts if part.state == "done"]
    generation = await jobs.get_generation(tx, done[0].id)
    assert generation is not None, "a job is done in the commit that keeps its picture"
    wallet = await services.hours.wallet(tx, generation.user_id)
    says = words.album_done(
        generation.prompt,
        generation.resolution.replace("x", "×"),
        generation.seed,
        len(done),
        len(parts) - len(done),
        wallet.left("image"),
        wallet.seconds_left,
    )
    numbers = tuple(
        Button(f"{number}", press=f"v1:show:{part.id}")
        for number, part in enumerate(parts, start=1)
        if part.state == "done"
    )
    return Reply(says, (numbers, (Button(words.show_session, press="v1:session:"),)))
