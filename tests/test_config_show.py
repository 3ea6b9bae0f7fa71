"""`composeguard config show`: every setting with the place where it was said."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from tests.test_cli import Run, run

from composeguard.config import Settings

__all__ = ["run"]

CONFIGURATION = """\
fail-on: high
ignore: [CG302]
rules:
  CG501: high
fix:
  limits:
    - {memory: 256m}
"""


def test_each_value_has_its_origin(run: Run) -> None:
    Path(".git").mkdir()
    Path("sub").mkdir()
    Path(".composeguard.yaml").write_text(CONFIGURATION)
    result = run("config", "show", "sub", "--ignore", "CG1", "--profile", "cis")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert 'fail-on: "high"  # .composeguard.yaml:1:1' in lines
    assert 'profile: "cis"  # command line' in lines
    assert 'min-severity: "info"  # default' in lines
    assert lines[lines.index("ignore:") + 1 :][:2] == [
        '  - "CG302"  # .composeguard.yaml:2:10',
        '  - "CG1"  # command line',
    ]
    assert '  CG501: {"enabled": true, "severity": "high"}  # .composeguard.yaml:4:3' in lines
    shown = yaml.safe_load(result.out)
    assert len(shown) == len(Settings.model_fields)
    assert shown["fix"]["limits"][0]["memory"] == "256m"


def test_as_json(run: Run) -> None:
    Path(".git").mkdir()
    Path("pyproject.toml").write_text('[tool.composeguard]\nprofile = "all"\n')
    content = json.loads(run("config", "show", "--format", "json").out)
    assert content["configuration"] == "pyproject.toml"
    origins = {tuple(row["path"]): row["origin"] for row in content["settings"]}
    assert origins[("profile",)] == "pyproject.toml"
    assert origins[("fail-on",)] == "default"


def test_without_a_configuration_all_is_default(run: Run) -> None:
    Path(".git").mkdir()
    result = run("config", "show")
    assert all(line.endswith("  # default") for line in result.out.splitlines())


def test_a_broken_configuration_and_a_missing_path_are_errors(run: Run) -> None:
    Path(".git").mkdir()
    assert run("config", "show", "missing").code == 2
    Path(".composeguard.yaml").write_text("ignore: [no-such-rule]\n")
    assert run("config", "show").code == 2
