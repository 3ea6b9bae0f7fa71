"""What reads the output of each format as a machine would, or fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from xml.etree import ElementTree


def _lines(text: str) -> None:
    assert all(isinstance(json.loads(line), dict) for line in text.splitlines())


def _commands(text: str) -> None:
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in text.splitlines())


def _page(text: str) -> None:
    assert text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")


PARSERS: Mapping[str, Callable[[str], object]] = {
    "json": json.loads,
    "jsonl": _lines,
    "sarif": json.loads,
    "github": _commands,
    "gitlab": json.loads,
    "junit": ElementTree.fromstring,
    "rdjson": json.loads,
    "html": _page,
    "full": str,
    "concise": str,
    "markdown": str,
}
