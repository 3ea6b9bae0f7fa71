"""No value that a program gets is shown by a snippet of something else on its line."""

from __future__ import annotations

import pytest

from composeguard.report.sensitive import sensitive_spans, without
from composeguard.source.file import SourceFile
from composeguard.source.read import read_source


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("services: {a: {environment: {A: b, C: '${D}'}}}\n", ["b", "'", "'"]),
        ("services: {a: {environment: [A=b, 'C=d e', F]}}\n", ["b", "d e'", "F"]),
        ("services: {a: {environment: ['A=x${B}y${C:-z}']}}\n", ["x", "y${C:-z}'"]),
        ("services:\n  a:\n    command: run --password x\n    image: y\n", ["run --password x"]),
        ("services: {a: {healthcheck: {test: [CMD, curl, x]}}}\n", ["curl", "x"]),
        ("configs: {a: {content: secret}}\n", ["secret"]),
        ("services: {a: {build: {args: {A: b}}, labels: [l=m]}}\n", ["b", "m"]),
        ("services: {a: {image: x, ports: ['80:80']}}\n", []),
        ("services:\n  a:\n    environment:\n      A: |\n        b\n        c\n", ["|\n        b\n        c"]),
    ],
)
def test_values_by_place(text: str, hidden: list[str]) -> None:
    spans = sensitive_spans(read_source("compose.yaml", text.encode()))
    assert [text[start:end] for start, end in spans] == hidden


def test_an_env_file_hides_all_but_keys() -> None:
    text = "A=b\nexport C: d e\n# comment\nbad line here\nE='f\n"
    spans = sensitive_spans(SourceFile("prod.env", text))
    assert [text[start:end] for start, end in spans] == ["b", " d e", "line here", "'f"]


def test_what_is_marked_stays() -> None:
    assert list(without((2, 10), (4, 6))) == [(2, 4), (6, 10)]
    assert list(without((2, 10), (0, 12))) == []
    assert list(without((2, 10), (12, 14))) == [(2, 10)]
