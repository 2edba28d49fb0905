"""How the tests are ordered, and shared out between two processes by `make test`."""

import pytest
from xdist.scheduler import LoadScopeScheduling

WHOLE_BOTS = "tests/e2e/"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of whole bots together, and begin with them and what else takes minutes.

    Processes end at the same time when only short tests are left.  The town's tests are one after
    another: its world lives on the session's event loop, which turns only while one of them runs.
    """
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[bool, bool, bool]:
    takes_minutes = any(mark.args == (0,) for mark in item.iter_markers("timeout"))
    is_in_town = "town" in getattr(item, "fixturenames", ())
    return not item.nodeid.startswith(WHOLE_BOTS), is_in_town, not takes_minutes


class _Shares(LoadScopeScheduling):  # type: ignore[misc]  # untyped
    """A file at a time, so that what its tests have in common is made once.

    But all whole bots to one process: each is some processes itself, and beside a bot and a
    browser two cores have room for one more, but not for another bot and browser.
    """

    def _split_scope(self, nodeid: str) -> str:
        return WHOLE_BOTS if nodeid.startswith(WHOLE_BOTS) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _Shares:
    return _Shares(config, log)
