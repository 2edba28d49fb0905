"""The rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("bot", "web", "handlers", "chat", "billing", "engine", "store")
PACKAGES = (*OURS, "sandbox", "models", "scripts", "bench")
MODULE_LINES_MAX = 250
FUNCTION_LINES_MAX = 50

TESTED_ELSEWHERE = {
    "declares and does nothing": {
        "billing/errors.py",
        "billing/gateway.py",
        "billing/hours_settings.py",
        "chat/commands.py",
        "chat/errors.py",
        "chat/platform.py",
        "engine/errors.py",
        "engine/health.py",
        "engine/runner.py",
        "engine/settings.py",
        "handlers/drawn.py",
        "handlers/services.py",
        "store/errors.py",
        "web/keys.py",
    },
    "tables: tests/store/test_migrate.py compares them with the migrations": {
        str(path.relative_to(ROOT))
        for path in (ROOT / "store" / "tables").glob("*.py")
        if path.stem != "__init__"
    },
    "wires the others: tests/e2e starts it as a process": {
        "bot/app.py",
        "bot/platforms.py",
        "engine/__main__.py",
    },
    "one language: tests/handlers/texts/test_english.py and test_hindi.py say all of it": {
        str(path.relative_to(ROOT))
        for path in (ROOT / "handlers" / "texts").glob("*/*.py")
        if path.stem != "__init__"
    },
    "a part of an adapter: its tests speak to the adapter over a socket": {
        "billing/razorpay_session.py",
        "billing/razorpay_wire.py",
        "bot/discord_address.py",
        "bot/discord_answering.py",
        "bot/discord_errors.py",
        "bot/discord_offers.py",
        "bot/telegram_answers.py",
        "bot/telegram_connection.py",
        "bot/telegram_errors.py",
        "bot/telegram_menu.py",
    },
    "looks for what tests/billing/test_invariants.py breaks": {"store/breaches.py"},
    "the second half of a payment: tests/billing/test_payments.py": {"billing/settlement.py"},
    "the second half of a top-up: tests/billing/test_topups.py": {"billing/topping.py"},
}


def modules(*packages: str) -> list[Path]:
    return sorted(
        path.relative_to(ROOT)
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
    )


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


def test_modules_fit_on_a_few_screens() -> None:
    long = {
        str(path): lines
        for path in modules(*PACKAGES)
        if (lines := len((ROOT / path).read_text().splitlines())) > MODULE_LINES_MAX
    }

    assert long == {}


def test_functions_fit_on_one_screen() -> None:
    long = {
        f"{path}:{name}": lines
        for path in modules(*PACKAGES)
        for name, lines in functions(path)
        if lines > FUNCTION_LINES_MAX
    }

    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path)
        for path in modules(*PACKAGES)
        if ast.get_docstring(ast.parse((ROOT / path).read_text())) is None
    ]

    assert silent == []


def has_tests(path: Path) -> bool:
    folder = ROOT / "tests" / path.parent
    return (folder / f"test_{path.stem.strip('_')}.py").exists()


def test_every_module_has_a_test_module_of_its_name() -> None:
    excused = set[str]().union(*TESTED_ELSEWHERE.values())
    untested = {
        str(path) for path in modules(*OURS) if path.stem != "__init__" and not has_tests(path)
    }

    assert untested - excused == set()
    assert excused - untested == set(), "an excuse that is no longer needed"


@pytest.mark.parametrize(
    ("why", "pattern"),
    [
        ("a path of somebody's machine", r"(?<![\w.}/])/(home|root|Users|work)/\w"),
        ("a promise instead of code", r"\b(TODO|FIXME|XXX|HACK)\b"),
        ("a folder outside of the project", r"\.\./\w+/"),
    ],
)
def test_the_project_speaks_of_itself_alone(why: str, pattern: str) -> None:
    written = [
        path
        for package in (*PACKAGES, "docs")
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", ".md", ".js", ".css", ".html", ".toml"}
    ]
    written += [path for path in ROOT.glob("*") if path.suffix in {".md", ".toml", ".lock"}]
    written += [ROOT / name for name in ("Makefile", "Procfile")]
    guilty = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in written
        if (found := re.search(pattern, path.read_text()))
    ]

    assert guilty == [], why
