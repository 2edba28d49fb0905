"""The documentation tells what is there: names, settings, dependencies, decisions."""

import ast
import json
import re
import tomllib
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from bot.__main__ import COMMANDS
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")])
DECISIONS = sorted(ROOT.glob("docs/decisions/*.md"))
PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
FOLDERS = {*PACKAGES, "tests", "docs", "bench", "scripts", "models"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_name_and_path_exists(document: Path) -> None:
    spans = set(re.findall(r"`([^`\n]+)`", document.read_text()))

    missing = {span for span in spans if names_our_code(span) and not is_there(span)}

    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", document.read_text())

    missing = [target for target in targets if not (document.parent / target).exists()]

    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_of_the_bot_exists(document: Path) -> None:
    named = set(re.findall(r"python -m bot ([a-z]+)", document.read_text()))

    assert named <= set(COMMANDS)


def test_every_setting_is_explained_with_its_default() -> None:
    rows = dict(table_rows(ROOT / "docs/configuration.md"))

    assert rows == {name: expected_cells(name) for name in settings()}


def test_the_file_of_settings_has_no_setting_that_is_not_explained() -> None:
    assert set(shipped()) <= set(settings())


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(each for extra in extras for each in extra)]

    explained = [name for name, _ in table_rows(ROOT / "docs/dependencies.md")]

    assert sorted(explained) == sorted(re.split(r"[\[=<>~!]", each)[0] for each in wanted)


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_tells_its_context_and_consequences(decision: Path) -> None:
    headings = re.findall(r"^#+ (.+)$", decision.read_text(), re.MULTILINE)

    number = str(int(decision.stem[:4]))
    assert headings[0].startswith(f"{number} ")
    assert headings[1:] == ["Context", "Decision", "Consequences"]


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.stem[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))


def names_our_code(span: str) -> bool:
    """Whether a span looks like a path or a dotted name of ours."""
    if re.fullmatch(r"[\w./-]+", span) is None:
        return False
    first = re.split(r"[./]", span)[0]
    return first in FOLDERS and len(span) > len(first) + 1


def is_there(span: str) -> bool:
    if "/" in span:
        return (ROOT / span).exists()
    return span in settings() or span in tables() or is_defined(span.split("."))


def tables() -> set[str]:
    """Tables of config.toml, which share their names with packages."""
    return {name.rpartition(".")[0] for name in settings()}


def is_defined(parts: list[str]) -> bool:
    """Whether `package.module.Class.method` is written somewhere."""
    path, left = ROOT, list(parts)
    while left and ((path / left[0]).is_dir() or (path / f"{left[0]}.py").exists()):
        path /= left.pop(0)
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not left:
        return source.exists()
    body: list[ast.stmt] = ast.parse(source.read_text()).body
    while left:
        found = next((node for node in body if left[0] in defined_by(node)), None)
        if found is None:
            return False
        body = found.body if isinstance(found, ast.ClassDef) else []
        left.pop(0)
    return True


def defined_by(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign():
            return [target.id for target in node.targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def table_rows(document: Path) -> Iterator[tuple[str, list[str]]]:
    """The rows of a document's tables whose first cell is a name: the name, the cells but one."""
    for line in document.read_text().splitlines():
        name, *cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if line.startswith("| `"):
            yield name.strip("`"), cells[:-1]


def settings() -> dict[str, Any]:
    """Every setting and the default of the code."""
    return dict(leaves(Settings))


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        inner = [field.annotation, *typing.get_args(field.annotation)]
        section = next((t for t in inner if isinstance(t, type) and issubclass(t, BaseModel)), None)
        if section is None:
            yield prefix + name, None if field.is_required() else field.default
        else:
            yield from leaves(section, f"{prefix}{name}.")


def shipped() -> dict[str, Any]:
    """Every setting of config.toml and its value there."""
    return dict(flattened(tomllib.loads((ROOT / "config.toml").read_text())))


def flattened(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if prefix + name in settings():
            yield prefix + name, value
        elif isinstance(value, dict):
            yield from flattened(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield from flattened({key: "" for each in value for key in each}, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def expected_cells(name: str) -> list[str]:
    """The name in the environment, and the default."""
    if name.startswith(("plans.", "backends.")):
        return []
    environment = f"`HUB_{name.upper().replace('.', '__')}`"
    own = settings()[name]
    if isinstance(own, SecretStr) or name == "backend_secrets":
        return [environment, "secret"]
    value = shipped().get(name, own)
    if isinstance(value, Mapping):
        return [environment, "see the file"]
    same = written(value) == written(own)
    default = written(value) if same else f"{written(value)}, left out: {written(own)}"
    return [environment, default]


def written(value: object) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"
