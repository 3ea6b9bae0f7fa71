"""The tutorial of policies, step by step: what it writes is written, what it runs is run, what it shows is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.told_page import run_as_shown

from composeguard.cli import run

PAGE = Path(__file__).resolve().parents[1] / "docs" / "policy-tutorial.md"
_BLOCK = re.compile(r"^```(?P<language>yaml|console)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# file: (?P<name>\S+)\n")


def test_the_tutorial_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    steps = 0
    for block in _BLOCK.finditer(PAGE.read_text("utf-8")):
        text = block["text"]
        if block["language"] == "yaml":
            name = _FILE.match(text)
            assert name is not None, text
            Path(name["name"]).write_text(text[name.end() :])
            continue
        steps += run_as_shown(text, capsys)
    assert steps >= 8


def test_the_examples_of_real_policies_pass_their_tests(capsys: pytest.CaptureFixture[str]) -> None:
    folder = PAGE.parents[1] / "examples" / "policies"
    assert run(["policy", "test", str(folder), "--require-all"]) == 0
    assert "32 tests, all passed; 16 of 16 policies tested" in capsys.readouterr().out
    page = (PAGE.parent / "policy-examples.md").read_text("utf-8")
    text = (folder / "pod-security.yml").read_text("utf-8")
    codes = re.findall(r"code: (POD\d+)", text)
    assert [code for code in codes if f"| {code} |" not in page] == []
