"""What Telegram reports, in the conversation's words."""

import json
import re

from telegram import (
    Bot,
    CallbackQuery,
    Chat,
    Document,
    Message,
    PhotoSize,
    PreCheckoutQuery,
    Update,
    User,
)
from telegram.constants import ChatType

from bot.telegram_forms import answered_form
from bot.telegram_stars import told
from chat.model import (
    Address,
    ButtonPress,
    Charged,
    Checkout,
    CommandCall,
    FormAnswer,
    Incoming,
    PictureRef,
    PlainText,
    UserRef,
)

PLATFORM = "telegram"
KINDS = ("message", "callback_query", "pre_checkout_query")
"""The updates asked for; Telegram keeps all others to itself."""

_COMMAND = re.compile(r"/(?P<name>\w{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.DOTALL)


def to_incoming(update: Update, me: User) -> Incoming | None:
    """What a person did to the bot `me`, or None when it does not concern the bot.

    Groups speak to the bot by commands, buttons and answers to its forms alone; other bots are
    not listened to.
    """
    event_id = f"{PLATFORM}:{me.id}:{update.update_id}"
    if update.callback_query is not None:
        return _press(event_id, update.callback_query)
    if update.pre_checkout_query is not None:
        return _checkout(event_id, update.pre_checkout_query)
    if update.message is not None:
        return _charged(event_id, update.message) or _words(event_id, update.message, me)
    return None


def read_update(raw: bytes, bot: Bot) -> Update:
    """An update as Telegram posts it.

    Raises:
        ValueError: This is none.
    """
    try:
        return Update.de_json(json.loads(raw), bot)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("no update of the Bot API") from error


def deep_link(me: User, payload: str) -> str:
    """A link that opens the chat with the bot `me` and gives `/start payload`."""
    return f"https://t.me/{me.username}?start={payload}"


def _press(event_id: str, query: CallbackQuery) -> ButtonPress | None:
    if query.message is None or query.data is None or query.from_user.is_bot:
        return None
    thread = _thread(query.message) if isinstance(query.message, Message) else None
    address = Address(
        PLATFORM,
        str(query.message.chat.id),
        private=_is_private(query.message.chat),
        thread=thread,
        message=str(query.message.message_id),
    )
    return ButtonPress(event_id, _user(query.from_user), address, query.data)


def _checkout(event_id: str, query: PreCheckoutQuery) -> Checkout:
    user = _user(query.from_user)
    address = Address(PLATFORM, user.id, private=True)
    payload, amount = query.invoice_payload, query.total_amount
    return Checkout(event_id, user, address, payload, amount, query.currency)


def _charged(event_id: str, message: Message) -> Charged | None:
    payment = message.successful_payment
    if payment is None or message.from_user is None:
        return None
    address = _address(message, quotes=False)
    return Charged(event_id, _user(message.from_user), address, told(message, payment))


def _words(event_id: str, message: Message, me: User) -> Incoming | None:
    words = message.text or message.caption
    if words is None or message.from_user is None or message.from_user.is_bot:
        return None
    user = _user(message.from_user)
    command = _COMMAND.fullmatch(words)
    if command is None:
        if form := answered_form(message, me):
            return FormAnswer(event_id, user, _address(message, quotes=True), form, words)
        if not _is_private(message.chat):
            return None
        return PlainText(event_id, user, _address(message, quotes=True), words)
    if command["bot"] and command["bot"].casefold() != (me.username or "").casefold():
        return None
    arguments = command["rest"] or ""
    # A bare command in a private chat is answered without repeating it.
    quotes = bool(arguments) or not _is_private(message.chat)
    address = _address(message, quotes=quotes)
    picture = _picture(message) or _picture(message.reply_to_message)
    return CommandCall(event_id, user, address, command["name"].lower(), arguments, picture)


def _picture(message: Message | None) -> PictureRef | None:
    """The picture of a message in its largest size, sent as a photo or as a file."""
    if message is None:
        return None
    file: PhotoSize | Document | None = message.photo[-1] if message.photo else message.document
    if isinstance(file, Document) and not (file.mime_type or "").startswith("image/"):
        return None
    return PictureRef(file.file_id, file.file_size or 0) if file else None


def _address(message: Message, *, quotes: bool) -> Address:
    return Address(
        PLATFORM,
        str(message.chat.id),
        private=_is_private(message.chat),
        thread=_thread(message),
        reply_to=str(message.message_id) if quotes else None,
    )


def _thread(message: Message) -> str | None:
    """The forum topic; elsewhere the field only groups replies and cannot be sent to."""
    return str(message.message_thread_id) if message.is_topic_message else None


def _user(user: User) -> UserRef:
    return UserRef(PLATFORM, str(user.id), user.full_name, user.language_code or "en")


def _is_private(chat: Chat) -> bool:
    return chat.type == ChatType.PRIVATE
