"""The project `every-key` uses every key of the Compose schema, and its recorded answer is the reference's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.json_value import Json
from tests.oracle import BUILD_HELP, Oracle, find_oracle
from tests.recorded_case import expected_project, placed_json, request_of
from tests.same_answer import differences

CASE = Path(__file__).resolve().parents[1] / "fixtures" / "projects" / "every-key"
COMBINATORS = ("allOf", "anyOf", "oneOf")
REFERENCE = "#/$defs/"


class Coverage:
    """Which `properties` of a schema an instance uses, by a pointer like `$defs/service/restart`."""

    def __init__(self, schema: dict[str, Json]) -> None:
        definitions = schema["$defs"]
        assert isinstance(definitions, dict)
        self.definitions = definitions
        self.used: set[str] = set()
        self.all = set(self._keys(schema, ""))

    def _keys(self, schema: Json, at: str) -> Iterator[str]:
        for name, value in schema.items() if isinstance(schema, dict) else ():
            if name == "properties" and isinstance(value, dict):
                yield from (f"{at}/{key}" for key in value)
            if isinstance(value, dict):
                yield from self._keys(value, at if name == "properties" else f"{at}/{name}")
            elif isinstance(value, list):
                for item in value:
                    yield from self._keys(item, at)

    def visit(self, schema: Json, value: Json, at: str = "") -> None:
        """Mark what `value` uses; a branch that cannot apply marks nothing, as its keys are not there."""
        if not isinstance(schema, dict):
            return
        reference = schema.get("$ref")
        if isinstance(reference, str):
            name = reference.removeprefix(REFERENCE)
            self.visit(self.definitions[name], value, f"/$defs/{name}")
        for combinator in COMBINATORS:
            branches = schema.get(combinator)
            for branch in branches if isinstance(branches, list) else ():
                self.visit(branch, value, at)
        if isinstance(value, dict):
            self._visit_mapping(schema, value, at)
        elif isinstance(value, list):
            for item in value:
                self.visit(schema.get("items"), item, f"{at}/items")

    def _visit_mapping(self, schema: dict[str, Json], value: dict[str, Json], at: str) -> None:
        properties = schema.get("properties")
        patterns = schema.get("patternProperties")
        for key, item in value.items():
            if isinstance(properties, dict) and key in properties:
                self.used.add(f"{at}/{key}")
                self.visit(properties[key], item, f"{at}/{key}")
            elif isinstance(patterns, dict) and not key.startswith("x-"):
                for pattern, below in patterns.items():
                    self.visit(below, item, f"{at}/patternProperties/{pattern}")


def test_uses_every_key_of_the_schema(shared_dir: Path) -> None:
    schema = json.loads((shared_dir / "schemas" / "compose-go-2.16.2.json").read_text("utf-8"))
    coverage = Coverage(schema)
    assert len(coverage.all) > 250
    coverage.visit(schema, yaml.safe_load((CASE / "compose.yaml").read_text("utf-8")))
    assert sorted(coverage.all - coverage.used) == []


def test_recorded_answer_is_the_reference_s() -> None:
    if find_oracle() is None:
        pytest.skip(BUILD_HELP)
    with Oracle() as oracle:
        answer = oracle.load(CASE, request_of(CASE))
    assert (answer.result, answer.error) == ("accept", "")
    assert differences(placed_json(answer.project, CASE), expected_project(CASE)) == []
