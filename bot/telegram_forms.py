"""Forms on Telegram: a message that asks to be answered; the answer tells which form it fills in.

Telegram shows a bot the message that is answered, but no data of the bot's own. So the form's id
travels in the address of a link in that message, where it outlives restarts. Only the bot's own
messages are read this way: https://core.telegram.org/bots/api#forcereply
"""

from itertools import chain
from urllib.parse import parse_qs, quote, urlsplit

from telegram import ForceReply, Message, User
from telegram.constants import MessageEntityType

from chat.model import Form, Reply, UserRef
from chat.text import Span, text

_PARAMETER = "form"
_PLACEHOLDER_MAX = 64


def asking(form: Form, reply: Reply, user: UserRef, me: User, *, is_group: bool) -> Reply:
    """The message that asks; in a group it names the one person whose answer is awaited."""
    carrier = f"https://t.me/{me.username}?{_PARAMETER}={quote(form.id, safe='')}"
    named = text(Span(user.name, url=f"tg://user?id={user.id}"), " ") if is_group else text()
    said = text(Span("✏️", url=carrier), " ", named, reply.text)
    return Reply(said, form=form)


def reply_field(form: Form) -> ForceReply:
    """The reply field that opens by itself, for whom the message names."""
    return ForceReply(selective=True, input_field_placeholder=form.label[:_PLACEHOLDER_MAX])


def answered_form(message: Message, me: User) -> str | None:
    """The id of the form that a message answers."""
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or asked.from_user.id != me.id:
        return None
    links = (e.url for e in asked.entities if e.type == MessageEntityType.TEXT_LINK and e.url)
    found = (parse_qs(urlsplit(url).query).get(_PARAMETER, ()) for url in links)
    return next(chain.from_iterable(found), None)
