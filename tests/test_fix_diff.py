"""Diffs that git applies."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from composeguard.fix.diff import unified_diff

CASES = {
    "a line": ("a\nb\nc\n", "a\nB\nc\n"),
    "carriage returns": ("a\r\nb\r\n", "a\r\nb\r\nc\r\n"),
    "mixed newlines": ("a\r\nb\nc\r\n", "a\r\nb\nc\nd\r\n"),
    "no final newline, before and after": ("a\nb", "a\nc"),
    "no final newline, before": ("a\nb", "a\nb\n"),
    "no final newline, after": ("a\nb\n", "a\nb"),
    "other line ends of YAML": ("a: 'x\u2028y'\nb: 1\n", "a: 'x\u2028y'\nb: 2\n"),
    "a lone carriage return": ("a\rb\nc\n", "a\rb\nd\n"),
    "all": ("a\n", "b\n"),
    "far apart": (
        "".join(f"{n}\n" for n in range(40)),
        "".join(f"{n if n not in (3, 30) else 'x'}\n" for n in range(40)),
    ),
}
NAMES = ("compose.yaml", "a b/compose.yaml", "é.yaml", 'quo"te.yaml', "tab\there.yaml")


@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_git_applies_it(name: str, bom: bool, tmp_path: Path) -> None:
    before, after = CASES[name]
    _applies("compose.yaml", before, after, bom, tmp_path)


@pytest.mark.parametrize("uri", NAMES)
def test_git_understands_the_name(uri: str, tmp_path: Path) -> None:
    _applies(uri, "a\n", "b\n", False, tmp_path)


def _applies(uri: str, before: str, after: str, bom: bool, folder: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    mark = b"\xef\xbb\xbf" if bom else b""
    path = folder / uri
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(mark + before.encode())
    subprocess.run([git, "init", "-q"], cwd=folder, check=True)
    diff = unified_diff(uri, before, after, bom=bom)
    done = subprocess.run([git, "apply", "-"], input=diff.encode(), cwd=folder, capture_output=True)
    assert not done.returncode, (done.stderr, diff)
    assert path.read_bytes() == mark + after.encode()


def test_no_change_is_no_diff() -> None:
    assert unified_diff("a", "b\n", "b\n") == ""
