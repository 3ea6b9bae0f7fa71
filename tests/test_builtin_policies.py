"""The built-in rules that are policies: under another code, anybody could write the same file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.rule_cases import RULES, Case, cases

from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.engine.finding import Finding
from composeguard.engine.registry import builtin_folder
from composeguard.engine.rule import Rule
from composeguard.engine.run import Selection, check
from composeguard.model.read import read_project
from composeguard.policy.builtin import ENDING, Later, load_builtin
from composeguard.policy.document import read_text
from composeguard.policy.error import PolicyError
from composeguard.policy.load import rules_of

FILES = sorted(builtin_folder().glob(f"*{ENDING}"))


def _as_a_policy(path: Path) -> Rule:
    text = re.sub(r"^    profiles: .*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
    ((rule, _),) = rules_of(read_text(text.replace("CG", "ACME").encode(), path.name)[1])
    return rule


def _built_in(path: Path) -> Rule:
    return RULES[path.name[:5].upper()]


def test_there_are_two_at_least() -> None:
    assert len(FILES) >= 2
    assert [path.name[:5].upper() for path in FILES] == [
        rule.code for rule in load_builtin() if isinstance(rule.check, Later)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:5])
def test_the_facts_are_those_of_a_policy(path: Path) -> None:
    policy, rule = _as_a_policy(path), _built_in(path)
    assert policy.name == rule.name
    assert policy.severity is rule.severity
    assert policy.scope is rule.scope
    assert policy.references == rule.references
    assert policy.documentation == rule.documentation
    assert [(each.title, each.good) for each in policy.examples] == [(e.title, e.good) for e in rule.examples]


CASES = [case for case in cases() if case.kind == "bad" and isinstance(case.rule.check, Later)]


def _seen(case: Case, rule: Rule) -> list[object]:
    return [(f.message, f.label, f.start, f.end, f.fix) for f in case.findings(case.reading(), [rule])]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_findings_are_those_of_a_policy(case: Case) -> None:
    (path,) = (path for path in FILES if _built_in(path) is case.rule)
    found = _seen(case, case.rule)
    assert found
    assert found == _seen(case, _as_a_policy(path))


def test_they_need_neither_the_cel_library_nor_to_be_built_before_use(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {a: {image: 'nginx:1.27.2', cgroup_parent: x.slice}}\n")
    code = """
import sys
sys.modules["cel_expr_python"] = None
from composeguard.cli import run
loaded = lambda: sorted(name for name in sys.modules if name.startswith("composeguard.policy"))
run(["check", "-q", "--select", "CG101", "compose.yaml"])
print(loaded())
print(run(["check", "-f", "concise", "--select", "CG111,CG408", "compose.yaml"]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == [
        "no findings in 1 file",
        "['composeguard.policy', 'composeguard.policy.builtin', 'composeguard.policy.cited']",
        "compose.yaml:1:12: CG408 [info] a sets no ulimits",
        "compose.yaml:1:39: CG111 [low] a runs in the cgroup x.slice: the limits of the engine's own group do not hold",
        "1",
    ], done.stderr


MESSAGES = [
    ("use: forbid-key\n    with: {key: user}\n    message: '{name} is {value} {{}}'", "a is root {}"),
    ("use: forbid-key\n    with: {key: command}\n    message: '{name} runs {value}'", "a runs a value"),
    ("use: require-key\n    with: {key: labels}\n    message: no labels", "no labels"),
]


@pytest.mark.parametrize(("policy", "message"), MESSAGES)
def test_a_template_takes_a_message_of_the_policy(policy: str, message: str, tmp_path: Path) -> None:
    found = _findings(policy, tmp_path)
    assert [(each.message, each.label) for each in found] == [(message, "so what")]


def _findings(policy: str, folder: Path) -> list[Finding]:
    text = f"policies:\n  - code: ACME001\n    label: so what\n    references: [{{cwe: 770}}]\n    {policy}\n"
    ((rule, _),) = rules_of(read_text(text.encode(), "p.yml")[1])
    assert rule.references[0].tag == "external/cwe/cwe-770"
    (folder / "compose.yaml").write_text("services: {a: {image: x, user: root, command: [a, s3cret]}}\n")
    request = Request(files=(str(folder / "compose.yaml"),), project_directory=str(folder), root=str(folder))
    return list(check(read_project(request, Files(str(folder))), Selection((rule,))).findings)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("use: require-key\n    with: {key: labels}\n    message: 'x {value}'", "can show {name}"),
        ("use: forbid-key\n    with: {key: user}\n    message: 'x {'", "{name} and {value}"),
        ("use: naming\n    with: {pattern: a}\n    message: '{name}'", "can show no values"),
    ],
)
def test_a_message_that_cannot_be_made_is_an_error_at_its_place(policy: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=re.escape(said)) as caught:
        _findings(policy, tmp_path)
    start = caught.value.start
    assert caught.value.file.text[start] == "{"


@pytest.mark.parametrize("given", ["{label: a}", "{cwe: 1, cis: '2'}", "{}"])
def test_a_reference_is_one_thing(given: str) -> None:
    text = f"policies:\n  - code: ACME001\n    references: [{given}]\n    use: naming\n    with: {{pattern: a}}\n"
    with pytest.raises(PolicyError, match="a reference has a label and a url"):
        rules_of(read_text(text.encode(), "p.yml")[1])
