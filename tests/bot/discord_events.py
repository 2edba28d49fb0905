"""What Discord's gateway reports, as recorded, and the library's reading of it."""

from typing import Any

from discord import AutoShardedClient, ClientUser, Intents, Interaction, Message

APPLICATION = "1000000000000000001"
GUILD = "2000000000000000001"
CHANNEL = "2000000000000000002"
HOME = "2000000000000000003"
ASHA = "3000000000000000001"
CARD = "1574090483821445134"
ALL_PERMISSIONS = "2248473465835073"

BOT_USER: dict[str, Any] = {
    "id": "1000000000000000002",
    "username": "HubBot",
    "global_name": "Hub",
    "discriminator": "0",
    "avatar": None,
    "bot": True,
    "public_flags": 0,
}
PERSON: dict[str, Any] = {
    "id": ASHA,
    "username": "asha",
    "global_name": "Asha Rao",
    "discriminator": "0",
    "avatar": None,
    "bot": False,
    "public_flags": 0,
}
_TEXT_CHANNEL: dict[str, Any] = {
    "id": CHANNEL,
    "type": 0,
    "guild_id": GUILD,
    "name": "general",
    "position": 0,
    "permission_overwrites": [],
    "nsfw": False,
    "topic": None,
    "parent_id": None,
    "last_message_id": None,
    "rate_limit_per_user": 0,
    "permissions": ALL_PERMISSIONS,
}
_MEMBER: dict[str, Any] = {
    "user": PERSON,
    "nick": None,
    "roles": [],
    "joined_at": "2024-01-01T00:00:00+00:00",
    "premium_since": None,
    "deaf": False,
    "mute": False,
    "flags": 0,
    "pending": False,
    "communication_disabled_until": None,
    "permissions": ALL_PERMISSIONS,
}
_IN_GUILD: dict[str, Any] = {
    "channel_id": CHANNEL,
    "channel": _TEXT_CHANNEL,
    "app_permissions": ALL_PERMISSIONS,
    "authorizing_integration_owners": {"0": GUILD},
    "context": 0,
    "guild_id": GUILD,
    "guild_locale": "en-US",
    "guild": {"id": GUILD, "locale": "en-US", "features": []},
    "member": _MEMBER,
}
IN_HOME: dict[str, Any] = {
    "channel_id": HOME,
    "channel": {"id": HOME, "type": 1, "recipients": [PERSON], "last_message_id": None},
    "app_permissions": "180224",
    "authorizing_integration_owners": {"0": "0", "1": ASHA},
    "context": 1,
    "user": PERSON,
}
IN_GROUP: dict[str, Any] = {
    "channel_id": "2000000000000000009",
    "channel": {"id": "2000000000000000009", "type": 3, "recipients": [PERSON], "name": None},
    "app_permissions": "180224",
    "authorizing_integration_owners": {"1": ASHA},
    "context": 2,
    "user": PERSON,
}


def slash(
    name: str, place: dict[str, Any] = _IN_GUILD, kind: int = 2, **options: Any
) -> dict[str, Any]:
    given = [{"name": key, "type": _kind(value), "value": value} for key, value in options.items()]
    data = {"id": "1574090474531061763", "name": name, "type": 1, "options": given, "resolved": {}}
    return _interaction(kind, data, place)


def press(
    custom_id: str, place: dict[str, Any] = _IN_GUILD, *, is_ephemeral: bool = False
) -> dict[str, Any]:
    carrier = message("a card", place["channel_id"], author=BOT_USER, id=CARD)
    carrier["flags"] = 64 if is_ephemeral else 0
    data = {"component_type": 2, "custom_id": custom_id, "id": 2}
    return _interaction(3, data, place) | {"message": carrier}


def message(words: str, channel: str = HOME, **more: Any) -> dict[str, Any]:
    return {
        "id": "1574090482944835700",
        "type": 0,
        "channel_id": channel,
        "author": PERSON,
        "content": words,
        "timestamp": "2026-11-22T15:53:36.530660+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "mention_channels": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "flags": 0,
    } | more


def guild_with(**more: Any) -> dict[str, Any]:
    return _IN_GUILD | more


def interaction(event: dict[str, Any]) -> Interaction[AutoShardedClient]:
    return Interaction(data=event, state=_state())  # type: ignore[arg-type]


def private_message(event: dict[str, Any]) -> Message:
    channel, _ = _state()._get_guild_channel(event)
    return Message(state=_state(), channel=channel, data=event)  # type: ignore[arg-type]


def _state() -> Any:
    state = AutoShardedClient(intents=Intents(guilds=True))._connection
    state.user = ClientUser(state=state, data=BOT_USER)  # type: ignore[arg-type]
    return state


def _interaction(kind: int, data: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "1574090482944835596",
        "application_id": APPLICATION,
        "type": kind,
        "token": "tok-1",
        "version": 1,
        "data": data,
        "locale": "hi",
        "entitlements": [],
        "attachment_size_limit": 10485760,
    } | place


def _kind(value: object) -> int:
    match value:
        case bool():
            return 5
        case int():
            return 4
        case float():
            return 10
        case _:
            return 3
