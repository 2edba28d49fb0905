"""Writes the table of faults into docs/payments.md: what can go wrong, what we do, what proves it.

The words are those of tests/faults/catalogue.toml, the proofs every test that carries
`@pytest.mark.fault`. `python -m scripts.faults` writes; tests/test_payments_page.py compares.
"""

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "payments.md"
CATALOGUE = ROOT / "tests" / "faults" / "catalogue.toml"
BEGIN, END = "<!-- faults: written by scripts/faults.py -->", "<!-- end of faults -->"

Proofs = Mapping[str, list[tuple[Path, str]]]


def catalogue() -> dict[str, dict[str, str]]:
    """Every fault by its id: `fault`, `answer`, and `open` where something is missing."""
    return tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))


def proofs() -> Proofs:
    """The tests that prove each fault: their file and name."""
    found: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for test, fault in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            if (path, test) not in found[fault]:
                found[fault].append((path, test))
    return found


def _marked(module: ast.Module) -> Iterator[tuple[str, str]]:
    for function in module.body:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in function.decorator_list:
                for fault in _faults(decorator):
                    yield function.name, fault


def _faults(decorator: ast.expr) -> Iterator[str]:
    """The ids in a mark, or in the marks of a parametrisation's cases."""
    for node in ast.walk(decorator):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.fault":
            yield from (ast.literal_eval(argument) for argument in node.args)


def table() -> str:
    """The table, as Markdown."""
    known = proofs()
    rows = [
        f"| {fault} | {row['fault']} | {_answer(row)} | {_links(known.get(fault, []))} |"
        for fault, row in catalogue().items()
    ]
    return "\n".join(["| | What goes wrong | What we do | Proof |", "|---|---|---|---|", *rows])


def _answer(row: Mapping[str, str]) -> str:
    missing = f"*Not yet: {row['open']}.*" if "open" in row else ""
    return " ".join(filter(None, (row["answer"], missing)))


def _links(tests: list[tuple[Path, str]]) -> str:
    return "<br>".join(f"{_title(test)} (`{path.relative_to(ROOT)}`)" for path, test in tests)


def _title(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")


def page(written: str) -> str:
    """A page with its table renewed."""
    before, _, rest = written.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
