"""A run that shows its models to nobody makes plain classes, and comes to the same; all others make pydantic's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from composeguard import api
from composeguard.model.types import Specification

PROJECT = Path(__file__).resolve().parents[1]
FIXTURES = PROJECT / "fixtures"

EMPTY_AFTERWARDS = """
from composeguard.__main__ import main as check
def main():
    code = check()
    from composeguard.model.binder import bound
    from composeguard.model.project import Project
    from composeguard.source.node import Node
    def node(value):
        return Node(value, None, 0, 0)
    kept = {"image": node("b")}
    project = bound(Project, node({"services": node({"a": node(kept)}), "volumes": node({"v": node({})})}))
    for model in (project, project.services["a"], project.volumes["v"]):
        for name, value in vars(model).items():
            assert not isinstance(value, (list, dict)) or not value or model is project, name
    assert not project.jobs and not project.networks and not project.secrets
    return code
"""
"""Models share what is empty, so that nothing may have been put into it."""
AS_IT_IS = "from composeguard.__main__ import main"
WITH_PYDANTIC = f"import composeguard.api\n{AS_IT_IS}"
"""Models that exist stay what they are."""


def told(prelude: str, *arguments: str, cwd: Path) -> tuple[int, str, str, bool]:
    """What a process says, and whether it has imported pydantic."""
    code = (
        f"import sys\nsys.argv = ['composeguard', *{arguments!r}]\n{prelude}\ncode = main()\n"
        "sys.stdout.flush()\nprint('\\n', 'pydantic' in sys.modules, sep='')\nsys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, timeout=300)
    out, _, imported = done.stdout.rstrip("\n").rpartition("\n")
    return done.returncode, out, done.stderr, imported == "True"


def test_users_of_the_interface_have_models_of_pydantic() -> None:
    for model in (api.Project, api.Service, api.Port, api.Options):
        assert issubclass(model, BaseModel)
    assert Specification.model_json_schema()["title"] == "Specification"
    assert api.Project.model_validate({"services": {"a": {"image": "b"}}}).model_dump()["services"]["a"]["image"] == "b"


@pytest.mark.parametrize("output", ["json", "sarif"])
def test_all_fixtures_come_to_the_same(output: str) -> None:
    arguments = ("check", "--no-cache", "--no-config", "--profile", "all", "-j1", "-f", output, "fixtures")
    *plain, _ = told(AS_IT_IS, *arguments, cwd=PROJECT)
    *full, _ = told(WITH_PYDANTIC, *arguments, cwd=PROJECT)
    assert plain == full
    assert json.loads(str(plain[1]))


def test_nobody_changes_what_models_share() -> None:
    arguments = ("check", "--no-cache", "--no-config", "--profile", "all", "-j1", "-f", "html", "fixtures", "examples")
    code, _, errors, _ = told(EMPTY_AFTERWARDS, *arguments, cwd=PROJECT)
    assert "Error" not in errors
    assert code in (0, 1, 2)


CONFIGURED = [
    "rules: {CG103: {allow: [NET_ADMIN]}, CG302: off}\nfail-on: high\n",
    "fix: {limits: [{services: ['a*'], memory: 64m, cpus: 2}]}\nimages: [{images: [x], source: [y], user: '1'}]\n",
    "overrides: [{services: [a], rules: {CG101: off}}]\nruntime: podman\n",
    "packs: [homelab]\n",
    "packs: [none]\n",
    "extends: other.yaml\n",
    "unknown: 1\n",
    "rules: {CG103: {alow: [NET_ADMIN]}}\n",
    "rules: {CG103: {allow: 1}}\n",
    "fix: {limits: [{memory: 0}]}\n",
    "fix: {limits: [{memori: 1m}]}\n",
    "overrides: [{files: [], rules: {CG101: {x: 1}}}]\n",
    "overrides: [{serv: [a]}]\n",
    "select: 1\n",
    "[]\n",
    "policies: [p.yaml]\n",
]
POLICY = """
policies:
  - code: ACME001
    name: no-latest
    description: x
    severity: high
    expression: "service.image.endsWith(':latest') || service.cap_add.exists(c, c == 'ALL')"
    message: "{name} is new"
"""
COMPOSE = "services: {a: {image: 'x:latest', privileged: true, cap_add: [NET_ADMIN], ports: ['80:80']}}\n"


@pytest.mark.parametrize("configuration", CONFIGURED, ids=str.strip)
@pytest.mark.parametrize(
    "command", [("check", "--no-cache", "-f", "full"), ("fix", "--diff", "--unsafe")], ids=" ".join
)
def test_configurations_come_to_the_same(tmp_path: Path, configuration: str, command: tuple[str, ...]) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / ".composeguard.yaml").write_text(configuration)
    (tmp_path / "other.yaml").write_text("rules: {CG101: low}\n")
    (tmp_path / "p.yaml").write_text(POLICY)
    *plain, _ = told(AS_IT_IS, *command, cwd=tmp_path)
    *full, _ = told(WITH_PYDANTIC, *command, cwd=tmp_path)
    assert plain == full
    assert plain[0] in (0, 1, 2)


@pytest.mark.parametrize(
    "text",
    [
        COMPOSE,
        "services: {a: {image: 'b:${C}', ulimits: {nofile: {soft: 1, hard: 2}, core: 3}, mem_limit: 1g}}\n",
        "services: {a: {image: b, healthcheck: {interval: 1 week}}}\n",
        "services: {a: {image: b, stop_grace_period: x, cpus: y, privileged: maybe}, c: {image: d}}\n",
        "services: {a: {image: b, environment: [A=1, B], pre_start: [{command: [a]}], x-y: 1}}\nvolumes: {v: }\n",
    ],
)
def test_texts_come_to_the_same(tmp_path: Path, text: str) -> None:
    (tmp_path / "compose.yaml").write_text(text)
    command = ("check", "--no-cache", "--profile", "restricted", "-f", "concise")
    *plain, _ = told(AS_IT_IS, *command, cwd=tmp_path)
    *full, _ = told(WITH_PYDANTIC, *command, cwd=tmp_path)
    assert plain == full


@pytest.mark.parametrize("profile", ["recommended", "all"])
def test_what_is_plain_is_bound_without_pydantic(tmp_path: Path, profile: str) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    *_, imported = told(AS_IT_IS, "check", "--no-cache", "--profile", profile, cwd=tmp_path)
    assert not imported


def test_a_configuration_that_fits_is_read_without_pydantic(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / ".composeguard.yaml").write_text(
        "fail-on: high\nselect: [CG10]\nexclude: [x]\nruntime: podman\n"
        "rules: {CG103: {allow: [NET_ADMIN]}, CG302: off}\n"
        "images: [{images: [x], source: [y], user: '1'}]\noverrides: [{services: [a], rules: {CG101: off}}]\n"
    )
    *_, imported = told(AS_IT_IS, "check", "--no-cache", cwd=tmp_path)
    assert not imported


@pytest.mark.parametrize("option", ["--rules", "--rules=rules"])
def test_rules_of_others_see_models_of_pydantic(tmp_path: Path, option: str) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.py").write_text(
        "from composeguard.api import *\nfrom pydantic import BaseModel\n"
        "@service_rule(code='ACME001', name='x-y', severity=Severity.HIGH, profiles=(Profile.BASELINE,))\n"
        "def x_y(service):\n    'x'\n    yield Problem(service.path, str(isinstance(service, BaseModel)))\n"
    )
    arguments: tuple[Any, ...] = (option,) if "=" in option else (option, "rules")
    out = told(AS_IT_IS, "check", "--no-cache", "--select", "ACME001", "-f", "concise", *arguments, cwd=tmp_path)
    assert "ACME001 [high] True" in out[1], out
