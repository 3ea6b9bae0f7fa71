"""How grave CG804 is: a duplicate by mistake, and a file that is a choice of services."""

from __future__ import annotations

from pathlib import Path

import pytest

from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.engine.run import Selection, check
from composeguard.engine.severity import Severity
from composeguard.model.read import read_project
from composeguard.policy.builtin import load_builtin


@pytest.mark.parametrize(("others", "severity"), [(1, Severity.HIGH), (4, Severity.HIGH), (5, Severity.MEDIUM)])
def test_many_services_on_one_port_are_a_choice(tmp_path: Path, others: int, severity: Severity) -> None:
    names = [f"web{number}" for number in range(others + 1)]
    text = "services:\n" + "".join(f'  {name}: {{image: "nginx:1.27.2", ports: ["8080:80"]}}\n' for name in names)
    path = str(tmp_path / "compose.yaml")
    files = Files(str(tmp_path), overlay={path: text.encode()})
    request = Request(files=(path,), project_directory=str(tmp_path), root=str(tmp_path))
    rules = tuple(rule for rule in load_builtin() if rule.code == "CG804")
    found = check(read_project(request, files), Selection(rules)).findings
    assert [finding.severity for finding in found] == [severity] * others
