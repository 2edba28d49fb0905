"""Whom a message's words ring for: mentions, filtered by `allowed_mentions`."""

import re
from dataclasses import dataclass

from sandbox.discord.errors import FormErrors
from sandbox.discord.records import BOT, BOT_ID
from sandbox.discord.world import Discord
from sandbox.records import JsonValue

_USER = re.compile(r"<@!?(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)")
_KINDS = {"users", "roles", "everyone"}


@dataclass(frozen=True, slots=True)
class Mentions:
    """Which of the mentions count; without a word about it, all do."""

    kinds: frozenset[str] = frozenset(_KINDS)
    users: frozenset[int] = frozenset()
    replied: bool = True

    def of(self, discord: Discord, content: str, replied_to: str | None) -> tuple[str, ...]:
        """The people who are rung for, in the order of the text."""
        found: list[str] = []
        if self.replied and replied_to:
            found.append(replied_to)
        for match in _USER.finditer(content):
            number = int(match[1])
            if "users" in self.kinds or number in self.users:
                member = discord.member_by_id(number)
                found += [member.key] if member else [BOT] if number == BOT_ID else []
        return tuple(dict.fromkeys(found))

    def everyone_in(self, content: str) -> bool:
        """Whether @everyone in the text counts."""
        return "everyone" in self.kinds and bool(_EVERYONE.search(content))


def read_mentions(errors: FormErrors, value: JsonValue) -> Mentions:
    """The body's `allowed_mentions`."""
    if not isinstance(value, dict):
        return Mentions()
    kinds = value.get("parse", [])
    users = value.get("users", [])
    if not isinstance(kinds, list) or not isinstance(users, list):
        errors.add("allowed_mentions", "LIST_TYPE_CONVERT", "Only iterables may be used")
        return Mentions()
    for index, kind in enumerate(kinds):
        if kind not in _KINDS:
            code, listed = "BASE_TYPE_CHOICES", "('everyone', 'roles', 'users')"
            errors.add(f"allowed_mentions.parse.{index}", code, f"Value must be one of {listed}.")
    if "users" in kinds and users:
        code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
        errors.add("allowed_mentions", code, 'parse:["users"] and users: [ids...] exclude another.')
    numbers = frozenset(int(str(user)) for user in users if str(user).isdecimal())
    return Mentions(frozenset(map(str, kinds)), numbers, replied=value.get("replied_user") is True)
