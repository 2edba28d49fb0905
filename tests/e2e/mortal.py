"""Starts the bot so that it dies as by kill -9 at a commit: FAILPOINT=Payments.check:before.

The name is a part of the name of the decision that is committed, the word after it says whether the
process dies before the commit or after it, when nobody has heard of it yet.
"""

import os
import sys

from bot.__main__ import main
from store.database import Database, Decision, T

NAME, _, WHEN = os.environ.get("FAILPOINT", "").partition(":")
KILLED = 137

commit = Database.write


async def write(database: Database, decision: Decision[T]) -> T:
    """Commit, or die."""
    is_the_point = NAME in getattr(decision, "__qualname__", "")
    if is_the_point and WHEN == "before":
        os._exit(KILLED)
    outcome = await commit(database, decision)
    if is_the_point:
        os._exit(KILLED)
    return outcome


if __name__ == "__main__":
    Database.write = write  # type: ignore[method-assign, assignment]  # dies
    sys.argv = ["bot"]
    raise SystemExit(main())
