"""`composeguard policy`: validate, test, new, schema."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import click
import jsonschema
import pytest
import yaml

from composeguard.cli import run
from composeguard.policy.declaration import Declaration
from composeguard.policy.samples import EXPRESSION, TEMPLATES
from composeguard.policy.schema import schema
from composeguard.policy.templates import NAMES, template

POLICIES = """\
policies:
  - code: ACME001
    use: require-label
    with: {key: owner}
    fix: {set: {labels.owner: nobody}, safety: safe}
  - code: ACME002
    for: service
    assert: service.privileged != true
    message: "{service.name} is privileged"
"""
BAD = """\
services:
  web:  # expect: ACME001
    image: nginx:1.27
  db:  # ok: ACME001
    image: postgres:17
    labels: {owner: a}
"""
FIXED = """\
services:
  web:
    image: nginx:1.27
    labels:
      owner: nobody
  db:  # ok: ACME001
    image: postgres:17
    labels: {owner: a}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("policies/tests").mkdir(parents=True)
    Path("policies/acme.yml").write_text(POLICIES)
    Path("policies/tests/labels.bad.yml").write_text(BAD)
    Path("policies/tests/labels.fixed.yml").write_text(FIXED)


def test_validate(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "validate", "policies"]) == 0
    assert capsys.readouterr().out == "2 policies: ACME001, ACME002\n"
    Path("policies/acme.yml").write_text(POLICIES.replace("privileged !=", "privilegd !="))
    assert run(["policy", "validate", "policies/acme.yml"]) == 2
    assert "policies/acme.yml:8:21: service has no field 'privilegd'" in capsys.readouterr().err
    assert run(["policy", "validate", "none"]) == 2


def test_tests_pass_and_coverage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "test", "policies"]) == 0
    assert capsys.readouterr().out == (
        "no test shows what they find: ACME002\n"
        "no test shows what they leave alone: ACME002\n"
        "1 test, all passed; 1 of 2 policies tested\n"
    )
    assert run(["policy", "test", "policies", "--require-all"]) == 1
    assert run(["policy", "test"]) == 0
    assert run(["policy", "test", "policies/tests", "--policy", "policies/acme.yml"]) == 0


def test_failures_are_shown_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("policies/tests/labels.bad.yml").write_text(BAD.replace("web:  # expect: ACME001", "web:  # ok: ACME001"))
    Path("policies/tests/priv.bad.yml").write_text("services:\n  web:  # expect: ACME002\n    image: a\n")
    Path("policies/tests/typo.good.yml").write_text("# ok: ACME020\nservices: {}\n")
    Path("policies/tests/broken.good.yml").write_text("services: [\n")
    assert run(["policy", "test", "policies"]) == 1
    out = capsys.readouterr().out
    assert "FAIL policies/tests/broken.good.yml\n  cannot be read: not YAML" in out
    assert (
        "FAIL policies/tests/labels.bad.yml\n"
        "  line 2: ACME001 is found, and not expected: web lacks the label owner\n" in out
    )
    assert "FAIL policies/tests/priv.bad.yml\n  line 2: ACME002 is expected, and not found\n" in out
    assert "FAIL policies/tests/typo.good.yml\n  there is no policy ACME020; did you mean ACME002?\n" in out
    assert "4 tests, 4 failed" in out


def test_a_fix_that_makes_another_text_is_shown_as_a_difference(capsys: pytest.CaptureFixture[str]) -> None:
    Path("policies/tests/labels.fixed.yml").write_text(FIXED.replace("nobody", "somebody"))
    assert run(["policy", "test", "policies"]) == 1
    out = capsys.readouterr().out
    assert "  --- shown\n  +++ made\n" in out
    assert "  -      owner: somebody\n  +      owner: nobody\n" in out


def test_examples_of_policies_are_tests(capsys: pytest.CaptureFixture[str]) -> None:
    example = (
        "    examples:\n      - bad: |\n          services:\n            a:  # expect: ACME002\n"
        "              image: a\n"
        "        good: |\n          services: {a: {image: a}}\n"
    )
    Path("policies/acme.yml").write_text(POLICIES + example)
    assert run(["policy", "test", "policies/acme.yml"]) == 1
    out = capsys.readouterr().out
    assert "FAIL ACME002 example 1 bad\n  line 2: ACME002 is expected, and not found\n" in out
    assert "2 tests, 1 failed" in out


def test_a_policy_that_fails_on_an_item_fails_its_test(capsys: pytest.CaptureFixture[str]) -> None:
    Path("policies/acme.yml").write_text(POLICIES.replace("service.privileged != true", "service.privileged"))
    Path("policies/tests/priv.good.yml").write_text("# ok: ACME002\nservices: {a: {image: a}}\n")
    assert run(["policy", "test", "policies"]) == 1
    assert "the rule ACME002 failed on a: policies/acme.yml:8:13: no boolean" in capsys.readouterr().out


def test_a_file_that_is_named_must_be_a_test(capsys: pytest.CaptureFixture[str]) -> None:
    Path("compose.yaml").write_text("services: {}\n")
    assert run(["policy", "test", "policies", "compose.yaml"]) == 1
    assert "FAIL compose.yaml\n  names no policy" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["expression", *NAMES])
def test_a_new_policy_passes_its_test(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--code", "NEW001", "--template", name, "--severity", "high"]
    assert run(["policy", "new", "made", *arguments]) == 0
    capsys.readouterr()
    assert run(["policy", "test", "made", "--require-all"]) == 0
    assert "2 tests, all passed; 1 of 1 policy tested" in capsys.readouterr().out
    assert run(["policy", "new", "made", *arguments]) == 2
    assert "is there already" in capsys.readouterr().err
    assert run(["policy", "new", "made", *arguments, "--force"]) == 0


def test_new_says_which_library_the_policy_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from composeguard.policy.cel import parse

    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    parse.library.cache_clear()
    arguments = ["--name", "new", "--severity", "high", "--template"]
    assert run(["policy", "new", "made", "--code", "NEW001", *arguments, "expression"]) == 0
    assert "need the extra: pip install 'composeguard[policy]'" in capsys.readouterr().err
    assert run(["policy", "new", "other", "--code", "NEW002", *arguments, "require-key"]) == 0
    assert capsys.readouterr().err == ""
    parse.library.cache_clear()


def test_new_asks_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    answers = iter(["ACME009", "naming", "good-names", "low"])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(click, "prompt", lambda *_, **__: next(answers))
    assert run(["policy", "new", "made"]) == 0
    text = Path("made/acme009.yml").read_text()
    assert "name: good-names\n    severity: low" in text


def test_new_without_a_terminal_needs_a_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run(["policy", "new", "made"]) == 2
    assert run(["policy", "new", "made", "--code", "CG101"]) == 2
    assert run(["policy", "new", "made", "--code", "ACME001", "--template", "nothing"]) == 2


def test_the_schema_takes_what_the_loader_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "schema"]) == 0
    whole = json.loads(capsys.readouterr().out)
    jsonschema.Draft7Validator.check_schema(whole)
    validator = jsonschema.Draft7Validator(whole)
    for sample in (EXPRESSION, *TEMPLATES.values()):
        policy = {"code": "ACME001", **yaml.safe_load(sample.body)}
        assert [error.message for error in validator.iter_errors({"policies": [policy]})] == []
    for wrong in (
        {"code": "ACME001"},
        {"code": "acme", "use": "naming", "with": {"pattern": "a"}},
        {"code": "ACME001", "use": "naming"},
        {"code": "ACME001", "use": "naming", "with": {"patern": "a"}},
        {"code": "ACME001", "use": "nameing", "with": {"pattern": "a"}},
        {"code": "ACME001", "use": "naming", "with": {"pattern": "a"}, "assert": "true"},
        {"code": "ACME001", "for": "service", "assert": "true"},
        {"code": "ACME001", "for": "service", "assert": "true", "message": "m", "sevrity": "low"},
    ):
        assert not validator.is_valid({"policies": [wrong]}), wrong


def test_every_template_has_a_sample_and_parameters_that_are_described() -> None:
    assert tuple(TEMPLATES) == NAMES
    for name in NAMES:
        found = template(name)
        assert found.name == name
        assert found.parameters.__doc__
        assert all(field.description for field in found.parameters.model_fields.values())
    assert schema()["definitions"]["RequireLabel"]["properties"]["key"]


def test_the_documentation_names_every_template_parameter_and_key() -> None:
    text = (Path(__file__).resolve().parents[1] / "docs" / "policies.md").read_text("utf-8")
    for name in NAMES:
        own = set(template(name).parameters.model_fields) - {"services", "but"}
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        assert [key for key in own if f"`{key}`" not in row] == []
    for field, info in Declaration.model_fields.items():
        assert f"`{info.alias or field}`" in text


def test_a_second_policy_from_the_same_template_has_a_name_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    new = ["policy", "new", "made", "--template", "require-label", "--code"]
    assert run([*new, "ACME001"]) == 0
    assert run([*new, "ACME002"]) == 0
    capsys.readouterr()
    assert run(["policy", "test", "made", "--require-all"]) == 0, capsys.readouterr().out
    assert "name: require-label-acme002" in Path("made/acme002.yml").read_text()
    assert run([*new, "ACME003", "--name", "require-label"]) == 2
    assert "the policy in made/acme001.yml already; --name gives another" in capsys.readouterr().err
    assert run([*new, "ACME001", "--force"]) == 0


def test_what_is_not_said_is_asked_for_by_its_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "new", "made"]) == 2
    assert "say it with --code" in capsys.readouterr().err
    assert run(["policy", "new", "made", "--code", "ACME001", "--template", "requir-label"]) == 2
    assert "there is no template 'requir-label'; did you mean require-label?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("code: ACME9", "policies.0.code: 'ACME9' does not fit: Such as ACME001; CG is composeguard's own."),
        ("name: My Name", "policies.0.name: 'My Name' does not fit: In lower case, with dashes."),
    ],
)
def test_a_text_of_another_form_is_told_what_it_has_to_be(
    entry: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "code: ACME001" if entry.startswith("name") else "name: own"
    Path("p.yml").write_text(f"policies:\n  - {entry}\n    {other}\n    use: naming\n    with: {{pattern: a}}\n")
    assert run(["policy", "validate", "p.yml"]) == 2
    assert said in capsys.readouterr().err


def test_parts_of_an_image_are_hinted_at(capsys: pytest.CaptureFixture[str]) -> None:
    policy = "{code: ACME001, for: service, assert: service.image.tag == 'a', message: m}"
    Path("p.yml").write_text(f"policies:\n  - {policy}\n")
    assert run(["policy", "validate", "p.yml"]) == 2
    assert "did you mean image_name.tag?" in capsys.readouterr().err
