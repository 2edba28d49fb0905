"""/link: one wallet for a person's accounts on both platforms.

A code made on one platform and entered on the other proves that both accounts are in the same
hands; nothing changes before that person has seen both wallets and confirmed. Entering a code
again, or pressing again, changes nothing: what died half-way can be repeated.
"""

import hashlib
import secrets

from billing.merging import merge
from chat.commands import Command, Option, Options
from chat.errors import NotUnderstoodError
from chat.model import Button, ButtonPress, CommandCall, Incoming, Reply
from handlers import session
from handlers.codes import check_tries, note_wrong
from handlers.people import (
    NotFoundError,
    NotYoursError,
    check_owner,
    names_of,
    shown_name,
    speaker,
)
from handlers.services import Services
from handlers.texts import texts
from store import links, users
from store.database import Transaction
from store.ids import ALPHABET, new_id
from store.links import Identity, LinkCode
from store.users import User

CODE_S = 10 * 60
"""How long a code can be entered, and then how long it can be confirmed."""
CODE_CHARACTERS = 10  # 50 bits: neither guessed in five tries, nor found from its digest in time

DEEP_LINK = "l_"
"""How a link's payload begins that carries a code."""

LINK = Command(
    "link",
    {"en": "One wallet on both apps", "hi": "दोनों ऐप पर एक ही बटुआ"},
    (
        Option(
            "code",
            {"en": "The code from the other app", "hi": "दूसरे ऐप से मिला कोड"},
            is_rest=True,
            names={"hi": "कोड"},
        ),
    ),
    is_private=True,
    names={"hi": "जोड़ें"},
)


class NothingToLinkError(NotUnderstoodError):
    """This bot speaks on one platform only."""


class AlreadyLinkedError(NotUnderstoodError):
    """They are one already."""


class SamePlatformError(NotUnderstoodError):
    """A code was entered on the platform that it was made on."""


class LinkedElsewhereError(NotUnderstoodError):
    """Both would bring an account on the same platform."""


class WrongCodeError(NotUnderstoodError):
    """No such code, or not any more."""


async def link(services: Services, call: CommandCall, options: Options) -> Reply:
    """Answer /link: without a code make one; with one show both wallets and ask."""
    typed = options.get("code")
    if typed is None:
        return await _offer(services, call)
    return await _ask(services, call, str(typed))


async def confirm(services: Services, press: ButtonPress, code_id: str) -> Reply:
    """Make one user of the two, in one transaction."""
    now = services.clock()

    async def decide(tx: Transaction) -> list[Identity]:
        user = await speaker(tx, press, now)
        code = await links.get(tx, code_id)
        if code is None:
            raise NotFoundError
        if code.claimed_by is None:
            raise NotYoursError
        check_owner(user, code.claimed_by)
        if code.used_at is None:
            await _join(services, tx, press, user, code)
        return await links.identities_of(tx, (await speaker(tx, press, now)).id)

    joined = await services.database.write(decide)
    words = texts(press.user.language)
    button = Button(words.show_session, press="v1:session:")
    return Reply(words.linked(names_of(joined)), ((button,),), edit=True, private=True)


async def _offer(services: Services, call: CommandCall) -> Reply:
    now = services.clock()
    if len(services.chats) == 1:
        raise NothingToLinkError
    typed = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS)).upper()

    async def decide(tx: Transaction) -> None:
        user = await speaker(tx, call, now)
        if await _platforms(tx, user.id) >= set(services.chats):
            raise AlreadyLinkedError
        code = LinkCode(
            id=new_id("lnk", now),
            digest=_digest(typed),
            platform=call.user.platform,
            user_id=user.id,
            expires_at=now + CODE_S,
        )
        await links.add(tx, code, now)

    await services.database.write(decide)
    half = CODE_CHARACTERS // 2
    shown = f"{typed[:half]}-{typed[half:]}"
    words = texts(call.user.language)
    payload = f"{DEEP_LINK}{typed}"
    others = [chat for name, chat in services.chats.items() if name != call.user.platform]
    urls = [url for url in (chat.deep_link(payload) for chat in others) if url is not None]
    buttons = tuple((Button(words.open_other, url=url),) for url in urls)
    return Reply(words.link_code(shown, CODE_S // 60), buttons, private=True)


async def _ask(services: Services, call: CommandCall, typed: str) -> Reply:
    now = services.clock()

    async def decide(tx: Transaction) -> tuple[str, Reply, str, Reply] | None:
        user = await speaker(tx, call, now)
        await check_tries(tx, call, now)
        code = await links.find(tx, _digest(typed))
        if code is None or not _can_be_entered(code, user, now):
            await note_wrong(tx, call, now)
            return None
        await _check_fit(tx, call, user, code)
        await links.claim(tx, code.id, user.id, now + CODE_S)
        there = await links.identities_of(tx, code.user_id)
        theirs = await session.wallet_of(services, tx, code.user_id, call.user.language)
        mine = await session.wallet_of(services, tx, user.id, call.user.language)
        return code.id, mine, names_of(there), theirs

    # A wrong code is remembered, so it must not undo its own transaction.
    found = await services.database.write(decide)
    if found is None:
        raise WrongCodeError
    code_id, mine, there, theirs = found
    words = texts(call.user.language)
    here = shown_name(call.user)
    said = words.link_question(here, mine.text, there, theirs.text)
    button = Button(words.link_now, press=f"v1:link:{code_id}")
    return Reply(said, ((button,),), private=True)


async def _join(
    services: Services, tx: Transaction, press: ButtonPress, user: User, code: LinkCode
) -> None:
    now = services.clock()
    if code.expires_at <= now:
        raise WrongCodeError
    await _check_fit(tx, press, user, code)
    await links.use(tx, code, now)
    kept = await merge(tx, services.hours, services.orders, user.id, code.user_id)
    await users.set_language(tx, kept, press.user.language)
    given = max(user.id, code.user_id)
    await users.audit(tx, now, press.user.tag, "link", str(kept), joined=given, code=code.id)


def _can_be_entered(code: LinkCode, user: User, now: int) -> bool:
    """Whether this person may use a code: once, in time, and nobody else was first."""
    if code.user_id == user.id:
        return True
    return code.used_at is None and now < code.expires_at and code.claimed_by in (None, user.id)


async def _check_fit(tx: Transaction, incoming: Incoming, user: User, code: LinkCode) -> None:
    is_same = code.user_id == user.id
    if is_same and code.used_at is not None:
        raise AlreadyLinkedError
    if code.platform == incoming.user.platform:
        raise SamePlatformError
    if is_same:
        raise AlreadyLinkedError
    if await _platforms(tx, user.id) & await _platforms(tx, code.user_id):
        raise LinkedElsewhereError


async def _platforms(tx: Transaction, user_id: int) -> set[str]:
    return {identity.platform for identity in await links.identities_of(tx, user_id)}


def _digest(typed: str) -> str:
    """What is kept of a code, however it was typed."""
    characters = "".join(filter(str.isalnum, typed.lower()))
    return hashlib.sha256(f"link\n{characters}".encode()).hexdigest()
