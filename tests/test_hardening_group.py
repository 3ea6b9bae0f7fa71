"""What a terminal makes of the absences of a bare service under the profile `restricted`."""

from __future__ import annotations

from pathlib import Path

from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.engine.run import Selection, check
from composeguard.engine.severity import Profile
from composeguard.model.read import read_project
from composeguard.policy.builtin import load_builtin
from composeguard.report.hardening import groups, setting

_TEXT = b"""services:
  web:
    image: nginx:1.27.2
  migrate:
    image: example.org/web:1.4
"""


def test_a_missing_health_check_and_restart_policy_stand_with_the_other_absences(tmp_path: Path) -> None:
    path = str(tmp_path / "compose.yaml")
    files = Files(str(tmp_path), overlay={path: _TEXT})
    request = Request(files=(path,), project_directory=str(tmp_path), root=str(tmp_path))
    rules = tuple(rule for rule in load_builtin() if Profile.RESTRICTED.holds(rule.profiles))
    found = groups(check(read_project(request, files), Selection(rules)).findings)
    said = {group.name: [setting(each) for each in group.findings] for group in found if len(group.findings) > 1}
    assert said["web"][-2:] == ["healthcheck", "restart"]
    assert "cap_drop ALL" in said["web"]
    assert not {"healthcheck", "restart"} & set(said["migrate"])
