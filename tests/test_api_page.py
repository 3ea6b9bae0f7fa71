"""`docs/api.md`: its reference is that of the source, its example runs, and type checkers accept its rule."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.told_page import run_as_shown

from composeguard import api
from composeguard.commands import api_page, docs

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / docs.API
_BLOCK = re.compile(r"^```(?P<language>python|yaml|console)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# file: (?P<name>\S+)\n")


def _blocks() -> list[tuple[str, str]]:
    return [(block["language"], block["text"]) for block in _BLOCK.finditer(PAGE.read_text("utf-8"))]


def _write(text: str) -> Path:
    name = _FILE.match(text)
    assert name is not None, text
    path = Path(name["name"])
    path.parent.mkdir(exist_ok=True)
    path.write_text(text[name.end() :])
    return path


def test_the_reference_is_current() -> None:
    text = PAGE.read_text("utf-8")
    assert text == api_page.page(text), "run: python -m composeguard.commands.docs"


def test_every_exported_name_is_in_one_group_and_says_what_it_is() -> None:
    grouped = [name for names in api_page.GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(api.__all__)
    entries = re.split(r"^\*\*`", api_page.reference(), flags=re.MULTILINE)[1:]
    assert len(entries) == len(grouped)
    assert [entry.splitlines()[0] for entry in entries if len(entry.split("\n\n")[1].strip()) < 10] == []


def test_a_page_without_a_place_for_the_reference_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place"):
        api_page.page("# A\n")


def test_the_example_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    steps = 0
    for language, text in _blocks():
        if language != "console":
            _write(text)
            continue
        steps += run_as_shown(text, capsys)
    assert steps == 4


def test_the_rule_of_the_example_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (path,) = (_write(text) for language, text in _blocks() if language == "python")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(PROJECT / "pyproject.toml"), str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
