"""The JSON schema of a configuration: valid, and of one mind with the loader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tests.test_cli import Run, run

from composeguard.commands.config_schema import schema
from composeguard.config import load, selection
from composeguard.errors import ConfigError
from composeguard.policy.builtin import load_builtin

__all__ = ["run"]

PROJECT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def check() -> jsonschema.Draft7Validator:
    text: Any = schema(load_builtin())
    jsonschema.Draft7Validator.check_schema(text)
    return jsonschema.Draft7Validator(text)


def documented() -> list[str]:
    """The configurations that the documentation shows."""
    known = ("profile", "rules", "fix", "images", "runtime", "exclude", "fail-on", "baseline", "ignore", "overrides")
    pages = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
    blocks = [block for page in pages for block in _BLOCK.findall(page.read_text("utf-8"))]
    found = [block for block in blocks if block.partition(":")[0] in known]
    found.append((PROJECT / "src/composeguard/commands/templates/composeguard.yaml").read_text("utf-8"))
    return found


def test_there_are_documented_configurations() -> None:
    assert len(documented()) >= 3


@pytest.mark.parametrize("text", documented())
def test_documented_configurations_are_accepted(check: jsonschema.Draft7Validator, text: str, tmp_path: Path) -> None:
    check.validate(yaml.safe_load(text))
    (tmp_path / "c.yaml").write_text(text)
    selection(load(tmp_path / "c.yaml", "c"), load_builtin())


@pytest.mark.parametrize(
    "text",
    [
        "unknown: 1",
        "profile: strict",
        "fail_on: low",
        "rules: {no-such-rule: off}",
        "rules: {CG103: {alow: [NET_RAW]}}",
        "rules: {CG101: {allow: [NET_RAW]}}",
        "rules: {CG302: urgent}",
        "ignore: [no-such-rule]",
        "fix: {limit: []}",
        "fix: {limits: [{cpus: 0}]}",
        "images: [{images: [a], source: [b], users: c}]",
        "images: [{images: [a]}]",
    ],
)
def test_what_the_loader_refuses_is_refused(check: jsonschema.Draft7Validator, text: str, tmp_path: Path) -> None:
    assert not check.is_valid(yaml.safe_load(text))
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(ConfigError):
        selection(load(tmp_path / "c.yaml", "c"), load_builtin())


def test_options_are_described_and_references_lead_somewhere() -> None:
    text = schema(load_builtin())
    allow = text["definitions"]["CG103"]["anyOf"][2]["properties"]["allow"]
    assert allow["description"]
    references = set(re.findall(r'"\$ref": "#/definitions/(\w+)"', json.dumps(text)))
    assert references <= set(text["definitions"])


def test_the_command_prints_the_schema_of_the_documentation(run: Run) -> None:
    result = run("config", "schema")
    assert (result.code, result.err) == (0, "")
    assert result.out == (PROJECT / "docs" / "composeguard.schema.json").read_text("utf-8")
