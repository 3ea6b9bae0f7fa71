"""What `check` says of env files that are not in the repository: a note at the place that names them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.loading import Project

from composeguard.compose.diagnostic import Kind

CASES = [
    ("text", "env_file: a.env", ["a.env"]),
    ("list", "env_file: [a.env, here.env, b/c.env]", ["a.env", "b/c.env"]),
    ("long", "env_file: [{path: a.env, format: raw}]", ["a.env"]),
    ("not required", "env_file: [{path: a.env, required: false}]", []),
    ("depends on a variable", "env_file: ['${U}.env']", []),
    ("of a home folder", "env_file: ~/a.env", []),
    ("labels", "label_file: [here.env, l.env]", ["l.env"]),
    ("a step", "pre_start: [{command: [x], env_file: s.env}]", ["s.env"]),
]


@pytest.mark.parametrize(("line", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_missing_env_files_are_notes(tmp_path: Path, line: str, expected: list[str]) -> None:
    texts = {"compose.yaml": f"services:\n  a:\n    image: x\n    {line}\n", "here.env": ""}
    notes = [each for each in Project(tmp_path, texts).load().diagnostics if each.kind is not Kind.VARIABLE]
    assert [(each.kind, each.refused) for each in notes] == [(Kind.NOTE, False)] * len(expected)
    assert [each.file.text[each.start : each.end] for each in notes] == expected
    assert [each.message for each in notes] == [f"the file {name} does not exist" for name in expected]


def test_a_strict_reading_leaves_it_to_the_deployment(tmp_path: Path) -> None:
    texts = {"compose.yaml": "services: {a: {image: x, env_file: a.env}}\n"}
    assert Project(tmp_path, texts).load(strict=True).diagnostics == []
