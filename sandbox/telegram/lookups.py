"""Methods that only tell: files, chats, members."""

from sandbox.records import Json, JsonValue
from sandbox.telegram.bot import Bot
from sandbox.telegram.entities import render_person
from sandbox.telegram.errors import bad_request
from sandbox.telegram.params import Params
from sandbox.telegram.render import BOT_ID

LARGEST_DOWNLOAD = 20 * 1024 * 1024


async def get_file(bot: Bot, params: Params) -> JsonValue:
    """Where a file can be downloaded."""
    file = bot.world.files.get(params.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.content) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.content),
        "file_path": file.path,
    }


async def get_chat(bot: Bot, params: Params) -> JsonValue:
    """A chat in full."""
    chat = bot.chat(params)
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    accepted: Json = dict.fromkeys((*gifts, "gifts_from_channels"), False)
    return bot.render.chat(chat) | {
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": accepted,
    }


async def get_chat_member(bot: Bot, params: Params) -> JsonValue:
    """Whether somebody is in a chat, and as what."""
    chat = bot.chat(params)
    user_id = params.integer("user_id")
    if user_id == BOT_ID:
        return {"status": "member", "user": bot.render.bot()}
    person = bot.world.person_by_id(user_id)
    if person is None:
        raise bad_request("invalid user_id specified")
    status = "member" if person.key in chat.members else "left"
    return {"status": status, "user": render_person(person)}


METHODS = {"getFile": get_file, "getChat": get_chat, "getChatMember": get_chat_member}
