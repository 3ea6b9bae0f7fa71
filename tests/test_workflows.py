"""Where people run linters: the action, the GitLab component, the problem matcher, the container, MegaLinter."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from composeguard import __version__

PROJECT = Path(__file__).resolve().parents[1]
MATCHER = PROJECT / ".github" / "composeguard-matcher.json"
PLUGIN = PROJECT / "mega-linter-plugin-composeguard" / "composeguard.megalinter-descriptor.yml"

BAD = """\
services:
  web:
    image: nginx
    privileged: true
"""


def _yaml(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def _valid(value: object, name: str) -> None:
    """Against the schema that editors use, as a package brings it."""
    package = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / f"{name}.json"
    jsonschema.Draft7Validator(json.loads(package.read_text("utf-8"))).validate(value)


def _action() -> dict[str, Any]:
    (action,) = _yaml(PROJECT / "action.yml")
    assert isinstance(action, dict)
    return action


def _step(name: str) -> dict[str, Any]:
    (step,) = [step for step in _action()["runs"]["steps"] if step.get("name") == name]
    assert isinstance(step, dict)
    return step


def test_the_action_fits_its_schema() -> None:
    _valid(_action(), "github-actions")


def test_no_script_of_the_action_holds_an_expression() -> None:
    """What an input says would be run."""
    for step in _action()["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), step
    given = _step("Check")["env"]
    assert {f"${{{{ inputs.{name} }}}}" for name in ("paths", "args", "profile", "fail-on", "sarif-file")} == set(
        given.values()
    )


def test_every_input_and_output_of_the_action_is_used() -> None:
    action, text = _action(), (PROJECT / "action.yml").read_text("utf-8")
    for name in action["inputs"]:
        assert re.search(rf"inputs\.{name}\b", text), name
    for name in action["outputs"]:
        assert f"{name}=" in _step("Check")["run"], name


class Runner:
    """A runner of GitHub, as far as the script of the action sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "output"
        self.summary = folder / "summary"
        tools = folder / "temp" / "composeguard" / "bin"
        tools.mkdir(parents=True)
        (tools / "python").symlink_to(sys.executable)
        program = tools / "composeguard"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m composeguard "$@"\n')
        program.chmod(0o755)
        self.workspace = folder / "workspace"
        self.workspace.mkdir()
        (self.workspace / ".git").mkdir()

    def run(self, step: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        defaults = {name: said["default"] for name, said in _action()["inputs"].items()}
        given = {}
        for name, expression in _step(step)["env"].items():
            key = expression.removeprefix("${{ inputs.").removesuffix(" }}")
            given[name] = inputs.get(key.replace("-", "_"), defaults.get(key, inputs.get(name, "")))
        environment = {
            **{key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "PYTHONPATH")},
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            **given,
        }
        # As a runner calls `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", _step(step)["run"]]
        return subprocess.run(command, cwd=self.workspace, env=environment, capture_output=True, text=True, timeout=120)

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_the_script_of_the_action_reports_everywhere_in_one_run(runner: Runner) -> None:
    (runner.workspace / "compose.yaml").write_text(BAD)
    done = runner.run("Check", fail_on="high")
    assert done.returncode == 0, done.stderr
    assert "::error file=compose.yaml,line=4" in done.stdout
    sarif = json.loads((runner.workspace / "composeguard.sarif").read_text())
    count = str(len(sarif["runs"][0]["results"]))
    assert runner.outputs == {"exit-code": "1", "findings": count, "sarif-file": "composeguard.sarif"}
    assert "CG101" in runner.summary.read_text()
    assert runner.run("Result", EXIT_CODE="1").returncode == 1
    assert runner.run("Result", EXIT_CODE="0").returncode == 0


def test_inputs_of_the_action_are_words_and_never_commands(runner: Runner) -> None:
    folder = runner.workspace / "a b; touch owned $(touch owned)"
    folder.mkdir()
    (folder / "compose.yaml").write_text(BAD)
    done = runner.run(
        "Check",
        paths=f"{folder.name}\n",
        args="--select=CG101\n--exclude=$(touch owned)\n",
        profile="all",
        sarif_file="out; touch owned.sarif",
    )
    assert done.returncode == 0, done.stderr
    assert runner.outputs["findings"] == "1"
    assert not list(runner.folder.rglob("owned*"))
    assert (runner.workspace / "out; touch owned.sarif").is_file()


@pytest.mark.parametrize(("inputs", "code"), [({"args": "--nonsense"}, "2"), ({"paths": "nowhere"}, "2"), ({}, "3")])
def test_a_run_without_a_report_uploads_nothing(runner: Runner, inputs: dict[str, str], code: str) -> None:
    (runner.workspace / "composeguard.sarif").write_text("{} of an earlier run")
    done = runner.run("Check", **inputs)
    assert done.returncode == 0, done.stderr
    assert runner.outputs == {"exit-code": code}
    assert "sarif-file != ''" in _step("Upload to code scanning")["if"]


def test_the_gitlab_component_fits_the_schemas() -> None:
    head, body = _yaml(PROJECT / "templates" / "composeguard.yml")
    text = json.dumps(body)
    assert {f"$[[ inputs.{name} ]]" for name in head["spec"]["inputs"]} == set(re.findall(r"\$\[\[.*?\]\]", text))
    assert "$[[" not in json.dumps([job["script"] for job in body.values()])
    for name, said in head["spec"]["inputs"].items():
        text = text.replace(f"$[[ inputs.{name} ]]", said["default"])
    pipeline = json.loads(text)
    _valid({"stages": ["test"], **pipeline}, "gitlab-ci")
    assert __version__ in head["spec"]["inputs"]["source"]["default"]


def test_the_gitlab_job_writes_what_it_names(tmp_path: Path) -> None:
    _, body = _yaml(PROJECT / "templates" / "composeguard.yml")
    (job,) = body.values()
    (tmp_path / "compose.yaml").write_text(BAD)
    command = job["script"][-1].replace("composeguard check", f'"{sys.executable}" -m composeguard check', 1)
    variables = {"COMPOSEGUARD_PATHS": ".", "COMPOSEGUARD_FAIL_ON": "low"}
    assert set(variables) < set(job["variables"])
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env={**os.environ, **variables}, timeout=120)
    assert done.returncode == 1
    assert all((tmp_path / name).is_file() for name in job["artifacts"]["reports"].values())


def test_the_problem_matcher_reads_what_concise_writes(tmp_path: Path) -> None:
    (tmp_path / "a: 1:2").mkdir()
    (tmp_path / "a: 1:2" / "compose.yaml").write_text("version: '3'\n" + BAD)
    command = [sys.executable, "-m", "composeguard", "check", "-f", "concise"]
    lines = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout.splitlines()
    matchers = json.loads(MATCHER.read_text())["problemMatcher"]
    owners = [matcher["owner"] for matcher in matchers]
    assert len(set(owners)) == len(owners)
    levels: dict[str, set[str]] = {}
    for line in lines:
        found = [(each, match) for each in matchers if (match := re.search(each["pattern"][0]["regexp"], line))]
        ((matcher, match),) = found
        pattern = matcher["pattern"][0]
        assert match[pattern["file"]] == "a: 1:2/compose.yaml"
        assert line.startswith(f"a: 1:2/compose.yaml:{match[pattern['line']]}:{match[pattern['column']]}: ")
        severity = line.split("[", 1)[1].split("]", 1)[0]
        levels.setdefault(matcher["severity"], set()).add(severity)
        assert match[pattern["code"]] in line
        assert line.endswith(match[pattern["message"]])
    assert levels == {"error": {"critical"}, "warning": {"medium", "low"}, "notice": {"info"}}


def _instructions() -> list[tuple[str, str]]:
    text = (PROJECT / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines()]


def test_the_container_file() -> None:
    found = _instructions()
    known = {"ARG", "FROM", "WORKDIR", "COPY", "RUN", "LABEL", "ENV", "USER", "ENTRYPOINT", "CMD"}
    assert {name for name, _ in found} == known
    stages = [index for index, (name, _) in enumerate(found) if name == "FROM"]
    assert len(stages) == 2
    last = found[stages[-1] :]
    assert not [each for each in last if each[0] == "RUN"]
    (user,) = [said for name, said in last if name == "USER"]
    assert all(int(number) > 0 for number in user.split(":"))
    for kind in ("ENTRYPOINT", "CMD"):
        (said,) = [said for name, said in last if name == kind]
        assert isinstance(json.loads(said), list)
    assert all(":" in said or "$" in said for name, said in found if name == "FROM")


def test_what_the_container_file_copies_is_there_and_builds(tmp_path: Path) -> None:
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    copied = [
        word for name, said in _instructions() if name == "COPY" and "--from" not in said for word in said.split()[:-1]
    ]
    assert sorted(name.removeprefix("./") for name in copied) == sorted(let_in)
    for name in let_in:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, tmp_path / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "out", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    if "Could not find a version" in done.stderr or "No matching distribution" in done.stderr:
        pytest.skip("the build tool cannot be installed here")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir() if fnmatch.fnmatch(path.name, "composeguard-*.whl")]


def test_the_plugin_for_megalinter(tmp_path: Path) -> None:
    (descriptor,) = _yaml(PLUGIN)
    assert fnmatch.fnmatch(str(PLUGIN), "*/mega-linter-plugin-*/*.megalinter-descriptor.yml")
    names = [re.compile(pattern) for pattern in descriptor["file_names_regex"]]
    taken = ("compose.yaml", "docker-compose.prod.yml", "podman-compose.yml", "stack.yml", "container-compose.yaml")
    assert all(any(name.fullmatch(each) for name in names) for each in taken)
    assert not any(
        name.fullmatch(each) for name in names for each in ("composer.yaml", "composeguard.yml", "compose.json")
    )
    (linter,) = descriptor["linters"]
    (tmp_path / "compose.yaml").write_text(BAD)
    (tmp_path / linter["config_file_name"]).write_text("profile: baseline\n")
    arguments = [*linter["cli_lint_extra_args"], linter["cli_config_arg_name"], linter["config_file_name"]]
    arguments += [each.replace("{{SARIF_OUTPUT_FILE}}", "out.sarif") for each in linter["cli_sarif_args"]]
    command = [sys.executable, "-m", "composeguard", *arguments, "compose.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert len(re.findall(linter["cli_lint_errors_regex"], done.stdout)) == len(done.stdout.splitlines()) > 0
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    for install in linter["install"]["dockerfile"]:
        assert install.startswith("RUN ")
        assert f"@v{__version__}" in install


@pytest.mark.parametrize("template", ["github.yml", "gitlab.yml"])
def test_what_init_writes_fits_the_schemas(template: str) -> None:
    folder = PROJECT / "src" / "composeguard" / "commands" / "templates"
    (value,) = _yaml(folder / template)
    if template == "gitlab.yml":
        _valid(value, "gitlab-ci")
        return
    # YAML 1.1 reads the key `on` as true.
    _valid({("on" if key is True else key): said for key, said in value.items()}, "github-workflows")
