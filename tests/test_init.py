"""`composeguard init`: what it writes is what the tools that read it take, and nothing of the user's is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from tests.test_cli import BAD, CLEAN, Run, run

from composeguard import __version__
from composeguard.config import DEFAULT, load, selection
from composeguard.policy.builtin import load_builtin

__all__ = ["run"]

PROJECT = Path(__file__).resolve().parents[1]
TEMPLATES = PROJECT / "src" / "composeguard" / "commands" / "templates"
WRITTEN = {
    "--pre-commit": ".pre-commit-config.yaml",
    "--github": ".github/workflows/composeguard.yml",
    "--gitlab": ".gitlab/composeguard.yml",
}


def test_the_configuration_says_the_defaults(run: Run) -> None:
    assert run("init").code == 0
    written = load(Path(".composeguard.yaml"), "c")
    assert written.settings.model_dump() == DEFAULT.settings.model_dump()
    Path("compose.yaml").write_text(CLEAN)
    assert run("check").code == 0


def test_what_is_commented_out_is_right_too(tmp_path: Path) -> None:
    text = (TEMPLATES / "composeguard.yaml").read_text("utf-8")
    prose = [line for line in text.splitlines() if "# composeguard: ignore" not in line]
    text = "\n".join(re.sub(r"^# (?=[a-z-]+:|  )", "", line) for line in prose)
    (tmp_path / "c.yaml").write_text(text)
    configuration = load(tmp_path / "c.yaml", "c")
    assert configuration.settings.ignore == ["CG302"]
    assert configuration.settings.baseline
    assert configuration.settings.exclude
    assert configuration.settings.fix is not None
    assert selection(configuration, load_builtin()).severities


def test_the_hooks_are_those_of_the_project(run: Run) -> None:
    assert run("init", "--pre-commit").code == 0
    (repo,) = yaml.safe_load(Path(WRITTEN["--pre-commit"]).read_text())["repos"]
    known = {hook["id"] for hook in yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())}
    assert {hook["id"] for hook in repo["hooks"]} <= known
    assert repo["rev"] == f"v{__version__}"
    assert f"# - id: {max(known)}" in Path(WRITTEN["--pre-commit"]).read_text()


def test_the_workflow_runs_commands_that_exist(run: Run) -> None:
    assert run("init", "--github").code == 0
    workflow = yaml.safe_load(Path(WRITTEN["--github"]).read_text())
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    (command,) = [step["run"] for step in job["steps"] if step.get("run", "").startswith("composeguard ")]
    Path("compose.yaml").write_text(BAD)
    assert run(*command.split()[1:]).code == 1
    uploaded = job["steps"][-1]["with"]["sarif_file"]
    assert Path(uploaded).is_file()


def test_the_gitlab_job_runs_a_command_that_exists(run: Run) -> None:
    result = run("init", "--gitlab")
    assert (result.code, "- local: .gitlab/composeguard.yml" in result.out) == (0, True)
    job = yaml.safe_load(Path(WRITTEN["--gitlab"]).read_text())["composeguard"]
    Path("compose.yaml").write_text(BAD)
    assert run(*job["script"][-1].split()[1:]).code == 1
    assert Path(job["artifacts"]["reports"]["codequality"]).is_file()


@pytest.mark.parametrize("flag", [None, *WRITTEN])
def test_nothing_is_overwritten_without_force(run: Run, flag: str | None) -> None:
    name = Path(WRITTEN[flag] if flag else ".composeguard.yaml")
    arguments = ("init", flag) if flag else ("init",)
    name.parent.mkdir(parents=True, exist_ok=True)
    name.write_text("profile: cis\n")
    result = run(*arguments)
    assert result.code == 2
    assert str(name) in result.err
    assert name.read_text() == "profile: cis\n"
    if flag:
        assert not Path(".composeguard.yaml").exists(), "all or nothing"
    assert run(*arguments, "--force").code == 0
    assert name.read_text() != "profile: cis\n"


def test_a_configuration_stays_when_files_for_elsewhere_are_written(run: Run) -> None:
    Path(".composeguard.yaml").write_text("profile: cis\n")
    assert run("init", *WRITTEN, "--force").code == 0
    assert Path(".composeguard.yaml").read_text() == "profile: cis\n"


@pytest.mark.parametrize("name", [".composeguard.yml", "pyproject.toml"])
def test_there_is_never_a_second_configuration(run: Run, name: str) -> None:
    Path(name).write_text("[tool.composeguard]\n" if name.endswith("toml") else "profile: cis\n")
    result = run("init", "--force")
    assert result.code == 2
    assert name in result.err
    assert not Path(".composeguard.yaml").exists()


def test_a_folder_that_is_not_there_is_an_error(run: Run) -> None:
    assert run("init", "missing").code == 2
