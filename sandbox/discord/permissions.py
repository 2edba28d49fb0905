"""Discord's permission bits, as far as this world knows them, and who has which."""

BITS = {
    "ADD_REACTIONS": 1 << 6,
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "EMBED_LINKS": 1 << 14,
    "ATTACH_FILES": 1 << 15,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "MENTION_EVERYONE": 1 << 17,
    "USE_EXTERNAL_EMOJIS": 1 << 18,
    "USE_APPLICATION_COMMANDS": 1 << 31,
    "USE_EXTERNAL_APPS": 1 << 50,
}
ADMINISTRATOR = 1 << 3
MANAGE_GUILD = 1 << 5
MANAGE_MESSAGES = 1 << 13

VIEW_CHANNEL = BITS["VIEW_CHANNEL"]
SEND_MESSAGES = BITS["SEND_MESSAGES"]
EMBED_LINKS = BITS["EMBED_LINKS"]
ATTACH_FILES = BITS["ATTACH_FILES"]
READ_MESSAGE_HISTORY = BITS["READ_MESSAGE_HISTORY"]
MENTION_EVERYONE = BITS["MENTION_EVERYONE"]
USE_EXTERNAL_EMOJIS = BITS["USE_EXTERNAL_EMOJIS"]
USE_EXTERNAL_APPS = BITS["USE_EXTERNAL_APPS"]

EVERYONE = sum(BITS.values()) & ~MENTION_EVERYONE
OWNER = EVERYONE | ADMINISTRATOR | MANAGE_GUILD | MANAGE_MESSAGES | MENTION_EVERYONE
# What an app has where no server gives it permissions: interactions' `app_permissions` there.
PRIVATE = ATTACH_FILES | EMBED_LINKS | MENTION_EVERYONE
BOT_DM = PRIVATE | USE_EXTERNAL_EMOJIS


def bits(names: list[str]) -> int:
    """The bits of these names.

    Raises:
        KeyError: for a name this world does not know.
    """
    return sum(BITS[name.upper()] for name in set(names))


def names(value: int) -> list[str]:
    """The names of these bits."""
    return [name for name, bit in BITS.items() if value & bit]
