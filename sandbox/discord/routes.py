"""Every REST route: where it is, who may use it, who answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.discord import callbacks, commands, followups, lookups, messages
from sandbox.discord.request import Call
from sandbox.discord.world import Discord
from sandbox.records import JsonValue

Handler = Callable[[Discord, Call], Awaitable[JsonValue]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route; `name` is its operationId in Discord's OpenAPI description."""

    name: str
    method: str
    path: str
    handler: Handler
    bucket: str = ""
    needs_token: bool = True
    speaks: bool = False


def _commands(scope: str, guild: str) -> list[Endpoint]:
    one, many = f"{scope}/{{command_id}}", f"{guild}application_command"
    return [
        Endpoint(f"list_{many}s", "GET", scope, commands.list_commands),
        Endpoint(f"bulk_set_{many}s", "PUT", scope, commands.bulk_set_commands),
        Endpoint(f"create_{many}", "POST", scope, commands.create_command),
        Endpoint(f"get_{many}", "GET", one, commands.get_command),
        Endpoint(f"update_{many}", "PATCH", one, commands.update_command),
        Endpoint(f"delete_{many}", "DELETE", one, commands.delete_command),
    ]


def _webhook(method: str, verb: str, handler: Handler) -> list[Endpoint]:
    base = "/webhooks/{webhook_id}/{webhook_token}/messages"
    bucket = f"{verb}_webhook_message"
    speaks = verb == "update"
    return [
        Endpoint(
            f"{verb}_original_webhook_message",
            method,
            f"{base}/@original",
            handler,
            bucket,
            needs_token=False,
            speaks=speaks,
        ),
        Endpoint(
            bucket,
            method,
            f"{base}/{{message_id}}",
            handler,
            bucket,
            needs_token=False,
            speaks=speaks,
        ),
    ]


_APP = "/applications/{application_id}"
_CHANNEL = "/channels/{channel_id}"
_MESSAGE = _CHANNEL + "/messages/{message_id}"
_GUILD = "/guilds/{guild_id}"

ENDPOINTS = (
    Endpoint("get_my_user", "GET", "/users/@me", lookups.get_my_user),
    Endpoint("get_user", "GET", "/users/{user_id}", lookups.get_user),
    Endpoint("create_dm", "POST", "/users/@me/channels", messages.create_dm),
    Endpoint(
        "get_my_oauth2_application", "GET", "/oauth2/applications/@me", lookups.get_my_application
    ),
    Endpoint("get_my_application", "GET", "/applications/@me", lookups.get_my_application),
    Endpoint("get_gateway", "GET", "/gateway", lookups.get_gateway, needs_token=False),
    Endpoint("get_bot_gateway", "GET", "/gateway/bot", lookups.get_bot_gateway),
    *_commands(f"{_APP}/commands", ""),
    *_commands(f"{_APP}/guilds/{{guild_id}}/commands", "guild_"),
    Endpoint("get_guild", "GET", _GUILD, lookups.get_guild),
    Endpoint("list_guild_channels", "GET", f"{_GUILD}/channels", lookups.list_guild_channels),
    Endpoint("list_guild_roles", "GET", f"{_GUILD}/roles", lookups.list_guild_roles),
    Endpoint("get_guild_member", "GET", _GUILD + "/members/{user_id}", lookups.get_guild_member),
    Endpoint("get_channel", "GET", _CHANNEL, lookups.get_channel),
    Endpoint("list_messages", "GET", f"{_CHANNEL}/messages", messages.list_messages),
    Endpoint(
        "create_message",
        "POST",
        f"{_CHANNEL}/messages",
        messages.create_message,
        "create_message",
        speaks=True,
    ),
    Endpoint("get_message", "GET", _MESSAGE, messages.get_message),
    Endpoint(
        "update_message", "PATCH", _MESSAGE, messages.update_message, "update_message", speaks=True
    ),
    Endpoint("delete_message", "DELETE", _MESSAGE, messages.delete_message),
    Endpoint("trigger_typing_indicator", "POST", f"{_CHANNEL}/typing", messages.trigger_typing),
    Endpoint(
        "create_interaction_response",
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        callbacks.create_interaction_response,
        needs_token=False,
        speaks=True,
    ),
    Endpoint(
        "execute_webhook",
        "POST",
        "/webhooks/{webhook_id}/{webhook_token}",
        followups.execute_webhook,
        "execute_webhook",
        needs_token=False,
        speaks=True,
    ),
    *_webhook("GET", "get", followups.get_webhook_message),
    *_webhook("PATCH", "update", followups.update_webhook_message),
    *_webhook("DELETE", "delete", followups.delete_webhook_message),
)
