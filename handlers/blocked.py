"""Blocked prompts: written down without their words, and listed for admins."""

from chat.model import CommandCall, Incoming, Reply
from chat.text import Text, code, lines, text
from handlers.blocklist import PromptBlockedError
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.numbers import date_time
from store import users
from store.database import Transaction
from store.users import Audited

LISTED_MAX = 10
BLOCKED = "prompt blocked"
"""The action in the audit log."""


async def refuse_blocked(services: Services, incoming: Incoming, job_id: str, prompt: str) -> None:
    """Let a prompt pass; or write down who met which entry of the lists, once for a command.

    Raises:
        PromptBlockedError: It has a word that is not drawn.
    """
    try:
        services.blocklist.check(prompt)
    except PromptBlockedError as error:
        entry, who = error.entry, incoming.user.tag

        async def note(tx: Transaction) -> None:
            if not await users.is_audited(tx, BLOCKED, job_id):
                await users.audit(tx, services.clock(), who, BLOCKED, job_id, entry=entry)

        await services.database.write(note)
        raise


async def list_blocked(services: Services, call: CommandCall, _target: str, _: str) -> Reply:
    """The newest blocked prompts: when, whose, which entry; never what they said beside it."""

    async def decide(tx: Transaction) -> list[Audited]:
        await users.audit(tx, services.clock(), call.user.tag, "list blocked", "")
        return await users.audited(tx, BLOCKED, LISTED_MAX)

    found = await services.database.write(decide)
    words = texts(call.user.language)
    return Reply(lines([_line(each) for each in found] or [words.admin_nothing()]), private=True)


def _line(found: Audited) -> Text:
    entry = str(found.detail["entry"])
    return text(f"{date_time(found.at)} · ", code(found.actor), " · ", code(entry))
