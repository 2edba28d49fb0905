"""Who and where, as orders on the control plane name them."""

from sandbox.control import Refused
from sandbox.discord.records import Channel, Member
from sandbox.discord.world import Discord
from sandbox.records import JsonValue


def named_person(discord: Discord, name: JsonValue) -> Member:
    """The person an order names.

    Raises:
        Refused: when there is none.
    """
    member = discord.members.get(str(name))
    if member is None:
        raise Refused(f"nobody is called {name!r}")
    return member


def named_channel(discord: Discord, name: JsonValue, person: Member) -> Channel:
    """The channel an order names; a person's own chat with the bot unless there is a name.

    Raises:
        Refused: when there is none, or the person is not in it.
    """
    key = str(name or f"dm-{person.key}")
    channel = discord.channels.get("dm-" + person.key if key == "dm" else key)
    if channel is None:
        raise Refused(f"there is no channel {name!r}")
    if person.key not in channel.members:
        raise Refused(f"{person.key} is not in {channel.key}")
    return channel
