"""A report that is written as projects are judged says what one that is written at the end says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.corpus import corpus_files

from composeguard.cli import run

_BASE = """\
services:
  base:
    image: nginx:${TAG:-1.25.3}
    privileged: true
  other:
    image: redis
"""
_FILES = {
    "base.yml": _BASE,
    "a/compose.yaml": "include: [../base.yml]\nservices: {web: {image: httpd}}\n",
    "b/compose.yaml": "include: [{path: ../base.yml, env_file: ./tag.env}]\nservices: {web: {image: httpd}}\n",
    "b/tag.env": "TAG=latest\n",
    "c/compose.yaml": "services: {web: {extends: {file: ../base.yml, service: base}, cap_add: [ALL]}}\n",
    "c/compose.override.yaml": "services: {web: {network_mode: host}}\n",
    "d/compose.yaml": "services: [\n",
    "e/compose.yaml": "include: [missing.yaml]\nservices: {web: {image: a:1, cap_drop: [ALL]}}\n",
    "f/compose.yaml": "services:\n  web:\n    image: nginx  # composeguard: ignore[CG501] mirrored\n",
    "g/base.yml": _BASE,
    "g/compose.yaml": "include: [base.yml]\nservices: {}\n",
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    for name, text in _FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _lines(text: str) -> list[str]:
    return sorted(text.splitlines())


def _paragraphs(text: str) -> list[str]:
    return sorted(text.split("\n\n"))


def _objects(text: str) -> list[str]:
    return sorted(json.dumps(json.loads(line), sort_keys=True) for line in text.splitlines())


_READ = {"concise": _lines, "full": _paragraphs, "jsonl": _objects}


def _both(capsys: pytest.CaptureFixture[str], folder: Path, name: str, *arguments: str) -> tuple[str, str]:
    """The report as projects are judged, and the same one written with another."""
    whole = folder / f"whole.{name}"
    code = run(["check", "-f", name, "-j1", *arguments])
    out, err = capsys.readouterr()
    assert run(["check", "-f", "markdown", "-o", f"{name}={whole}", *arguments]) == code
    assert capsys.readouterr().err == err
    assert run(["check", "-f", name, "-j3", *arguments]) == code
    assert capsys.readouterr() == (out, err)
    return out, whole.read_text()


@pytest.mark.parametrize("name", sorted(_READ))
@pytest.mark.parametrize(
    "arguments", [(), ("--include-suppressed",), ("--statistics", "--profile", "cis"), ("base.yml", "b", "a", "c")]
)
def test_it_says_the_same(
    tree: Path, capsys: pytest.CaptureFixture[str], name: str, arguments: tuple[str, ...]
) -> None:
    streamed, whole = _both(capsys, tree, name, *arguments)
    read: Callable[[str], list[str]] = _READ[name]
    assert read(streamed) == read(whole)
    assert len(read(streamed)) > 10


def test_what_one_project_alone_has_of_a_shared_file_is_said(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "-f", "concise", "-j1", "a", "b", "base.yml"])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("base.yml:3:")]
    assert len(lines) == len(set(lines))
    assert any("latest" in line for line in lines), lines


@pytest.mark.parametrize("name", sorted(_READ))
def test_it_says_the_same_of_real_files(
    shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    corpus = shared_dir / "corpus"
    monkeypatch.chdir(corpus)
    files = [str(each.path.relative_to(corpus)) for each in corpus_files(corpus)][::3]
    streamed, whole = _both(capsys, tmp_path, name, *files)
    assert _READ[name](streamed) == _READ[name](whole)


def test_what_cannot_be_judged_again_in_time_is_said_whole(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["check", "-f", "full", "-j1"])
    *known, known_sum = capsys.readouterr().out.split("\n\n")
    monkeypatch.setattr("composeguard.commands.lint.Linter.again", lambda *_: None)
    run(["check", "-f", "full", "-j1"])
    *repeated, repeated_sum = capsys.readouterr().out.split("\n\n")
    assert set(known) <= set(repeated)
    assert known_sum != repeated_sum, "no project was asked again"


def test_a_file_is_written_also_in_the_format_of_the_screen(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-q", "-o", "out.txt"]) == 2
    assert (tree / "out.txt").read_text() == capsys.readouterr().out


def test_the_first_finding_does_not_wait_for_the_last_project(tree: Path) -> None:
    """A rule waits at the last one: the report of the first is there all the same."""
    rule = tree / "rules" / "slow.py"
    rule.parent.mkdir()
    rule.write_text(
        "import sys, time\n"
        "from composeguard.api import Problem, Profile, Severity, service_rule\n"
        '@service_rule(code="XX001", name="slow", severity=Severity.LOW, profiles=[Profile.RECOMMENDED])\n'
        "def slow(service):\n"
        "    '''Waits.'''\n"
        '    if service.name == "slow":\n'
        "        time.sleep(60)\n"
        "    return []\n"
    )
    (tree / "z").mkdir()
    (tree / "z" / "compose.yaml").write_text("services: {slow: {image: a:1}}\n")
    for number in range(40):
        # More than what stays in a buffer.
        (tree / f"many{number}").mkdir()
        (tree / f"many{number}" / "compose.yaml").write_text("services: {web: {image: nginx, privileged: true}}\n")
    command = [sys.executable, "-m", "composeguard", "check", "-j1", "-f", "concise", "--rules", "rules", "--no-cache"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        first = os.read(process.stdout.fileno(), 100)
        still_runs = process.poll() is None
        process.kill()
    assert (b"compose.yaml" in first, still_runs) == (True, True)
