"""Breaks sentences at the width of a terminal, between words and with a hanging indent."""

from __future__ import annotations

from composeguard.report.cells import width_of
from composeguard.source.regex import regex

_SEQUENCE = regex(r"\x1b\]8;;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m")
_INDENT = "    "


def wrapped(sentence: str, width: int) -> str:
    """The sentence on as many lines as it takes; escape sequences of styles and links take no room."""
    lines: list[str] = []
    line, used = "", 0
    for word in sentence.split(" "):
        taken = sum(map(width_of, _SEQUENCE.sub("", word)))
        if line and used + 1 + taken > width:
            lines.append(line)
            line, used = _INDENT + word, len(_INDENT) + taken
        else:
            line, used = (f"{line} {word}", used + 1 + taken) if line else (word, taken)
    return "\n".join([*lines, line])
