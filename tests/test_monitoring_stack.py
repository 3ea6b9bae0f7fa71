"""A monitoring stack as its manuals have it, and what each deviation from it is found for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from tests.rule_cases import marked

from composeguard.compose.files import Content, Files
from composeguard.compose.request import Request
from composeguard.config import Configuration, Settings, rule_options, selection
from composeguard.engine.finding import Finding
from composeguard.engine.run import Selection, check
from composeguard.engine.severity import Profile, Severity
from composeguard.fix.judge import Checked
from composeguard.fix.plan import plan
from composeguard.model.read import read_project
from composeguard.policy.builtin import load_builtin
from composeguard.source.file import SourceFile

_FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "projects" / "monitoring"
_DEVIATIONS = sorted((_FOLDER / "deviations").glob("*.yaml"))
_RULES = load_builtin()


def _checked(
    *overrides: Path,
    profile: Profile = Profile.RECOMMENDED,
    runtime: str = "",
    overlay: Mapping[str, Content] | None = None,
) -> Checked:
    names = tuple(str(path) for path in (_FOLDER / "compose.yaml", *overrides))
    request = Request(files=names, project_directory=str(_FOLDER), root=str(_FOLDER))
    reading = read_project(request, Files(str(_FOLDER), overlay=overlay or {}))
    rules = tuple(rule for rule in _RULES if rule.always or profile.holds(rule.profiles))
    options = {
        rule.code: rule_options(rule, {"runtime": runtime})
        for rule in rules
        if runtime and rule.options is not None and "runtime" in rule.options.model_fields
    }
    outcome = check(reading, Selection(rules, options=options))
    assert outcome.failures == ()
    return Checked(reading.root, tuple(found for found in outcome.findings if found.suppression is None))


def _said(findings: Sequence[Finding]) -> list[str]:
    return [f"{found.uri}:{found.region.start_line} {found.code} {found.severity.name}" for found in findings]


def test_agents_with_the_mounts_that_they_need_are_information_at_most() -> None:
    findings = _checked().findings
    assert {(found.code, found.severity) for found in findings} == {("CG201", Severity.INFO), ("CG202", Severity.INFO)}
    assert {found.path[1] for found in findings} == {"node-exporter", "cadvisor"}


def test_the_restricted_profile_has_no_more_to_say() -> None:
    assert _said(_checked(profile=Profile.RESTRICTED).findings) == _said(_checked().findings)


@pytest.mark.parametrize("path", _DEVIATIONS, ids=lambda path: path.stem)
def test_a_deviation_is_found_where_it_is(path: Path) -> None:
    here = f"deviations/{path.name}"
    findings = tuple(found for found in _checked(path).findings if found.uri == here)
    wanted = {
        (number, code)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        for code in marked(line)
    }
    assert {(found.region.start_line, found.code) for found in findings} == wanted
    assert all(found.severity > Severity.INFO for found in findings)


def test_writable_mounts_are_made_read_only_without_asking() -> None:
    path = _FOLDER / "deviations" / "writable-mounts.yaml"

    def recheck(overlay: Mapping[str, SourceFile]) -> Checked:
        return _checked(path, overlay=overlay)

    result = plan(_checked(path), recheck, allow_unsafe=False, wanted=lambda found: found.code == "CG705")
    assert [
        (each.file.uri, each.text.count("read_only: true"), each.text.count("/sys:/sys:ro")) for each in result.files
    ] == [("deviations/writable-mounts.yaml", 1, 1)]
    assert {found.severity for found in result.after.findings} == {Severity.INFO}


def test_podman_does_not_show_its_containers_to_cadvisor() -> None:
    findings = _checked(profile=Profile.ALL, runtime="podman").findings
    assert [found.path for found in findings if found.code == "CG706"] == [("services", "cadvisor", "image")]
    assert not [found for found in _checked(profile=Profile.ALL).findings if found.code in ("CG706", "CG707")]


def test_the_runtime_of_the_configuration_reaches_the_rules_that_ask_for_it() -> None:
    chosen = selection(Configuration(Settings(profile="all", runtime="podman")), _RULES)
    assert {code: options.model_dump() for code, options in chosen.options.items()} == {
        "CG706": {"runtime": "podman"},
        "CG707": {"runtime": "podman"},
    }
    assert selection(Configuration(Settings(profile="all")), _RULES).options == {}
