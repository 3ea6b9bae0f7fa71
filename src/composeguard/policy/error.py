"""What is wrong with a policy, shown at its place."""

from __future__ import annotations

from composeguard.errors import ComposeguardError
from composeguard.source.file import SourceFile

_WIDTH = 160


class PolicyError(ComposeguardError):
    """A policy that cannot be used: the message holds file, line and column, the line, and a caret."""

    def __init__(self, message: str, file: SourceFile, start: int, end: int | None = None) -> None:
        super().__init__(_shown(message, file, start, start if end is None else end))
        self.message = message
        self.file = file
        self.start = start


def _shown(message: str, file: SourceFile, start: int, end: int) -> str:
    region = file.region(start, end)
    line, column = region.start_line, region.start_column
    text = file.line_text(line)
    last = region.end_column if region.end_line == line else len(text) + 1
    length = max(1, last - column)
    first = max(0, column - 1 - _WIDTH // 2)
    part = text[first : first + _WIDTH].replace("\t", " ")
    number = str(line)
    caret = " " * (column - 1 - first) + "^" * min(length, max(1, len(part) - (column - 1 - first)))
    return f"{file.uri}:{line}:{column}: {message}\n  {number} | {part}\n  {' ' * len(number)} | {caret}"
