"""What the bot asks about itself, people, servers and channels."""

from sandbox.discord import events, render
from sandbox.discord.errors import ApiError, missing_access
from sandbox.discord.messages import bot_channel
from sandbox.discord.records import BOT_ID, BOT_NAME, Guild
from sandbox.discord.request import Call
from sandbox.discord.world import Discord
from sandbox.records import Json, JsonValue


async def get_my_user(_discord: Discord, _call: Call) -> JsonValue:
    """The bot itself."""
    return events.own_user()


async def get_my_application(discord: Discord, _call: Call) -> JsonValue:
    """The application behind the bot."""
    owner = discord.members[discord.guilds["studio"].owner]
    body: Json = {
        "id": str(BOT_ID),
        "name": BOT_NAME,
        "icon": None,
        "description": "",
        "type": None,
        "bot": render.bot_user(),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": render.user(owner),
        "flags": 0,
        "flags_new": "0",
        "team": None,
        "summary": "",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": len(discord.members),
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "integration_types_config": {"0": {}, "1": {}},
        "event_webhooks_status": 1,
        "eligible_oauth2_scopes": [],
    }
    return body


async def get_gateway(discord: Discord, _call: Call) -> JsonValue:
    """Where the websocket is."""
    return {"url": events.gateway_url(discord)}


async def get_bot_gateway(discord: Discord, _call: Call) -> JsonValue:
    """Where the websocket is, and how many shards to open."""
    limit: Json = {
        "total": 1000,
        "remaining": 1000,
        "reset_after": 0,
        "max_concurrency": 1,
    }
    return {"url": events.gateway_url(discord), "shards": 1, "session_start_limit": limit}


async def get_user(discord: Discord, call: Call) -> JsonValue:
    """Anybody."""
    number = call.number("user_id")
    member = discord.member_by_id(number)
    if member:
        return render.user(member)
    if number == BOT_ID:
        return render.bot_user()
    raise ApiError(404, 10013, "Unknown User")


async def get_channel(discord: Discord, call: Call) -> JsonValue:
    """A channel the bot is in."""
    return render.channel(discord, bot_channel(discord, call))


async def get_guild(discord: Discord, call: Call) -> JsonValue:
    """A server the bot is in."""
    return events.guild_object(discord, _guild(discord, call))


async def list_guild_channels(discord: Discord, call: Call) -> JsonValue:
    """The channels of a server."""
    guild = _guild(discord, call)
    found = [c for c in discord.channels.values() if c.guild == guild.key]
    return [render.channel(discord, channel) for channel in found]


async def list_guild_roles(discord: Discord, call: Call) -> JsonValue:
    """The roles of a server."""
    return [render.role_everyone(_guild(discord, call))]


async def get_guild_member(discord: Discord, call: Call) -> JsonValue:
    """Somebody in a server."""
    _guild(discord, call)
    number = call.number("user_id")
    if number == BOT_ID:
        return render.guild_member(render.bot_user())
    member = discord.member_by_id(number)
    if member is None:
        raise ApiError(404, 10007, "Unknown Member")
    return render.guild_member(render.user(member))


def _guild(discord: Discord, call: Call) -> Guild:
    number = call.number("guild_id")
    guild = next((g for g in discord.guilds.values() if g.id == number), None)
    if guild is None:
        raise ApiError(404, 10004, "Unknown Guild")
    if not guild.has_bot:
        raise missing_access()
    return guild
