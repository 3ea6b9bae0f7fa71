"""The search for fixes at fault: what it reads on the way, and that nothing stands without the whole proof."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.fix_harness import Project
from tests.test_fix_plan import removes

from composeguard import cli
from composeguard.fix import witness
from composeguard.fix.witness import WitnessError

EVERY_KEY = Path(__file__).parent.parent / "fixtures" / "projects" / "every-key"
KEYS = ("privileged", "tty", "init", "read_only")


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the slow witness reads."""
    read: list[str] = []
    by_ruamel = witness.comments_by_ruamel

    def noted(text: str) -> list[str]:
        read.append(text)
        return by_ruamel(text)

    monkeypatch.setattr(witness, "comments_by_ruamel", noted)
    return read


def test_a_search_leaves_the_slow_witness_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, readings: list[str]
) -> None:
    shutil.copytree(EVERY_KEY, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "compose.yaml"
    text = path.read_text()
    path.write_text(f"{text}---\n{text}x-verbatim: !<tag:example.com,2000:x> y\n")
    monkeypatch.chdir(tmp_path)
    assert cli.run(["fix", "--unsafe", "--no-progress", "--quiet"]) == 1
    assert text not in path.read_text()
    assert 0 < len(readings) <= 5  # 25, where each trial has its own


def test_what_the_slow_witness_refuses_is_found_and_the_rest_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_ruamel = witness.comments_by_ruamel

    def strict(text: str) -> list[str]:
        if "tty" not in text:
            raise WitnessError
        return by_ruamel(text)

    monkeypatch.setattr(witness, "comments_by_ruamel", strict)
    text = "services:\n  web:  # a\n    image: !<tag:example.com,2000:x> x:1\n"
    text += "".join(f"    {key}: true  # {key}\n" for key in KEYS)
    rules = [removes(key, f"TEST{number:03}") for number, key in enumerate(KEYS)]
    project = Project(tmp_path, {"compose.yaml": text}, rules)
    planned = project.plan()
    assert [(each.finding.path[-1], each.reason) for each in planned.refused] == [
        ("tty", "the second reader does not accept the text, so the comments are not proved")
    ]
    assert [each.finding.path[-1] for each in planned.applied] == ["privileged", "init", "read_only"]
    assert project.texts(planned)["compose.yaml"] == "".join(text.splitlines(keepends=True)[i] for i in (0, 1, 2, 4))
