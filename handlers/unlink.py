"""/unlink: an account leaves the wallet that it shares, and begins with an empty one."""

from chat.commands import Command, Options
from chat.errors import NotUnderstoodError
from chat.model import Button, ButtonPress, CommandCall, Incoming, Reply
from handlers.people import check_owner, names_of, shown_name, speaker
from handlers.services import Services
from handlers.texts import texts
from store import links, users
from store.database import Transaction
from store.links import Identity
from store.users import User

UNLINK = Command(
    "unlink",
    {"en": "A wallet of its own for this app", "hi": "इस ऐप का बटुआ अलग करें"},
    is_private=True,
    names={"hi": "अलग"},
)


class NotLinkedError(NotUnderstoodError):
    """There is nothing to separate."""


async def unlink(services: Services, call: CommandCall, _options: Options) -> Reply:
    """Answer /unlink: say what stays where, and ask."""

    async def decide(tx: Transaction) -> tuple[User, list[Identity]]:
        user = await speaker(tx, call, services.clock())
        return user, await _others(tx, call, user)

    user, others = await services.database.write(decide)
    if not others:
        raise NotLinkedError
    words = texts(call.user.language)
    button = Button(words.unlink_now, press=f"v1:unlink:{user.id}")
    said = words.unlink_question(shown_name(call.user), names_of(others))
    return Reply(said, ((button,),), private=True)


async def separate(services: Services, press: ButtonPress, user_id: str) -> Reply:
    """Give this account an empty wallet of its own; what was shared stays with the other."""
    now = services.clock()
    who = press.user

    async def decide(tx: Transaction) -> None:
        user = await speaker(tx, press, now)
        if not await _others(tx, press, user):
            return
        check_owner(user, int(user_id))
        identity = Identity(who.platform, who.id, who.name)
        alone = await links.separate(tx, identity, who.language, now)
        await users.audit(tx, now, press.user.tag, "unlink", str(user.id), alone=alone)

    await services.database.write(decide)
    return Reply(texts(who.language).unlinked(), edit=True, private=True)


async def _others(tx: Transaction, incoming: Incoming, user: User) -> list[Identity]:
    """What else this person is known as."""
    me = (incoming.user.platform, incoming.user.id)
    known = await links.identities_of(tx, user.id)
    return [other for other in known if (other.platform, other.platform_id) != me]
