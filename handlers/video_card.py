"""A finished clip: its caption, its buttons and its file."""

import logging

from chat.model import Button, Media, Reply
from chat.text import lines
from handlers.offering import shown_prompt
from handlers.scene import Scene
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from store import users, videos
from store.database import Transaction
from store.errors import MediaMissingError
from store.jobs import Job

log = logging.getLogger(__name__)


async def video_card(services: Services, tx: Transaction, job: Job, words: English) -> Reply:
    """What the card of a finished clip says; `with_clip` adds the clip."""
    video = await videos.get(tx, job.id)
    assert video is not None, "a job is done in the commit that keeps its clip"
    wallet = await services.hours.wallet(tx, job.user_id)
    size = video.resolution.replace("x", "×")
    facts = f"{size} · {video.parameters['duration_s']:.1f} s · seed {video.seed}"
    limit = wallet.usage["video"].limit if wallet.running else 0
    prompt, left = shown_prompt(video.prompt, words), wallet.left("video")
    said = [words.video_done(prompt, facts, job.cost, left, limit, wallet.seconds_left)]
    if given_back := int(video.parameters["given_back_s"]):
        said.append(words.given_back(given_back))
    return Reply(lines(said), _result_buttons(words, job.id))


async def with_clip(services: Services, job: Job, reply: Reply) -> Reply:
    """Add the clip of a finished job to its card."""
    async with services.database.read() as tx:
        video = await videos.get(tx, job.id)
        if video is None:
            return reply
        words = texts(await users.language_of(tx, video.user_id))
    try:
        data = await services.blobs.get(video.video_url)
    except MediaMissingError:
        log.exception("the clip of job %s is gone", job.id)
        return Reply(lines([reply.text, words.video_lost()]), reply.buttons)
    width, height = (int(side) for side in video.resolution.split("x"))
    media = Media(
        "video",
        f"{job.id}.mp4",
        data,
        width,
        height,
        alt=shown_prompt(video.prompt, words),
        duration_s=float(video.parameters["duration_s"]),
        thumbnail=await _thumbnail(services, str(video.parameters["thumbnail"])),
        spoiler=Scene.from_json(job.request).is_covered,
    )
    return Reply(reply.text, reply.buttons, media=media)


async def _thumbnail(services: Services, key: str) -> bytes | None:
    """The small picture that stands for a clip; platforms do without as well."""
    try:
        return await services.blobs.get(key)
    except MediaMissingError:
        log.warning("the thumbnail %s is gone", key)
        return None


def again(words: English, job_id: str) -> tuple[tuple[Button, ...], ...]:
    """The button that offers a clip once more."""
    return ((Button(words.again, press=f"v1:video_again:{job_id}"),),)


def _result_buttons(words: English, job_id: str) -> tuple[tuple[Button, ...], ...]:
    [again_alone] = again(words, job_id)
    return (
        (*again_alone, Button(words.original, press=f"v1:original:{job_id}")),
        (
            Button(words.details, press=f"v1:details:{job_id}"),
            Button(words.show_session, press="v1:session:"),
        ),
    )
