"""Breaks what guards money, one guard at a time, and looks whether the tests named for it notice.

The kept mutants are in tests/faults/mutants: each replaces a few lines by others that are wrong in
a way that somebody could write. `make mutants` has their tests pass on the tree as it is; then, for
each mutant, it breaks a copy of the tree and has one of its tests fail, for what the code does and
not because it cannot be imported. `python -m scripts.mutants gift` tries those about gifts.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[1]
KEPT = Path("tests", "faults", "mutants")
NOT_COPIED = (".git", ".venv", "data", "mutants", ".*_cache", ".hypothesis", "__pycache__")
TEST_S, RUN_S = 60, 600
COPIES = 2
PASSED, FAILED = 0, 1
PYTEST = ("-m", "pytest", "-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider")
NO_BEHAVIOUR = re.compile(
    r'(failed on \w+ with ")?(\w+\.)*'
    r"((Import|ModuleNotFound|Syntax|Indentation|Name|Attribute|Type)Error|Failed: Timeout)"
)
"""What a failure begins with when the mutant is no code that could be shipped by mistake."""


class StaleError(Exception):
    """A kept mutant that does not fit the source any more."""


@dataclass(frozen=True, slots=True)
class Change:
    """Text that is replaced in a file, where it stands once."""

    file: str
    old: str
    new: str

    def apply(self, text: str) -> str:
        """The file's text after the change.

        Raises:
            StaleError: The old text does not stand there exactly once.
        """
        if (found := text.count(self.old)) != 1 or self.old == self.new:
            raise StaleError(f"{self.file} has this {found} times:\n{self.old}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Mutant:
    """Wrong code, and the tests of which one must fail."""

    breaks: str
    changes: tuple[Change, ...]
    tests: tuple[str, ...]

    def apply(self, root: Path) -> dict[Path, str]:
        """The changed files' texts, and nothing written.

        Raises:
            StaleError: A change does not fit.
        """
        texts: dict[Path, str] = {}
        for change in self.changes:
            path = root / change.file
            text = texts.get(path) or path.read_text(encoding="utf-8")
            texts[path] = change.apply(text)
        return texts


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant."""

    killed: bool
    words: str


def kept(root: Path = ROOT) -> list[Mutant]:
    """All mutants, in the order of their files."""
    files = sorted((root / KEPT).glob("*.toml"))
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files]
    return [_mutant(row) for table in tables for row in table["mutant"]]


def _mutant(row: dict[str, Any]) -> Mutant:
    rows = [row, *row.get("also", [])]
    changes = tuple(Change(r.get("file", row["file"]), r["old"], r["new"]) for r in rows)
    return Mutant(row["breaks"], changes, tuple(row["tests"]))


def main() -> int:
    """Try those that are named, or all."""
    words = [word.lower() for word in sys.argv[1:]]
    chosen = [m for m in kept() if all(word in _about(m) for word in words)]
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        copies = [copy(ROOT, Path(folder, str(number))) for number in range(COPIES)]
        tests = sorted({test for mutant in chosen for test in mutant.tests})
        sound = look(copies[0], tests)
        if sound.words != "survived":
            print(f"the tests do not pass on the tree as it is: {sound.words}")
            return 1
        print(f"{len(tests)} tests pass on the tree as it is", flush=True)
        killed = try_all(chosen, copies)
    print(f"{killed} of {len(chosen)} killed, in {time.monotonic() - begun:.0f} s")
    return 0 if chosen and killed == len(chosen) else 1


def _about(mutant: Mutant) -> str:
    return " ".join((mutant.breaks, *(change.file for change in mutant.changes))).lower()


def copy(root: Path, to: Path) -> Path:
    """A copy of the tree that may be broken."""
    ignore = shutil.ignore_patterns(*NOT_COPIED)
    return Path(shutil.copytree(root, to, ignore=ignore))


def try_all(mutants: Sequence[Mutant], copies: Iterable[Path]) -> int:
    """Try mutants, as many at a time as there are copies; say of each what became of it."""
    free: SimpleQueue[Path] = SimpleQueue()
    for each in copies:
        free.put(each)

    def one(mutant: Mutant) -> Verdict:
        place = free.get()
        try:
            return verdict(mutant, place)
        finally:
            free.put(place)

    killed = 0
    with ThreadPoolExecutor(free.qsize()) as threads:
        for mutant, found in zip(mutants, threads.map(one, mutants), strict=True):
            killed += found.killed
            print(f"{mutant.breaks}: {found.words}", flush=True)
    return killed


def verdict(mutant: Mutant, root: Path) -> Verdict:
    """Break a copy, run the mutant's tests, and mend it again."""
    try:
        broken = mutant.apply(root)
        for path, text in broken.items():
            if path.suffix == ".py":
                compile(text, path.name, "exec")
    except (StaleError, SyntaxError, OSError) as error:
        return Verdict(killed=False, words=f"NOT APPLIED: {error}")
    whole = {path: path.read_text(encoding="utf-8") for path in broken}
    try:
        _write(broken)
        return look(root, mutant.tests)
    finally:
        _write(whole)


def _write(texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
        # Two texts of one length within one second look the same to Python's cache.
        Path(cache_from_source(str(path))).unlink(missing_ok=True)


def look(root: Path, tests: Sequence[str]) -> Verdict:
    """Run tests in a tree until one fails, and say which and why."""
    report = root / "report.xml"
    report.unlink(missing_ok=True)
    arguments = (*PYTEST, f"--timeout={TEST_S}", f"--junitxml={report}", *tests)
    try:
        ran = subprocess.run(  # noqa: PLW1510 - its status is looked at below
            (sys.executable, *arguments), cwd=root, capture_output=True, text=True, timeout=RUN_S
        )
    except subprocess.TimeoutExpired:
        return Verdict(killed=False, words=f"NO VERDICT in {RUN_S} s")
    if ran.returncode == PASSED:
        return Verdict(killed=False, words="survived")
    if ran.returncode != FAILED:
        return Verdict(killed=False, words=f"NO VERDICT:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return _read(report)


def _read(report: Path) -> Verdict:
    """The first failure that a report tells of."""
    cases = ET.parse(report).iter("testcase")  # noqa: S314 - pytest wrote it a moment ago
    for case in cases:
        for problem in (*case.findall("failure"), *case.findall("error")):
            why = problem.get("message", "").partition("\n")[0]
            if NO_BEHAVIOUR.match(why):
                return Verdict(killed=False, words=f"NO BEHAVIOUR: {case.get('name')}: {why}")
            return Verdict(killed=True, words=f"killed by {case.get('name')}")
    return Verdict(killed=False, words="NO VERDICT: the report names no failure")


if __name__ == "__main__":
    sys.exit(main())
