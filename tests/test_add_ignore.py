"""`check --add-ignore`: where the comments stand, and that nothing but them is written."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from tests.corpus import corpus_files

from composeguard.fix.accept import Acceptor
from composeguard.fix.refusal import Refusal
from composeguard.source.read import read_source

TODAY = date(2026, 7, 1)
ROOM = "services:\n  web:\n    image: nginx:1.27.2\n"


def _accept(text: str, lines: dict[int, set[str]], reason: str = "why") -> tuple[str, dict[int, str]]:
    done = Acceptor(read_source("compose.yaml", text.encode()), reason, TODAY).accept(lines)
    return done.text, dict(done.refused)


def _run(folder: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "composeguard", "check", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        input=text,
    )


@pytest.mark.parametrize(
    ("before", "line", "after"),
    [
        ("a: 1\nb: 2\n", 2, "a: 1\nb: 2  # composeguard: ignore[CG9] why\n"),
        ("a: 1\nb: 2", 2, "a: 1\nb: 2  # composeguard: ignore[CG9] why"),
        ("a: 1 \n", 1, "a: 1  # composeguard: ignore[CG9] why\n"),
        ("a: 1\r\nb: 2\r\n", 1, "a: 1  # composeguard: ignore[CG9] why\r\nb: 2\r\n"),
        ("a:\n  b: 1 # that\n", 2, "a:\n  # composeguard: ignore[CG9] why\n  b: 1 # that\n"),
        ("a: 1 # that\r\n", 1, "# composeguard: ignore[CG9] why\r\na: 1 # that\r\n"),
        ("a: |\n  x\nb: 1\n", 1, "# composeguard: ignore[CG9] why\na: |\n  x\nb: 1\n"),
        ("a: |\n  x\nb: >\n  y\n", 3, "a: |\n  x\n# composeguard: ignore[CG9] why\nb: >\n  y\n"),
        ("a: 'x\n  y'\n", 1, "# composeguard: ignore[CG9] why\na: 'x\n  y'\n"),
        ("a: x\n  y\n", 1, "# composeguard: ignore[CG9] why\na: x\n  y\n"),
        ("a: 'x\n  y'\n", 2, None),
        ("a: |\n  x\n  y\n", 3, None),
        ("a: [1,\n  2]\n", 1, "a: [1,  # composeguard: ignore[CG9] why\n  2]\n"),
        ("- - a\n", 1, "- - a  # composeguard: ignore[CG9] why\n"),
        # One more code, where the reason is the same and the comment still holds.
        ("a: 1 # composeguard: ignore[CG1] why\n", 1, "a: 1 # composeguard: ignore[CG1, CG9] why\n"),
        ("# composeguard: ignore[CG1] why\na: 1\n", 2, "# composeguard: ignore[CG1, CG9] why\na: 1\n"),
        (
            "a: 1 # composeguard: ignore[CG1] other\n",
            1,
            "# composeguard: ignore[CG9] why\na: 1 # composeguard: ignore[CG1] other\n",
        ),
        (
            "a: 1 # composeguard: ignore[CG9] why until=2026-06-30\n",
            1,
            "# composeguard: ignore[CG9] why\na: 1 # composeguard: ignore[CG9] why until=2026-06-30\n",
        ),
        ("a: 1 # composeguard: ignore\n", 1, "# composeguard: ignore[CG9] why\na: 1 # composeguard: ignore\n"),
    ],
)
def test_where_a_comment_stands(before: str, line: int, after: str | None) -> None:
    text, refused = _accept(before, {line: {"CG9"}})
    assert text == (before if after is None else after)
    assert list(refused) == ([line] if after is None else [])


def test_a_line_without_a_place_stops_no_other() -> None:
    text, refused = _accept("a: |\n  x\nb: 1\n", {2: {"CG9"}, 3: {"CG8", "CG9"}})
    assert text == "a: |\n  x\nb: 1  # composeguard: ignore[CG8, CG9] why\n"
    assert list(refused) == [2]


def test_json_has_no_comments() -> None:
    with pytest.raises(Refusal, match="JSON"):
        _accept('{"services": {\n"a": {"image": "b"}}}\n', {2: {"CG9"}})


def test_the_first_run_writes_and_the_second_is_silent(tmp_path: Path) -> None:
    target = tmp_path / "compose.yaml"
    before = f"{ROOM}    privileged: true # a reader\r\n    ports: ['80:80']\n    network_mode: host\n"
    target.write_bytes(b"\xef\xbb\xbf" + before.encode())
    target.chmod(0o640)
    found = _run(tmp_path, "-f", "concise")
    assert found.returncode == 1
    done = _run(tmp_path, "--add-ignore", "OPS-12 until=2999-01-01")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"accepted {len(found.stdout.splitlines())} findings in 1 file\n")
    written = target.read_bytes()
    assert written.startswith(b"\xef\xbb\xbfservices:\n")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert _run(tmp_path, "-f", "concise").stdout == ""
    # It is not remembered: the next run looks at the file, and writes again where there is something new.
    again = _run(tmp_path, "--add-ignore", "OPS-12 until=2999-01-01")
    assert again.stdout == "accepted 0 findings in 0 files\n"
    assert target.read_bytes() == written


def test_only_what_is_shown_is_accepted(tmp_path: Path) -> None:
    """A comment on a service's key counts for the whole service: where that is more than what is shown, it is not
    written."""
    target = tmp_path / "compose.yaml"
    target.write_text(f"{ROOM}    privileged: true\n    network_mode: host\n")
    done = _run(tmp_path, "--select", "CG101", "--add-ignore", "known")
    assert done.returncode == 0
    assert target.read_text().count("composeguard") == 1
    assert "CG101" not in _run(tmp_path, "-f", "concise").stdout
    assert "CG301" in _run(tmp_path, "-f", "concise").stdout


def test_what_could_not_be_seen_is_not_accepted(tmp_path: Path) -> None:
    target = tmp_path / "compose.yaml"
    target.write_text(f"include: [missing.yaml]\n{ROOM}")
    done = _run(tmp_path, "--add-ignore", "known")
    assert done.returncode == 2
    assert "left alone compose.yaml:1 CG902" in done.stdout
    assert "CG902" not in target.read_text()


def test_a_file_that_cannot_be_written_stays(tmp_path: Path) -> None:
    real = tmp_path / "real.txt"
    real.write_text(ROOM)
    (tmp_path / "compose.yaml").hardlink_to(real)
    done = _run(tmp_path, "--add-ignore", "known")
    assert done.returncode == 1
    assert "hard links" in done.stdout
    assert real.read_text() == ROOM


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--add-ignore", " "), "needs a reason"),
        (("--add-ignore", "a # composeguard: ignore-file[ALL]"), "plain text"),
        (("--add-ignore", "a\x1b[31m"), "plain text"),
        (("--add-ignore", "a until=2027-13-01"), "until=2027-13-01: no day that is to come"),
        (("--add-ignore", "a until=2001-01-01"), "until=2001-01-01: no day that is to come"),
        (("--add-ignore", "a", "--no-ignores"), "--no-ignores"),
        (("--add-ignore", "a", "-f", "json"), "no report"),
    ],
)
def test_what_does_not_go_together(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(ROOM)
    done = _run(tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert (tmp_path / "compose.yaml").read_text() == ROOM


def test_standard_input_is_not_written_to(tmp_path: Path) -> None:
    done = _run(tmp_path, "-", "--add-ignore", "known", text=ROOM)
    assert done.returncode == 1
    assert "standard input cannot be written to" in done.stdout


def test_files_of_the_public(shared_dir: Path, tmp_path: Path) -> None:
    """All that is found in real files is accepted, or left alone with a reason; the data of no file changes."""
    copies: dict[Path, Path] = {}
    for number, each in enumerate(corpus_files(shared_dir / "corpus")):
        if number % 80 == 0:
            copies[tmp_path / str(number) / "compose.yaml"] = each.path
    for copy, original in copies.items():
        copy.parent.mkdir()
        shutil.copyfile(original, copy)
    found = _run(tmp_path, "--allow-partial", "-f", "concise").stdout.splitlines()
    assert len(found) > 500
    done = _run(tmp_path, "--allow-partial", "--add-ignore", "known").stdout.splitlines()
    left = [line for line in done if line.startswith("left alone")]
    again = _run(tmp_path, "--allow-partial", "-f", "concise").stdout.splitlines()
    assert len(again) == len(left) < len(found) / 20
    for copy, original in copies.items():
        kept = [line for line in copy.read_bytes().splitlines() if b"composeguard: ignore[" not in line]
        assert set(kept) <= set(original.read_bytes().splitlines())
