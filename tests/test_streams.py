"""What goes to which stream, in every format: reports, words for people, colours, and the exit code beside them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.format_readers import PARSERS
from tests.terminal import run_on_terminal
from tests.test_cli import BAD, CLEAN, Run, run, write

from composeguard.report import FORMATS

__all__ = ["run"]

GAP = "services: {a: {image: 'b:1', extends: {file: gone.yaml, service: x}}}\n"
CASES: Mapping[str, tuple[dict[str, str], list[str], int]] = {
    "clean": ({"compose.yaml": CLEAN}, [], 0),
    "below the threshold": ({"compose.yaml": BAD}, ["--fail-on", "never"], 0),
    "findings": ({"compose.yaml": BAD}, [], 1),
    "broken YAML": ({"compose.yaml": "a: b: c\n"}, [], 2),
    "broken YAML that is let pass": ({"compose.yaml": "a: b: c\n"}, ["--exit-zero"], 2),
    "not all seen": ({"compose.yaml": GAP}, [], 2),
    "not all seen, and allowed": ({"compose.yaml": GAP}, ["--allow-partial", "--fail-on", "critical"], 0),
    "a wrong configuration": ({"compose.yaml": CLEAN, ".composeguard.yaml": "profil: all\n"}, [], 2),
    "a wrong option": ({"compose.yaml": CLEAN}, ["--nonsense"], 2),
    "no file": ({}, [], 3),
    "a crash": ({"compose.yaml": CLEAN}, [], 70),
    "an interrupt": ({"compose.yaml": CLEAN}, [], 130),
}
NO_REPORT = ("a wrong configuration", "a wrong option", "no file", "a crash", "an interrupt")


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FORMATS)
def test_exit_codes_and_streams(name: str, case: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    files, options, code = CASES[case]
    for file, text in files.items():
        write(file, text)
    if code in (70, 130):

        def fails(*_: object) -> None:
            raise ZeroDivisionError if code == 70 else KeyboardInterrupt

        monkeypatch.setattr("composeguard.commands.lint.read_project", fails)
    result = run("check", "-f", name, *options)
    assert result.code == code, result.err
    if case in NO_REPORT:
        assert result.out == ""
        assert code == 130 or result.err
    else:
        PARSERS[name](result.out)
    assert "\x1b" not in result.out + result.err


SLOW_RULE = '''\
from composeguard.api import *
import time

@reading_rule(code="ACME001", name="slow", severity=Severity.INFO, profiles=())
def slow(reading: Reading):
    """A rule that takes its time.

    So that progress shows.

    **Fix.** None.
    """
    time.sleep(0.6)
    return iter(())
'''


def _environment(**said: str) -> dict[str, str]:
    """Nothing that decides on colours but what is said."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "TERM": "xterm-256color", **said}


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("full", "concise", "markdown")])
def test_progress_goes_beside_the_report(name: str, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "slow.py").write_text(SLOW_RULE)
    for number in range(4):
        (tmp_path / f"p{number}").mkdir()
        (tmp_path / f"p{number}" / "compose.yaml").write_text(GAP if number == 3 else BAD)
    command = [
        sys.executable,
        "-m",
        "composeguard",
        "check",
        "-f",
        name,
        "--rules",
        "rules",
        "--extend-select",
        "ACME001",
    ]
    seen = run_on_terminal(command, tmp_path, _environment(), out=False, err=True)
    assert seen.code == 2, seen.err
    assert "checking project" in seen.err
    assert "checking project" not in seen.out
    assert "\x1b" not in seen.out
    PARSERS[name](seen.out)
    if name == "json":
        quiet = run_on_terminal([*command, "--no-progress"], tmp_path, _environment(), out=False, err=True)
        assert "checking project" not in quiet.err
        assert quiet.out == seen.out


@pytest.mark.parametrize(
    ("terminal", "options", "environment", "coloured"),
    [
        (True, [], {}, True),
        (False, [], {}, False),
        (True, ["--color", "never"], {"FORCE_COLOR": "1"}, False),
        (False, ["--color", "always"], {"NO_COLOR": "1"}, True),
        (True, [], {"NO_COLOR": "1"}, False),
        (True, [], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (True, [], {"NO_COLOR": ""}, True),
        (False, [], {"FORCE_COLOR": "1"}, True),
        (False, [], {"CLICOLOR_FORCE": "1"}, True),
        (False, [], {"FORCE_COLOR": "0"}, False),
        (True, [], {"TERM": "dumb"}, False),
        (False, [], {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ],
)
def test_colours(
    terminal: bool, options: list[str], environment: dict[str, str], coloured: bool, tmp_path: Path
) -> None:
    (tmp_path / "compose.yaml").write_text(BAD)
    command = [sys.executable, "-m", "composeguard", "check", *options]
    seen = run_on_terminal(command, tmp_path, _environment(**environment), out=terminal)
    assert seen.code == 1, seen.err
    assert "CG101" in seen.out
    assert ("\x1b[" in seen.out) is coloured


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("full", "concise")])
def test_formats_for_machines_have_no_colours(name: str, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(BAD)
    command = [sys.executable, "-m", "composeguard", "check", "-f", name, "--color", "always"]
    seen = run_on_terminal(command, tmp_path, _environment(FORCE_COLOR="1", FORCE_HYPERLINK="1"))
    assert "\x1b" not in seen.out
    PARSERS[name](seen.out)
