"""/pictures: what somebody drew before, clips too, found by its words and shown again."""

from collections.abc import Sequence
from dataclasses import replace

from chat.commands import Command, Option, Options, Suggestion
from chat.model import Button, ButtonPress, CommandCall, Reply, Typing, UserRef
from handlers.job_card import job_card, with_picture
from handlers.offering import shown_prompt
from handlers.people import own_job
from handlers.picture import own_generation
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from handlers.texts.numbers import short
from store import jobs, users, videos
from store.jobs import Generation
from store.videos import Video

LISTED = 8
SUGGESTED = 25
LABEL_MAX = 60

PICTURES = Command(
    "pictures",
    {"en": "What you drew, to see again", "hi": "जो आपने बनाया, फिर से देखें"},
    (
        Option(
            "picture",
            {"en": "Some of its words", "hi": "उसके कुछ शब्द"},
            is_rest=True,
            is_suggested=True,
            length_max=100,
            names={"hi": "चित्र"},
        ),
    ),
    is_private=True,
    names={"hi": "तस्वीरें"},
)


async def pictures(services: Services, call: CommandCall, options: Options) -> Reply:
    """Answer /pictures: the one that was meant, or a list to choose from."""
    words = texts(call.user.language)
    searched = str(options.get("picture", ""))
    found = await _found(services, call.user, searched, LISTED, with_clips=True)
    if not found:
        return Reply(words.no_pictures(searched), private=True)
    if searched and len(found) == 1:
        return await _shown(services, call.user, found[0])
    buttons = tuple((Button(_label(one, words), press=f"v1:show:{one.id}"),) for one in found)
    return Reply(words.pictures_found(), buttons, private=True)


async def suggest(services: Services, typing: Typing) -> Sequence[Suggestion]:
    """The pictures that fit what is being typed."""
    found = await _found(services, typing.user, typing.words.strip(), SUGGESTED)
    words = texts(typing.user.language)
    return [Suggestion(_label(one, words), one.id) for one in found]


async def show(services: Services, press: ButtonPress, job_id: str) -> Reply:
    """Show a picture of the list."""
    async with services.database.read() as tx:
        video = await videos.get(tx, job_id)
    if video is None:
        return await _shown(services, press.user, await own_generation(services, press, job_id))
    await services.database.write(lambda tx: own_job(tx, press, job_id, services.clock()))
    return await _shown(services, press.user, video)


async def _found(
    services: Services, who: UserRef, words: str, limit: int, *, with_clips: bool = False
) -> list[Generation | Video]:
    async with services.database.read() as tx:
        user = await users.find(tx, who.platform, who.id)
        if user is None:
            return []
        found: list[Generation | Video] = [*await jobs.generations(tx, user.id, words, limit)]
        if with_clips:
            found += await videos.find(tx, user.id, words, limit)
    return sorted(found, key=lambda one: one.created_at, reverse=True)[:limit]


async def _shown(services: Services, who: UserRef, one: Generation | Video) -> Reply:
    card = await services.database.write(lambda tx: job_card(services, tx, one.id))
    words = texts(who.language)
    prompt = shown_prompt(one.prompt, words)
    said = words.picture_again(prompt, one.resolution, one.seed, one.created_at)
    return replace(await with_picture(services, one.id, replace(card, text=said)), private=True)


def _label(one: Generation | Video, words: English) -> str:
    told = short(" ".join(shown_prompt(one.prompt, words).split()), LABEL_MAX)
    return f"▶ {told}" if isinstance(one, Video) else told
