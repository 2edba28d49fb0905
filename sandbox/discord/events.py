"""What the gateway tells a bot: READY, servers, messages, interactions."""

from sandbox.discord import render, render_messages
from sandbox.discord.records import BOT, BOT_ID, Channel, Guild, Message
from sandbox.discord.sessions import (
    DIRECT_MESSAGES,
    GUILD_MEMBERS,
    GUILD_MESSAGES,
    MESSAGE_CONTENT,
    Session,
)
from sandbox.discord.world import Discord
from sandbox.records import Json


def greet(discord: Discord, session: Session) -> None:
    """READY, then every server of the shard."""
    guilds = [g for g in discord.guilds.values() if g.has_bot and session.serves(g.id)]
    session.dispatch(
        "READY",
        {
            "v": 10,
            "user": own_user(),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "shard": list(session.shard),
            "resume_gateway_url": gateway_url(discord),
            "application": {"id": str(BOT_ID), "flags": 0, "flags_new": "0"},
        },
    )
    for guild in guilds:
        session.dispatch("GUILD_CREATE", guild_create(discord, session, guild))


def own_user() -> Json:
    """The bot as it sees itself."""
    return render.bot_user() | {
        "verified": True,
        "mfa_enabled": False,
        "locale": "en-US",
        "email": None,
    }


def gateway_url(discord: Discord) -> str:
    """Where the websocket is."""
    return discord.public_url.replace("http", "ws", 1) + "/gateway"


def guild_create(discord: Discord, session: Session, guild: Guild) -> Json:
    """A server that became available; its members only for those with that intent."""
    channels = [c for c in discord.channels.values() if c.guild == guild.key]
    bot = render.guild_member(render.bot_user())
    people = [render.guild_member(render.user(m)) for m in discord.members.values()]
    return _guild_fields(discord, guild) | {
        "joined_at": "2024-01-01T00:00:00+00:00",
        "large": False,
        "unavailable": False,
        "member_count": len(people) + 1,
        "members": [bot, *people] if session.intents & GUILD_MEMBERS else [bot],
        "channels": [render.channel(discord, c) for c in channels],
        "voice_states": [],
        "threads": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def guild_object(discord: Discord, guild: Guild) -> Json:
    """A Guild as the REST API shows it."""
    return _guild_fields(discord, guild) | {
        "home_header": None,
        "latest_onboarding_question_id": None,
        "nsfw": False,
    }


def _guild_fields(discord: Discord, guild: Guild) -> Json:
    first = next(c for c in discord.channels.values() if c.guild == guild.key)
    nothing = (
        *("icon", "description", "splash", "discovery_splash", "banner", "vanity_url_code"),
        *("afk_channel_id", "widget_channel_id", "rules_channel_id"),
        *("public_updates_channel_id", "safety_alerts_channel_id", "application_id"),
        *("hub_type", "incidents_data", "max_presences"),
    )
    return dict.fromkeys(nothing) | {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(discord.members[guild.owner].id),
        "region": "india",
        "roles": [render.role_everyone(guild)],
        "features": [],
        "emojis": [],
        "stickers": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "afk_timeout": 300,
        "system_channel_id": str(first.id),
        "system_channel_flags": 0,
        "widget_enabled": False,
        "max_members": 500_000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
    }


def tell_message(discord: Discord, name: str, message: Message) -> None:
    """MESSAGE_CREATE or MESSAGE_UPDATE for those who may read it; never for ephemeral ones."""
    channel = discord.channels[message.channel]
    if message.ephemeral or not discord.bot_sees(channel):
        return
    guild = discord.guild_of(channel)
    wanted = GUILD_MESSAGES if guild else DIRECT_MESSAGES
    for session in discord.sessions.listening(guild.id if guild else None):
        if session.intents & wanted:
            session.dispatch(name, _for_session(discord, session, channel, message))


def _for_session(discord: Discord, session: Session, channel: Channel, message: Message) -> Json:
    body = render_messages.message(discord, message)
    guild = discord.guild_of(channel)
    if guild:
        body |= {"guild_id": str(guild.id), "member": render.member_fields()}
        if not session.intents & MESSAGE_CONTENT and not _concerns_bot(message):
            body |= {"content": "", "embeds": [], "attachments": [], "components": []}
    return body


def _concerns_bot(message: Message) -> bool:
    """Own messages and mentions are readable without the message content intent."""
    return message.author == BOT or BOT in message.mentions


def tell_deleted(discord: Discord, message: Message) -> None:
    """MESSAGE_DELETE."""
    channel = discord.channels[message.channel]
    if message.ephemeral or not discord.bot_sees(channel):
        return
    guild = discord.guild_of(channel)
    body: Json = {"id": str(message.id), "channel_id": str(channel.id)}
    wanted = GUILD_MESSAGES if guild else DIRECT_MESSAGES
    for session in discord.sessions.listening(guild.id if guild else None):
        if session.intents & wanted:
            session.dispatch(
                "MESSAGE_DELETE", body | ({"guild_id": str(guild.id)} if guild else {})
            )


def tell_channel(discord: Discord, channel: Channel) -> None:
    """CHANNEL_UPDATE: what may be done there has changed."""
    guild = discord.guild_of(channel)
    if guild is None or not guild.has_bot:
        return
    for session in discord.sessions.listening(guild.id):
        session.dispatch("CHANNEL_UPDATE", render.channel(discord, channel))


def tell_interaction(discord: Discord, channel: Channel, data: Json) -> None:
    """INTERACTION_CREATE, whatever the intents; a foreign server's go to the shard it falls on."""
    guild = discord.guild_of(channel)
    for session in discord.sessions.listening(guild.id if guild else None):
        session.dispatch("INTERACTION_CREATE", data)
