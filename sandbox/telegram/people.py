"""What people do in Telegram, and the updates the bot gets from it."""

import re
import secrets

from sandbox.records import BOT, Chat, Json, JsonValue, Media, Message, Person
from sandbox.telegram.bot import Bot, Query
from sandbox.telegram.entities import render_person, with_found
from sandbox.telegram.render import BOT_USERNAME

_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@(\w+))?(?!\w)")


def say(
    bot: Bot,
    person: Person,
    chat: Chat,
    text: str,
    *,
    media: Media | None = None,
    reply_to: int | None = None,
) -> Message:
    """A person writes, with a picture perhaps; writing to the bot also unblocks it."""
    _open(bot, person, chat)
    text = text.strip()
    message = Message(
        id=bot.world.next_message_id(),
        chat=chat.key,
        sender=person.key,
        sent=int(bot.world.now()),
        text=text,
        entities=with_found(text, ()),
        media=media,
        reply_to=reply_to,
    )
    bot.world.post(message)
    if _reaches_bot(bot, chat, message):
        bot.updates.add("message", bot.render.message(message))
    return message


def _open(bot: Bot, person: Person, chat: Chat) -> None:
    if chat.kind != "private":
        return
    if person.key in bot.world.blocked:
        set_blocked(bot, person, blocked=False)
    bot.world.started.add(chat.key)


def _reaches_bot(bot: Bot, chat: Chat, message: Message) -> bool:
    """Privacy mode: in groups the bot sees commands meant for it and replies to it."""
    if chat.kind == "private":
        return True
    command = _COMMAND.match(message.text)
    if command and (command[1] or BOT_USERNAME).lower() == BOT_USERNAME.lower():
        return True
    original = bot.world.message(chat.key, message.reply_to or 0)
    return original is not None and original.sender == BOT


def press(bot: Bot, person: Person, message: Message, data: str) -> Query:
    """A person presses a callback button."""
    query = Query(str(secrets.randbits(62)), person.key, message.chat, bot.world.now())
    bot.queries[query.id] = query
    body: Json = {
        "id": query.id,
        "from": render_person(person),
        "chat_instance": str(-(abs(bot.world.chats[message.chat].id) * 31 + 7)),
        "data": data,
        "message": bot.render.message(message),
    }
    bot.updates.add("callback_query", body)
    return query


def set_blocked(bot: Bot, person: Person, *, blocked: bool) -> None:
    """A person stops the bot, or lets it speak again."""
    if (person.key in bot.world.blocked) == blocked:
        return
    bot.world.set_blocked(person.key, blocked=blocked)
    before, after = _member(bot, blocked=not blocked), _member(bot, blocked=blocked)
    body: Json = {
        "chat": bot.render.chat(bot.world.chats[person.key]),
        "from": render_person(person),
        "date": int(bot.world.now()),
        "old_chat_member": before,
        "new_chat_member": after,
    }
    bot.updates.add("my_chat_member", body)


def _member(bot: Bot, *, blocked: bool) -> JsonValue:
    member: Json = {"status": "kicked" if blocked else "member", "user": bot.render.bot()}
    return member | {"until_date": 0} if blocked else member
