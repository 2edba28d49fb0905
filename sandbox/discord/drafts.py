"""A message in the making: a request's body checked and turned into what would stand there."""

import io
import mimetypes
from dataclasses import dataclass, replace

import av
from PIL import Image, UnidentifiedImageError

from sandbox.discord import components, permissions
from sandbox.discord.embeds import check_embeds
from sandbox.discord.errors import (
    FormErrors,
    empty_message,
    invalid,
    missing_permissions,
    too_large,
)
from sandbox.discord.mentions import Mentions, read_mentions
from sandbox.discord.records import (
    EPHEMERAL,
    LOADING,
    SILENT,
    SUPPRESS_EMBEDS,
    V2,
    Attachment,
    Channel,
    Message,
)
from sandbox.discord.request import Call, Upload, as_objects
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue

LONGEST_CONTENT = 2_000
MOST_FILES = 10
_SENDABLE = SUPPRESS_EMBEDS | SILENT | V2 | EPHEMERAL
_CONTENT_FIELDS = {"content", "embeds", "components", "attachments", "flags", "allowed_mentions"}
_FIELDS = _CONTENT_FIELDS | {"tts", "nonce", "enforce_nonce", "message_reference", "sticker_ids"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a request puts into a message. Parts that an edit leaves alone are None."""

    content: str | None
    embeds: tuple[Json, ...] | None
    components: tuple[Json, ...] | None
    attachments: tuple[Attachment, ...] | None
    flags: int
    mentions: Mentions


def read_draft(
    discord: Discord, channel: Channel, call: Call, body: Json, *, before: Message | None = None
) -> Draft:
    """Check a body; `before` is the message an edit starts from.

    Raises:
        ApiError: 50035 for wrong fields, 40005 for files too large, 50013 where files or embeds
            are not allowed, 50006 for a message that would be empty.
    """
    for name in sorted(set(body) - _FIELDS):
        discord.fault(f"message with unknown field {name}")
    flags = _flags(body, before)
    errors = FormErrors()
    content = body.get("content")
    errors.length("content", content or "", LONGEST_CONTENT)
    embeds = as_objects(body.get("embeds"), "embeds")
    check_embeds(errors, embeds)
    laid_out = as_objects(body.get("components"), "components")
    components.check_message(errors, laid_out, v2=bool(flags & V2))
    if flags & V2 and (content or embeds):
        code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
        errors.add("flags", code, "The 'content' and 'embeds' fields cannot be used with v2")
    mentions = read_mentions(errors, body.get("allowed_mentions"))
    errors.raise_if_any()
    _check_allowed(discord, channel, call, embeds)
    draft = Draft(
        content=str(content or "") if "content" in body else None,
        embeds=tuple(embeds) if "embeds" in body else None,
        components=components.numbered(laid_out) if "components" in body else None,
        attachments=_attachments(discord, channel, call, body, before),
        flags=flags,
        mentions=mentions,
    )
    _check_not_empty(draft, before)
    return draft


def _flags(body: Json, before: Message | None) -> int:
    flags = body.get("flags") or 0
    if not isinstance(flags, int):
        raise invalid("flags", "NUMBER_TYPE_COERCE", f'Value "{flags}" is not int.')
    return flags & _SENDABLE | (before.flags & V2 if before else 0)


def _check_allowed(discord: Discord, channel: Channel, call: Call, embeds: list[Json]) -> None:
    allowed = discord.app_permissions(channel)
    if call.uploads and not allowed & permissions.ATTACH_FILES:
        raise missing_permissions()
    if embeds and not allowed & permissions.EMBED_LINKS:
        raise missing_permissions()


def _check_not_empty(draft: Draft, before: Message | None) -> None:
    old = before or Message(0, "", "", 0)
    parts = (
        (draft.content, old.content),
        (draft.embeds, old.embeds),
        (draft.components, old.components),
        (draft.attachments, old.attachments),
    )
    if not any(old_part if new is None else new for new, old_part in parts):
        raise empty_message()


def _attachments(
    discord: Discord, channel: Channel, call: Call, body: Json, before: Message | None
) -> tuple[Attachment, ...] | None:
    """Kept and new files. An edit keeps what `attachments` lists, or all where it is absent."""
    if "attachments" not in body and not call.uploads:
        return None
    listed = as_objects(body.get("attachments"), "attachments")
    about = {str(item.get("id")): item for item in listed}
    old = before.attachments if before else ()
    kept = [a for a in old if "attachments" not in body or str(a.id) in about]
    if len(kept) + len(call.uploads) > MOST_FILES:
        message = f"Must be {MOST_FILES} or fewer in length."
        raise invalid("attachments", "BASE_TYPE_MAX_LENGTH", message)
    if any(len(upload.content) > discord.size_limit for upload in call.uploads.values()):
        raise too_large()
    _check_listed(about, kept, call)
    new = [
        keep_upload(discord, channel, upload, about.get(str(number), {}))
        for number, upload in sorted(call.uploads.items())
    ]
    return (*(_described(a, about.get(str(a.id), {})) for a in kept), *new)


def _check_listed(about: dict[str, Json], kept: list[Attachment], call: Call) -> None:
    known = {str(a.id) for a in kept} | {str(number) for number in call.uploads}
    errors = FormErrors()
    for index, (number, item) in enumerate(about.items()):
        if number not in known:
            code = "ATTACHMENT_NOT_FOUND"
            errors.add(f"attachments.{index}.id", code, f"Attachment data for {number} not found")
        errors.length(f"attachments.{index}.description", item.get("description") or "", 1024)
    errors.raise_if_any()


def _described(kept: Attachment, about: Json) -> Attachment:
    return (
        replace(kept, description=_text(about["description"])) if "description" in about else kept
    )


def keep_upload(discord: Discord, channel: Channel, upload: Upload, about: Json) -> Attachment:
    """Store a file; the type follows its name, the size in pixels its bytes."""
    name = str(about.get("filename") or upload.name).replace(" ", "_").replace("/", "_")
    if about.get("is_spoiler") is True and not name.startswith("SPOILER_"):
        name = f"SPOILER_{name}"
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    stored = discord.attach(channel, name, mime, upload.content, _text(about.get("description")))
    width, height = _sides(mime, upload.content)
    if not width:
        return stored
    sized = discord.world.refile(replace(stored.file, width=width, height=height))
    discord.attachments[stored.id] = replace(stored, file=sized)
    return discord.attachments[stored.id]


def _sides(mime: str, content: bytes) -> tuple[int, int]:
    """Width and height of a picture or clip; zero for all else."""
    try:
        if mime.startswith("image/"):
            with Image.open(io.BytesIO(content)) as picture:
                return picture.size
        if mime.startswith("video/"):
            with av.open(io.BytesIO(content)) as clip:
                return clip.streams.video[0].width, clip.streams.video[0].height
    except (UnidentifiedImageError, OSError, av.FFmpegError, IndexError):
        pass
    return 0, 0


def _text(value: JsonValue) -> str | None:
    return str(value) if value else None


def filled(discord: Discord, message: Message, draft: Draft) -> Message:
    """A message with a draft's parts in place of its own; it no longer loads."""
    content = message.content if draft.content is None else draft.content
    channel = discord.channels[message.channel]
    reply = discord.message(message.channel, message.reply_to)
    mentions = draft.mentions.of(discord, content, reply.author if reply else None)
    may_everyone = discord.app_permissions(channel) & permissions.MENTION_EVERYONE
    return replace(
        message,
        content=content,
        embeds=message.embeds if draft.embeds is None else draft.embeds,
        components=message.components if draft.components is None else draft.components,
        attachments=message.attachments if draft.attachments is None else draft.attachments,
        flags=(message.flags & ~LOADING) | (draft.flags & ~EPHEMERAL),
        mentions=mentions,
        everyone=bool(may_everyone) and draft.mentions.everyone_in(content),
    )
