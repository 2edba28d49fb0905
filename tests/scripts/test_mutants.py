"""The kept mutants fit the source, and what tells killed from survived can tell."""

import ast
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.mutants import ROOT, Change, Mutant, StaleError, kept, verdict

SHOP = """def price(hours: int) -> int:
    return 100 * hours
"""
TESTS = """from shop import price

def test_two_hours_cost_twice():
    assert price(2) == 200

def test_nothing_costs_nothing():
    assert price(0) == 0
"""
CHEAP = Mutant(
    "every hour is cheaper",
    (Change("shop.py", "100 * hours", "99 * hours"),),
    ("test_shop.py::test_two_hours_cost_twice",),
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "test_shop.py").write_text(TESTS)
    return tmp_path


def names_in(path: Path) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, functions)}


@pytest.mark.parametrize("mutant", kept(), ids=lambda mutant: mutant.breaks)
def test_a_kept_mutant_still_fits_the_source(mutant: Mutant) -> None:
    for path, text in mutant.apply(ROOT).items():
        assert text != path.read_text(encoding="utf-8")
        ast.parse(text)
    for test in mutant.tests:
        module, _, name = test.partition("::")
        assert not name or name in names_in(ROOT / module)
        assert (ROOT / module).exists()


def test_no_mutant_is_kept_twice() -> None:
    assert {times for _, times in Counter(m.breaks for m in kept()).items()} == {1}
    assert {times for _, times in Counter(m.changes for m in kept()).items()} <= {1, 2}


def test_a_mutant_is_killed_by_the_test_that_notices_and_the_tree_is_whole_again(
    tree: Path,
) -> None:
    found = verdict(CHEAP, tree)

    assert found.killed
    assert found.words == "killed by test_two_hours_cost_twice"
    assert (tree / "shop.py").read_text() == SHOP


def test_a_mutant_that_no_named_test_notices_survives(tree: Path) -> None:
    unnoticed = replace(CHEAP, tests=("test_shop.py::test_nothing_costs_nothing",))
    found = verdict(unnoticed, tree)

    assert (found.killed, found.words) == (False, "survived")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("shop.py", "101 * hours", "99 * hours"), "NOT APPLIED"),
        (Change("shop.py", "hours", "minutes"), "NOT APPLIED"),
        (Change("shop.py", "100 * hours", "100 * ("), "NOT APPLIED"),
        (Change("shop.py", "100 * hours", "100 * minutes"), "NO BEHAVIOUR"),
        (Change("shop.py", "def price", "def cost"), "NO VERDICT"),
    ],
    ids=["not there", "there twice", "no Python", "a name that is none", "cannot be imported"],
)
def test_code_that_nobody_could_ship_counts_for_nothing(
    tree: Path, change: Change, words: str
) -> None:
    found = verdict(replace(CHEAP, changes=(change,)), tree)

    assert not found.killed
    assert found.words.startswith(words)
    assert (tree / "shop.py").read_text() == SHOP


def test_changes_of_one_file_are_made_one_after_the_other(tree: Path) -> None:
    then = Change("shop.py", "99 * hours", "98 * hours")
    changed = replace(CHEAP, changes=(*CHEAP.changes, then)).apply(tree)

    assert changed == {tree / "shop.py": SHOP.replace("100", "98")}
    with pytest.raises(StaleError, match=r"shop\.py"):
        replace(CHEAP, changes=(then,)).apply(tree)
