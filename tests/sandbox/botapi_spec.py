"""Bot API objects and requests judged by the machine-readable specification, where it is near."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_SPEC = Path(__file__).parents[3] / "shared" / "specs" / "telegram-api.json"
_SIMPLE: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
    "InputFile": (str,),
}


@dataclass(frozen=True)
class BotApiSpec:
    methods: dict[str, Any]
    types: dict[str, Any]

    def judge(self, value: Any, types: list[str], where: str) -> list[str]:
        """What is wrong with a value that should be one of `types`; the best fit is reported."""
        verdicts = [self._judge_one(value, name, where) for name in types]
        return min(verdicts, key=len)

    def _judge_one(self, value: Any, name: str, where: str) -> list[str]:
        if name.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{where}: {value!r} is no array"]
            inner = name.removeprefix("Array of ")
            return [
                p for i, v in enumerate(value) for p in self._judge_one(v, inner, f"{where}[{i}]")
            ]
        if name in _SIMPLE:
            good = isinstance(value, _SIMPLE[name]) and (name in {"Boolean", "True"}) == isinstance(
                value, bool
            )
            return [] if good else [f"{where}: {value!r} is no {name}"]
        described = self.types[name]
        if "subtypes" in described:
            return self.judge(value, described["subtypes"], where)
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no {name}"]
        return self._judge_fields(value, described.get("fields", []), f"{where}<{name}>")

    def _judge_fields(self, value: dict[str, Any], fields: list[Any], where: str) -> list[str]:
        known = {field["name"]: field for field in fields}
        problems = [f"{where}: {name} is unknown" for name in value if name not in known]
        problems += [
            f"{where}: {name} is missing"
            for name, field in known.items()
            if field["required"] and name not in value
        ]
        for name in value.keys() & known.keys():
            problems += self.judge(value[name], known[name]["types"], f"{where}.{name}")
        return problems

    def judge_request(self, method: str, parameters: dict[str, str]) -> list[str]:
        """What is wrong with a request; every value came as a string."""
        fields = self.methods[method].get("fields", [])
        types = {field["name"]: field["types"] for field in fields}
        decoded = {name: _decoded(text, types.get(name, [])) for name, text in parameters.items()}
        return self._judge_fields(decoded, fields, method)

    def judge_result(self, method: str, result: Any) -> list[str]:
        """What is wrong with an answer's result."""
        return self.judge(result, self.methods[method]["returns"], method)


def _decoded(text: str, types: list[str]) -> Any:
    if "String" in types or "InputFile" in types:
        return text
    return json.loads(text)


def load_spec() -> BotApiSpec:
    """The specification, or a skipped test."""
    if not _SPEC.exists():
        pytest.skip("the Bot API specification lies beside some checkouts only")
    read = json.loads(_SPEC.read_text())
    return BotApiSpec(read["methods"], read["types"])
