"""`extends`: which files a configuration adds to, what they say together, and where each value came from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.test_cli import Run, run

from composeguard.config import load
from composeguard.errors import ConfigError

__all__ = ["run"]


def _write(folder: Path, files: dict[str, str]) -> Path:
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return folder


def _refused(folder: Path, name: str = "a.yaml") -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder / name, name, folder)
    return str(caught.value)


def test_the_later_one_counts(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "a.yaml": "extends: [b.yaml, d/c.yaml]\nfail-on: high\nignore: [CG1]\nrules: {CG302: {severity: low}}\n",
            "b.yaml": "profile: all\nfail-on: low\nselect: [CG1]\nrules: {CG302: off, CG501: high}\n",
            "d/c.yaml": "profile: cis\nselect: [CG2]\nignore: [CG3]\nbaseline: known.json\n",
        },
    )
    configuration = load(tmp_path / "a.yaml", "a.yaml", tmp_path)
    settings = configuration.settings
    assert (settings.profile, settings.fail_on, settings.select, settings.ignore) == (
        "cis",
        "high",
        ["CG2"],
        ["CG3", "CG1"],
    )
    rules = {word: said.model_dump(exclude_none=True) for word, said in settings.rules.items()}
    assert rules == {"CG302": {"enabled": False, "severity": "low"}, "CG501": {"enabled": True, "severity": "high"}}
    assert configuration.place(("profile",)) == "d/c.yaml:1:1"
    assert configuration.place(("ignore", 0)) == "d/c.yaml:3:10"
    assert configuration.place(("ignore", 1)) == "a.yaml:3:10"
    assert configuration.place(("rules", "CG302", "enabled")) == "b.yaml:4:9"
    assert configuration.places(("rules", "CG302")) == "b.yaml:4:9, a.yaml:4:9"
    assert configuration.folder(("baseline",)) == Path("d")
    assert configuration.files == ("b.yaml", "d/c.yaml", "a.yaml")


def test_a_file_that_two_extend_counts_once(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "a.yaml": "extends: [b.yaml, c.yaml]\n",
            "b.yaml": "extends: d.yaml\n",
            "c.yaml": "extends: d.yaml\n",
            "d.yaml": "ignore: [CG1]\n",
        },
    )
    assert load(tmp_path / "a.yaml", "a.yaml", tmp_path).settings.ignore == ["CG1"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.yaml": "\nextends: b.yaml\n"}, "a.yaml:2:1: extends: there is no file b.yaml"),
        ({"a.yaml": "extends:\n  - ../b.yaml\n"}, "a.yaml:2:5: extends: ../b.yaml lies outside the repository"),
        ({"a.yaml": "extends: /etc/passwd\n"}, "lies outside the repository"),
        ({"a.yaml": "extends: https://example.com/a.yaml\n"}, "only files of this repository"),
        ({"a.yaml": "extends: d\n", "d/b.yaml": ""}, "there is no file d"),
        (
            {"a.yaml": "extends: b.yaml\n", "b.yaml": "extends: a.yaml\n"},
            "b.yaml:1:1: extends: it leads back to itself: a.yaml -> b.yaml -> a.yaml",
        ),
        ({"a.yaml": "extends: a.yaml\n"}, "leads back to itself"),
        ({"a.yaml": "extends: b.yaml\n", "b.yaml": "\nprofil: all\n"}, "b.yaml:2:1: unknown key 'profil'"),
        ({"a.yaml": 'extends: "b\\0.yaml"\n'}, "a.yaml:1:1: extends: no file can have this name"),
        ({"a.yaml": "extends: 3\n"}, "a.yaml:1:1: extends"),
        (
            {"a.yaml": "extends: 0.yaml\n"} | {f"{n}.yaml": f"extends: {n + 1}.yaml\n" for n in range(15)},
            "more than 10 files deep",
        ),
        (
            {"a.yaml": f"extends: {[f'{n}.yaml' for n in range(60)]}\n"} | {f"{n}.yaml": "" for n in range(60)},
            "50 in all",
        ),
    ],
)
def test_what_cannot_be_extended(files: dict[str, str], said: str, tmp_path: Path) -> None:
    assert said in _refused(_write(tmp_path / "repository", files))


def test_a_link_that_leads_out_is_outside(tmp_path: Path) -> None:
    (tmp_path / "out.yaml").write_text("profile: all\n")
    folder = tmp_path / "repository"
    _write(folder, {"a.yaml": "extends: b.yaml\n"})
    (folder / "b.yaml").symlink_to(tmp_path / "out.yaml")
    assert "outside the repository" in _refused(folder)


def test_an_unknown_rule_is_named_with_its_file(run: Run) -> None:
    _write(
        Path(),
        {
            ".composeguard.yaml": "extends: base.yaml\n",
            "base.yaml": "ignore:\n  - CG302\n  - CG999\n",
            "compose.yaml": "services: {a: {image: b}}\n",
        },
    )
    result = run("check")
    assert result.code == 2
    assert "base.yaml:3:5: " in result.err


def test_what_holds_is_shown_with_each_file(run: Run) -> None:
    _write(
        Path(),
        {
            "sub/pyproject.toml": "[tool.composeguard]\nextends = '../base.yaml'\nignore = ['CG1']\n",
            "base.yaml": "fail-on: high\nignore: [CG302]\noverrides:\n  - {files: [sub/], rules: {CG101: low}}\n",
            "sub/compose.yaml": "services: {a: {image: 'b:1', privileged: true}}\n",
        },
    )
    shown = run("config", "show", "sub")
    lines = shown.out.splitlines()
    assert 'fail-on: "high"  # base.yaml:1:1' in lines
    assert '  - "CG302"  # base.yaml:2:10' in lines
    assert '  - "CG1"  # sub/pyproject.toml' in lines
    assert yaml.safe_load(shown.out)["extends"] == "../base.yaml"
    content = json.loads(run("config", "show", "sub", "--format", "json").out)
    assert content["files"] == ["base.yaml", "sub/pyproject.toml"]
    # Paths of an override count from the folder of the file that says them.
    found = run(
        "check", "sub", "--select", "CG101", "--ignore", "CG2", "--fail-on", "high", "--config", "sub/pyproject.toml"
    )
    assert (found.code, "CG101" in found.out) == (0, False)


def test_an_override_counts_from_its_own_folder(run: Run) -> None:
    files = {
        "sub/.composeguard.yaml": "extends: ../base.yaml\n",
        "base.yaml": "overrides:\n  - {files: [sub/], rules: {CG101: low}}\n",
        "sub/compose.yaml": "services: {a: {image: 'b:1', privileged: true}}\n",
    }
    _write(Path(), files)
    found = run("check", "sub", "--select", "CG101", "--format", "concise")
    assert "CG101 [low]" in found.out


def test_a_run_is_not_remembered_past_a_change_of_what_is_extended(tmp_path: Path) -> None:
    files = {
        ".composeguard.yaml": "extends: base.yaml\n",
        "base.yaml": "ignore: [CG101]\n",
        "compose.yaml": "services: {a: {image: 'b:1', privileged: true}}\n",
    }
    folder = _write(tmp_path / "repository", files)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def found() -> str:
        command = [sys.executable, "-m", "composeguard", "check", "-f", "concise"]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True).stdout

    assert "CG101" not in found()
    assert "CG101" not in found()
    (folder / "base.yaml").write_text("ignore: [CG102]\n")
    assert "CG101" in found()
