"""Diffs that git applies."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composeguard.fix.align import Alignment
from composeguard.fix.diff import git_header, unified_diff

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
    "put in between": ("a\nb\na\nb\n", "a\nb\nx\na\nb\n"),
    "at the top": ("b\n", "a\nb\n"),
    "all lines go": ("a\nb\n", ""),
    "many equal lines": ("x\n" + "\n" * 500 + "y\n" + "\n" * 500, "x\nz\n" + "\n" * 499 + "Y\n" + "\n" * 500),
    "turned around": ("a\nb\nc\nd\n" * 20 + "e\nf\n", "f\ne\n" + "b\na\nd\nc\n" * 20),
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
    # From the folder of the file, too: names count from the root of the repository.
    diff = git_header(uri) + unified_diff(uri, before, after, bom=bom)
    done = subprocess.run([git, "apply", "-"], input=diff.encode(), cwd=path.parent, capture_output=True)
    assert not done.returncode, (done.stderr, diff)
    assert path.read_bytes() == mark + after.encode()


def test_no_change_is_no_diff() -> None:
    assert unified_diff("a", "b\n", "b\n") == ""


@given(st.lists(st.sampled_from("abcdefg")), st.lists(st.sampled_from("abcdefg")))
def test_the_alignment_leads_from_one_text_to_the_other(old: list[str], new: list[str]) -> None:
    built: list[str] = []
    for tag, a, a_end, b, b_end in Alignment(old, new).get_opcodes():
        if tag == "equal":
            assert old[a:a_end] == new[b:b_end]
        assert b == len(built)
        built.extend(new[b:b_end])
    assert built == new


def test_a_small_change_among_equal_lines_is_a_small_diff() -> None:
    before = "a: 1\n" + "\n" * 5000 + "b: 2\n"
    diff = unified_diff("compose.yaml", before, before.replace("a: 1\n", "a: 1\nc: 3\n"))
    assert diff.count("\n") == 8


def test_the_time_grows_with_the_number_of_lines() -> None:
    before = "".join(f"  s{n}:\n    <<: *a{n // 90}\n    user: b\n" for n in range(20_000))
    after = before.replace("    user: b\n", "    user: b\n    init: true\n    cpus: 1\n")
    started = time.perf_counter()
    diff = unified_diff("compose.yaml", before, after)
    assert time.perf_counter() - started < 10  # comparing all with all takes many minutes
    assert sum(line.startswith("+ ") for line in diff.splitlines()) == 40_000
    assert not [line for line in diff.splitlines() if line.startswith("- ")]
