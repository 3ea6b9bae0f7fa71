"""Policies from the command line and from a configuration, in `check`, `fix`, `explain` and `rules`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from composeguard.cli import run
from composeguard.remembered import run as run_remembered

POLICIES = """\
policies:
  - code: ACME001
    name: read-only
    for: service
    assert: service.read_only == true
    message: "{service.name} may write"
    severity: medium
    description: |
      Services write to volumes only.

      An attacker who can write can stay.
    fix: {set: {read_only: true}, safety: safe}
"""
LOCKED = f"{POLICIES}    locked: true\n"
COMPOSE = """\
services:
  web:
    image: nginx:1.27
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a Compose file, and the organisation's policies outside of it."""
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "acme.yml").write_text(POLICIES)
    (tmp_path / "locked.yml").write_text(LOCKED)
    monkeypatch.chdir(repository)
    return repository


def _checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = run(["check", "-f", "concise", "-q", *arguments])
    return code, [line for line in capsys.readouterr().out.splitlines() if "ACME" in line]


FOUND = ["compose.yaml:2:3: ACME001 [medium] web may write"]


def test_a_policy_of_the_command_line_is_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _checked(capsys, "--policy", "../acme.yml") == (1, FOUND)
    assert _checked(capsys, "--policy", "../acme.yml", "--ignore", "read-only")[1] == []
    assert _checked(capsys) == (1, [])


def test_a_policy_of_the_configuration_is_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "policies").mkdir()
    (folder / "policies" / "acme.yml").write_text(POLICIES)
    (folder / ".composeguard.yaml").write_text("policies: [policies]\nrules: {ACME001: low}\n")
    assert _checked(capsys) == (1, ["compose.yaml:2:3: ACME001 [low] web may write"])
    (folder / "compose.yaml").write_text(COMPOSE.replace("web:", "web: # composeguard: ignore[ACME001] it must"))
    assert _checked(capsys) == (1, [])


def test_fix_makes_the_fix_of_a_policy(folder: Path) -> None:
    assert run(["fix", "--select", "ACME001", "--policy", "../acme.yml", "-q"]) == 0
    assert (folder / "compose.yaml").read_text() == f"{COMPOSE}    read_only: true\n"


def test_explain_and_rules_know_policies(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "ACME001", "--policy", "../acme.yml"]) == 0
    assert "Services write to volumes only." in capsys.readouterr().out
    assert run(["rules", "--policy", "../acme.yml"]) == 0
    assert "ACME001  read-only" in capsys.readouterr().out


def test_explain_and_rules_read_the_configuration(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".composeguard.yaml").write_text("policies: [acme.yml]\n")
    (folder / "acme.yml").write_text(POLICIES)
    assert run(["explain", "read-only"]) == 0
    assert "Services write to volumes only." in capsys.readouterr().out
    assert run(["rules"]) == 0
    assert "ACME001  read-only" in capsys.readouterr().out
    assert run(["rules", "--no-config"]) == 0
    assert "ACME001" not in capsys.readouterr().out


def test_a_broken_policy_ends_the_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.yml").write_text(POLICIES.replace("read_only ==", "red_only =="))
    assert run(["check", "--policy", "bad.yml"]) == 2
    assert capsys.readouterr().err == (
        "composeguard: error: bad.yml:5:21: service has no field 'red_only'; did you mean read_only?\n"
        "  5 |     assert: service.red_only == true\n"
        "    |                     ^^^^^^^^\n"
    )
    assert run(["check", "--policy", "none.yml"]) == 2


def test_a_policy_that_fails_on_an_item_ends_the_run_with_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.yml").write_text(POLICIES.replace("service.read_only == true", "service.labels.owner == 'me'"))
    assert run(["check", "-f", "concise", "--policy", "bad.yml"]) == 2
    assert "CG906" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("configuration", "comment", "arguments"),
    [
        ("ignore: [ACME001]", "", ()),
        ("select: [CG101]", "", ()),
        ("rules: {ACME001: off}", "", ()),
        ("rules: {ACME001: info}", "", ()),
        ("min-severity: critical", "", ()),
        ("fail-on: never", "", ()),
        ("overrides: [{services: ['*'], ignore: [ACME001]}]", "", ()),
        ("baseline: baseline.json", "", ()),
        ("{}", "composeguard: ignore[ACME001] no", ()),
        ("{}", "composeguard: ignore-file[ACME001] no", ()),
    ],
)
def test_a_repository_cannot_switch_off_what_is_locked(
    folder: Path, capsys: pytest.CaptureFixture[str], configuration: str, comment: str, arguments: tuple[str, ...]
) -> None:
    if "baseline" in configuration:
        assert run(["baseline", "write", "--policy", "../acme.yml", "--baseline", "baseline.json", "-q"]) == 0
        capsys.readouterr()
    (folder / ".composeguard.yaml").write_text(f"{configuration}\n")
    (folder / "compose.yaml").write_text(COMPOSE.replace("web:", f"web:  # {comment}"))
    assert _checked(capsys, "--policy", "../locked.yml", *arguments) == (1, FOUND)


def test_a_blocked_ignore_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = COMPOSE.replace("web:", "web:  # composeguard: ignore[ACME001] we must")
    (folder / "compose.yaml").write_text(text)
    assert run(["check", "--policy", "../locked.yml", "-q"]) == 1
    out = capsys.readouterr().out
    assert "blocked ignore: ACME001 is locked" in out
    assert "CG903" not in out


def test_no_comment_is_written_for_what_is_locked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--select", "ACME", "--policy", "../locked.yml", "--add-ignore", "we must"]) == 1
    assert "the policy is locked" in capsys.readouterr().out
    assert (folder / "compose.yaml").read_text() == COMPOSE


def test_a_configuration_names_nothing_outside_its_repository(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("../acme.yml", str(folder.parent / "acme.yml"), "link.yml", "linked"):
        (folder / "link.yml").unlink(missing_ok=True)
        (folder / "linked").unlink(missing_ok=True)
        (folder / "link.yml").symlink_to(folder.parent / "acme.yml")
        (folder / "linked").symlink_to(folder.parent)
        (folder / ".composeguard.yaml").write_text(f"policies: ['{name}']\n")
        assert run(["check"]) == 2
        assert "is not in repository" in capsys.readouterr().err


def test_a_link_in_a_folder_of_policies_shows_nothing_of_the_machine(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder.parent / "secret.yml").write_text("password: hunter2\n")
    (folder / "policies").mkdir()
    (folder / "pack").mkdir()
    (folder / "pack" / "pack.yaml").write_text("name: p\npolicies: [policies]\n")
    (folder / "pack" / "policies").mkdir()
    (folder / "linked").mkdir()
    (folder / "linked" / "pack.yaml").symlink_to(folder.parent / "secret.yml")
    for name in ("policies", "pack/policies"):
        (folder / name / "acme.yml").symlink_to(folder.parent / "secret.yml")
    for configuration in ("policies: [policies]", "packs: [./pack]", "packs: [./linked]"):
        (folder / ".composeguard.yaml").write_text(f"{configuration}\n")
        assert run(["check"]) == 2
        captured = capsys.readouterr()
        assert "hunter2" not in captured.err + captured.out
        assert "is not in" in captured.err
    assert run(["check", "--no-config", "--policy", "policies"]) == 2
    assert "hunter2" not in capsys.readouterr().err


PYTHON = """\
from pathlib import Path
Path({mark!r}).write_text("ran")
from composeguard.api import Profile, Severity, service_rule

@service_rule(code="PLUG001", name="plugged", severity=Severity.LOW, profiles=(Profile.BASELINE,))
def plugged(service):
    '''From a package.'''
    from composeguard.api import Problem
    yield Problem(service.path, "plugged in")
"""


def test_nothing_in_a_repository_runs_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mark = folder / "ran"
    code = PYTHON.format(mark=str(mark))
    (folder / "rules").mkdir()
    (folder / "policies").mkdir()
    for name in (
        "rules/evil.py",
        "policies/evil.py",
        "evil.py",
        "conftest.py",
        "sitecustomize.py",
        "cel_expr_python.py",
    ):
        (folder / name).write_text(code)
    (folder / "policies" / "acme.yml").write_text(POLICIES)
    (folder / "policies" / "evil.yaml").write_text("policies: [!!python/object/apply:os.system ['touch ran']]\n")
    package = folder / "evil-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[composeguard.rules]\nevil = evil\n")
    for configuration in (
        "rules: rules",
        "rules: {rules: evil.py}",
        "rule-folders: [rules]",
        "plugins: [evil]",
        "plugin: evil",
        "policies: [policies]",
        "policies: [policies/evil.py]",
        "policies: [evil.py]",
        "policies: ['!!python/name:evil.x']",
        "policies: !!python/name:evil.x",
        "extends: evil.py",
        "packs: [evil]",
    ):
        (folder / ".composeguard.yaml").write_text(f"{configuration}\n")
        for arguments in (["check"], ["fix", "--diff"]):
            run(arguments)
        assert not mark.exists(), configuration
    for arguments in (["rules"], ["check", "--policy", "policies"], ["policy", "test", "."]):
        program = [sys.executable, "-m", "composeguard", *arguments]
        environment = {"PYTHONSAFEPATH": "1", "PATH": "/usr/bin:/bin"}
        subprocess.run(program, cwd=folder, env=environment, capture_output=True, check=False, timeout=60)
    assert not mark.exists()


def test_a_plugin_is_loaded_when_it_is_asked_for(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    (site / "plug-1.0.dist-info").mkdir(parents=True)
    (site / "plug-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: plug\nVersion: 1.0\n")
    (site / "plug-1.0.dist-info" / "entry_points.txt").write_text("[composeguard.rules]\nplug = plug_rules\n")
    mark = tmp_path / "ran"
    (site / "plug_rules.py").write_text(PYTHON.format(mark=str(mark)))
    monkeypatch.syspath_prepend(str(site))
    assert run(["check", "-q", "-f", "concise"]) == 1
    assert not mark.exists()
    assert run(["check", "-q", "-f", "concise", "--plugin", "plug"]) == 1
    assert "PLUG001" in capsys.readouterr().out
    assert run(["check", "--plugin", "plugs"]) == 2
    assert "did you mean plug?" in capsys.readouterr().err


def test_a_plain_check_does_not_import_the_engine_of_policies(folder: Path) -> None:
    code = dedent(
        """
        import sys
        from composeguard.cli import run
        run(["check", "-q"])
        facts = {"composeguard.policy", "composeguard.policy.builtin", "composeguard.policy.cited"}
        names = {name for name in sys.modules if name.startswith(("cel_expr", "composeguard.policy"))} - facts
        sys.exit(" ".join(names) or 0)
        """
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_changed_policy_is_seen_though_the_run_before_is_remembered(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for arguments, changed in (
        (["check", "-f", "concise", "-q", "--policy", "../acme.yml"], tmp_path / "acme.yml"),
        (["check", "-f", "concise", "-q"], folder / "policies" / "acme.yml"),
    ):
        (folder / "policies").mkdir(exist_ok=True)
        (folder / "policies" / "acme.yml").write_text(POLICIES)
        if "--policy" not in arguments:
            (folder / ".composeguard.yaml").write_text("policies: [policies]\n")
        for severity in ("medium", "high", "high"):
            changed.write_text(POLICIES.replace("severity: medium", f"severity: {severity}"))
            assert run_remembered(arguments, run) == 1
            assert f"ACME001 [{severity}]" in capsys.readouterr().out
        (folder / "policies" / "more.yml").write_text("policies: []\n")
        assert run_remembered(arguments, run) == 1
