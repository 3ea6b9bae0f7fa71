"""Diffs as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.fix.diff import git_header, unified_diff
from composeguard.report.escape import visible
from composeguard.report.style import Style
from composeguard.source.file import SourceFile


def shown_diff(file: SourceFile, text: str, style: Style) -> Iterator[str]:
    """The lines of the diff from a file to its new text. Without colour they are what `git apply` takes; with it,
    terminal controls in the file are made visible."""
    diff = unified_diff(file.uri, file.text, text, bom=file.bom)
    if diff:
        yield _coloured(git_header(file.uri), style)
    for line in diff.splitlines(keepends=True):
        yield _coloured(line, style)


def _coloured(line: str, style: Style) -> str:
    if not style.colour:
        return line
    text = visible(line.rstrip("\r\n"))
    if line.startswith(("---", "+++", "diff --git")):
        return f"{style.strong(text)}\n"
    if line.startswith("+"):
        return f"{style.good(text)}\n"
    if line.startswith("-"):
        return f"{style.bad(text)}\n"
    return f"{style.faint(text)}\n" if line.startswith("@@") else f"{text}\n"
