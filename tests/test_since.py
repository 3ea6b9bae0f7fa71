"""`--since`: only findings of what changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.test_cli import CLEAN, Run, codes, run, write

from composeguard.commands.since import Hunk, parse_diff

__all__ = ["run"]


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(run: Run) -> Run:
    git("init", "-q")
    write("compose.yaml", CLEAN + "    privileged: true\n")
    git("add", ".")
    git("commit", "-qm", "one")
    return run


def test_only_changed_lines_count(repository: Run) -> None:
    assert codes(repository("--since", "HEAD", "-f", "json")) == []
    write("compose.yaml", CLEAN + "    privileged: true\n    pid: host\n")
    result = repository("--since", "HEAD", "-f", "json")
    assert (result.code, codes(result)) == (1, ["CG108"])


def test_a_removed_line_makes_an_absence_count(repository: Run) -> None:
    write("compose.yaml", (CLEAN + "    privileged: true\n").replace("    pids_limit: 100\n", ""))
    assert codes(repository("--since", "HEAD", "-f", "json")) == ["CG403"]


def test_another_value_makes_no_absence_count(repository: Run) -> None:
    write("compose.yaml", (CLEAN + "    privileged: true\n").replace("    pids_limit: 100\n", ""))
    git("commit", "-qam", "two")
    write("compose.yaml", Path("compose.yaml").read_text().replace("256m", "512m"))
    assert codes(repository("--since", "HEAD", "-f", "json")) == []


def test_untracked_files_count_whole(repository: Run) -> None:
    write("b/compose.yaml", CLEAN + "    pid: host\n")
    assert codes(repository("--since", "HEAD", "-f", "json")) == ["CG108"]


@pytest.mark.parametrize("reference", ["nowhere", "--output=x", ""])
def test_a_reference_that_does_not_exist_is_exit_2(repository: Run, reference: str) -> None:
    assert repository(f"--since={reference}").code == 2
    assert not Path("x").exists()


def test_no_repository_is_exit_2(run: Run) -> None:
    write("compose.yaml", CLEAN)
    result = run("--since", "HEAD")
    assert result.code == 2
    assert "no git repository" in result.err


def test_a_diff_is_read_whatever_its_lines_look_like() -> None:
    diff = b"+++ b/a b.yaml\t\n@@ -1 +1,2 @@\n-x\n+++ b/no\n+@@ -9 +9 @@\n"
    diff += b'+++ "b/q\\"\\303\\251.yaml"\n@@ -3,2 +2,0 @@\n-a\n-b\n'
    assert parse_diff(diff) == {
        "a b.yaml": [Hunk(1, 2, removed=b"x\n")],
        'q"\u00e9.yaml': [Hunk(2, 3, only_removes=True, removed=b"a\nb\n")],
    }
