from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import ledger
from billing.errors import KeyReusedError, LedgerError, OverdrawnError, UnknownReservationError
from store.database import Database, Transaction
from tests.doubles.database import undone

ACCOUNTS = ("a", "b", "c")
SINK = "spent:image"

Move = tuple[str, str, str, int]
moves = st.tuples(
    st.sampled_from(("grant", "move", "reserve", "post", "post_part", "void")),
    st.sampled_from(ACCOUNTS),
    st.sampled_from([f"key{number}" for number in range(6)]),
    st.integers(1, 4),
)


@dataclass
class Model:
    """The ledger in a few lines: what each account holds, and what each key did."""

    held: Counter[str] = field(default_factory=Counter)
    bound: Counter[str] = field(default_factory=Counter)
    did: dict[str, Move] = field(default_factory=dict)
    pending: dict[str, tuple[str, int]] = field(default_factory=dict)
    resolved: set[str] = field(default_factory=set)

    def expect(self, move: Move) -> bool | type[LedgerError]:
        kind, account, key, amount = move
        if kind in ("post", "post_part", "void"):
            return self._resolve(kind, key)
        if key in self.did:
            same = self.did[key] == move
            return False if same else KeyReusedError
        if kind != "grant" and self.held[account] - self.bound[account] < amount:
            return OverdrawnError
        self.did[key] = move
        if kind == "grant":
            self.held[account] += amount
        elif kind == "move":
            self.held[account] -= amount
            self.held[SINK] += amount
        else:
            self.bound[account] += amount
            self.pending[key] = (account, amount)
        return True

    def _resolve(self, kind: str, key: str) -> bool | type[LedgerError]:
        if key not in self.pending:
            return UnknownReservationError
        if key in self.resolved:
            return False
        self.resolved.add(key)
        account, amount = self.pending[key]
        self.bound[account] -= amount
        taken = {"post": amount, "post_part": 1, "void": 0}[kind]
        self.held[account] -= taken
        self.held[SINK] += taken
        return True


async def perform(tx: Transaction, move: Move) -> bool | type[LedgerError]:
    kind, account, key, amount = move
    acts = {
        "grant": lambda: ledger.grant(tx, account, "image", amount, key=key, now=1),
        "move": lambda: ledger.move(tx, account, SINK, amount, key=key, now=1),
        "reserve": lambda: ledger.reserve(tx, account, SINK, amount, key=key, now=1),
        "post": lambda: ledger.post(tx, key, 1),
        "post_part": lambda: ledger.post(tx, key, 1, amount=1),
        "void": lambda: ledger.void(tx, key, 1),
    }
    try:
        return await acts[kind]()
    except LedgerError as error:
        return type(error)


EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@EXAMPLES
@given(history=st.lists(moves, max_size=25))
async def test_whatever_is_asked_the_ledger_agrees_with_a_model_of_itself(
    database: Database, history: list[Move]
) -> None:
    async def scenario(tx: Transaction) -> None:
        model = Model()
        for account in ACCOUNTS:
            await ledger.open_account(tx, account, "image")
        for move in history:
            assert await perform(tx, move) == model.expect(move), move
        held = await ledger.balances(tx, *ACCOUNTS, SINK, "credits:image")
        for account in (*ACCOUNTS, SINK):
            assert held[account].posted == model.held[account]
            assert held[account].pending == model.bound[account]
            assert held[account].available >= 0
        assert sum(balance.posted for balance in held.values()) == 0

    await undone(database, scenario)


async def test_nothing_more_can_be_spent_than_was_reserved(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        await ledger.grant(tx, "a", "token", 100, key="grant", now=1)
        await ledger.reserve(tx, "a", "spent:token", 50, key="job", now=1)
        with pytest.raises(OverdrawnError):
            await ledger.post(tx, "job", 2, amount=51)
        assert await ledger.post(tx, "job", 2, amount=0)
        assert await ledger.available(tx, "a") == 100

    await database.write(scenario)
