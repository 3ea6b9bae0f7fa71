"""Comments that accept findings: which findings each one reaches, and at what cost."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from composeguard.engine.finding import Finding
from composeguard.engine.rule import Rule
from composeguard.engine.severity import Severity
from composeguard.engine.suppress import suppress
from composeguard.source.file import SourceFile
from composeguard.source.read import read_source


@dataclass
class _Rule:
    code: str = "CG999"
    name: str = "some-rule"


def _finding(file: SourceFile, line: int) -> Finding:
    start = file.line_starts[line - 1]
    rule: Rule = _Rule()  # type: ignore[assignment]
    return Finding(rule, Severity.LOW, "m", "", file, start, start + 1, (), "f")


def _accepted(text: str) -> list[int]:
    """The lines on which a finding of CG999 is accepted."""
    file = read_source("compose.yaml", text.encode())
    count = len(text.splitlines())
    marked = suppress(_finding(file, line) for line in range(1, count + 1))
    return [line for line, finding in enumerate(marked, 1) if finding.suppression]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1\nb: 2 # composeguard: ignore[CG999] x\nc: 3\n", [2]),
        ("a: 1\n# composeguard: ignore[some-rule] x\nb: 2\nc: 3\n", [3]),
        ("# composeguard: ignore[cg999] x\n# why\n#\na: 1\nb: 2\n", [4]),
        ("# composeguard: ignore[CG999] x\n\na: 1\n", [2]),
        ("# composeguard: ignore-file[CG1, CG999] x\na: 1\n", [1, 2]),
        ("# composeguard: ignore[CG1] x\na: 1\n", []),
        ("# composeguard: ignore\na: 1\n", []),
        ("services:\n  a: # composeguard: ignore[CG999] x\n    image: b\n    user: c\n  d:\n    image: e\n", [2, 3, 4]),
        ("services:\n  # composeguard: ignore[CG999] x\n  a:\n    image: b\n  d:\n    image: e\n", [3, 4]),
        ("services:\n  a:\n    image: b\n    # composeguard: ignore[CG999] x\n    user: c\n    tty: true\n", [5]),
    ],
)
def test_what_a_comment_reaches(text: str, lines: list[int]) -> None:
    assert _accepted(text) == lines


def test_the_first_comment_gives_the_reason() -> None:
    text = "# composeguard: ignore-file[some-rule] first\na: 1 # composeguard: ignore[CG999] second\n"
    file = read_source("compose.yaml", text.encode())
    (finding,) = suppress([_finding(file, 2)])
    assert finding.suppression is not None
    assert (finding.suppression.justification, finding.suppression.line) == ("first", 1)


def test_many_comments_and_many_findings_cost_no_more_than_their_sum() -> None:
    text = "# composeguard: ignore[CG1] x\n" * 20_000 + "a: 1 # composeguard: ignore[CG2] x\n"
    file = read_source("compose.yaml", text.encode())
    started = time.perf_counter()
    suppress(_finding(file, 20_001) for _ in range(20_000))
    assert time.perf_counter() - started < 5  # a look at each comment for each finding takes minutes
