"""The pretended world's records as Bot API objects."""

from sandbox.records import BOT, Chat, File, Json, JsonValue, Media, Message
from sandbox.telegram.entities import render_entities, render_person
from sandbox.telegram.keyboards import render_keyboard
from sandbox.world import World

BOT_ID = 7_000_000_001
BOT_USERNAME = "sandbox_hub_bot"
BOT_NAME = "AI Access Hub"  # as its owner told BotFather


class Renderer:
    """Writes what a Bot API client receives."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = {person.id: person for person in world.people.values()}
        self.bot_name = BOT_NAME

    def bot(self) -> Json:
        """The bot as a User."""
        return {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": self.bot_name,
            "username": BOT_USERNAME,
        }

    def sender(self, key: str) -> Json:
        """Whoever wrote a message, as a User."""
        return self.bot() if key == BOT else render_person(self.world.people[key])

    def chat(self, chat: Chat) -> Json:
        """A Chat."""
        if chat.kind == "group":
            return {"id": chat.id, "type": "supergroup", "title": chat.title}
        person = self.world.people[chat.key]
        return {
            "id": chat.id,
            "type": "private",
            "username": person.username,
            "first_name": person.first_name,
            "last_name": person.last_name,
        }

    def message(self, message: Message, *, with_reply: bool = True) -> Json:
        """A Message; the one it replies to is shown one level deep."""
        body: Json = {
            "message_id": message.id,
            "from": self.sender(message.sender),
            "chat": self.chat(self.world.chats[message.chat]),
            "date": message.sent,
        }
        if message.edited is not None:
            body["edit_date"] = message.edited
        if message.album is not None:
            body["media_group_id"] = message.album
        if message.protected:
            body["has_protected_content"] = True
        if message.keyboard:
            body["reply_markup"] = render_keyboard(message.keyboard)
        self._add_reply(body, message, with_reply=with_reply)
        self._add_content(body, message)
        return body

    def _add_reply(self, body: Json, message: Message, *, with_reply: bool) -> None:
        if message.reply_to is None or not with_reply:
            return
        original = self.world.message(message.chat, message.reply_to)
        if original is not None:
            body["reply_to_message"] = self.message(original, with_reply=False)

    def _add_content(self, body: Json, message: Message) -> None:
        prefix, entities = (
            ("caption", "caption_entities") if message.media else ("text", "entities")
        )
        if message.service is not None:
            body.update(message.service)
            return
        if message.text:
            body[prefix] = message.text
        if message.entities:
            body[entities] = render_entities(message.entities, self.people)
        if message.media:
            body.update(_media(message.media))
            if message.caption_above:
                body["show_caption_above_media"] = True


def _media(media: Media) -> Json:
    body: Json = {}
    if media.kind == "photo":
        body["photo"] = [photo_size(size) for size in media.sizes]
    else:
        body[media.kind] = _clip(media)
    if media.kind == "animation":  # for clients older than animations
        body["document"] = _document(media)
    if media.spoiler:
        body["has_media_spoiler"] = True
    return body


def _clip(media: Media) -> Json:
    body = _document(media)
    if media.kind != "document":
        body |= {"width": media.width, "height": media.height, "duration": media.duration}
    return body


def _document(media: Media) -> Json:
    body = _file(media.file) | {"file_name": media.file.name, "mime_type": media.file.mime}
    if media.thumbnail:
        body["thumbnail"] = photo_size(media.thumbnail)
    return body


def photo_size(file: File) -> JsonValue:
    """A PhotoSize."""
    return _file(file) | {"width": file.width, "height": file.height}


def _file(file: File) -> Json:
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.content)}
