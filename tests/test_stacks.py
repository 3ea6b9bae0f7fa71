"""Whole insecure stacks, each in a style of its own, and what `fix --unsafe` makes of them.

A golden file is what a person would have written: it is read before it is accepted.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from composeguard import cli

STACKS = Path(__file__).resolve().parents[1] / "fixtures" / "stacks"
NAMES = sorted(path.stem for path in STACKS.glob("*.yml") if not path.stem.endswith(".fixed"))


@pytest.mark.parametrize("name", NAMES)
def test_a_stack_is_fixed_as_a_person_would(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "compose.yml"
    shutil.copy(STACKS / f"{name}.yml", file)
    monkeypatch.chdir(tmp_path)
    cli.run(["fix", "--unsafe", "--no-config"])
    assert "left alone" not in capsys.readouterr().out
    assert file.read_text("utf-8") == (STACKS / f"{name}.fixed.yml").read_text("utf-8")
    cli.run(["check", "--no-config", "-f", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [finding["code"] for finding in findings if finding["fix"]] == []
    cli.run(["fix", "--unsafe", "--no-config"])
    assert file.read_text("utf-8") == (STACKS / f"{name}.fixed.yml").read_text("utf-8")


def test_there_are_stacks() -> None:
    assert len(NAMES) >= 5
