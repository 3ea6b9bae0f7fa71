"""Which comments on lines of their own belong to an entry, so that they go when it goes.

Below the entry, what is indented deeper than it. Above it, a comment that accepts findings, and one that can be about
nothing else: it names the entry, or what follows the entry starts anew (a blank line, another comment, the end of
the collection). A comment above several entries in a row, or above the first of them, may be a heading, and text
that looks like YAML may be an entry that is switched off: they stay. So does what stands at the top of a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from composeguard.engine.directive import directives
from composeguard.fix.text import column, line_end, line_start, next_line
from composeguard.source.file import SourceFile
from composeguard.source.regex import regex

_CODE = regex(r"#+\s*(?:-\s|-$|(?P<key>[\w.$\"'{}-]+)\s*:(?:\s|$))")


class Entry(Struct, frozen=True):
    """An entry or item of a block collection: its key or `-` stands at `start`, and its lines end at `end`.

    `words` are what a comment may call it by: its key, its text.
    """

    file: SourceFile
    start: int
    end: int
    is_item: bool
    is_first: bool
    words: Sequence[str]


class Owned(Struct, frozen=True):
    """The lines of an entry and of its comments. `ends`: nothing below it stays that a comment above could mean."""

    start: int
    end: int
    ends: bool


def with_own_comments(entry: Entry, following: Owned | None) -> Owned:
    """From the first to the last line of an entry that goes, with its comments. `following` is the next entry, where
    that goes as well."""
    file = entry.file
    indent = column(file, entry.start)
    first = line_start(file, entry.start)
    end = _past_deeper(file, entry.end, indent)
    ends = _starts_anew(entry, end, indent) or (following is not None and following.ends)
    block = _comments_above(file, first, indent) if file.comments else []
    if block and (indent or not entry.is_first) and _is_its_own(file, block, entry.words, ends=ends):
        return Owned(block[0], end, ends)
    accepting = _accepting(file).get(file.line_of(first), frozenset()) if block else frozenset()
    for line in reversed(block):
        if line not in accepting:
            break
        first = line
    return Owned(first, end, ends)


@lru_cache(maxsize=2)
def _accepting(file: SourceFile) -> Mapping[int, frozenset[int]]:
    """By the number of a line, the starts of the lines with comments that accept findings there."""
    found: dict[int, set[int]] = {}
    for each in directives(file):
        if each.target is not None:
            found.setdefault(each.target, set()).add(line_start(file, each.start))
    return {line: frozenset(starts) for line, starts in found.items()}


def _past_deeper(file: SourceFile, offset: int, indent: int) -> int:
    """Past the comment lines that stand deeper than a column, and the blank lines between them."""
    end = offset
    while offset < len(file.text):
        line = file.text[offset : line_end(file, offset)]
        bare = line.lstrip(" ")
        offset = next_line(file, offset)
        if bare.startswith("#") and len(line) - len(bare) > indent:
            end = offset
        elif bare.strip():
            break
    return end


def _comments_above(file: SourceFile, first: int, indent: int) -> list[int]:
    """The starts of the comment lines directly above a line, in order: those at this column."""
    starts: list[int] = []
    line = first
    while line > 0:
        line = line_start(file, line - 1)
        text = file.text[line : line_end(file, line)]
        if text[:indent].strip(" ") or not text[indent:].startswith("#"):
            break
        starts.append(line)
    return starts[::-1]


def _is_its_own(file: SourceFile, block: Sequence[int], words: Sequence[str], *, ends: bool) -> bool:
    texts = [file.text[line : line_end(file, line)].strip() for line in block]
    for text in texts:
        code = _CODE.match(text)
        if code is not None and (code["key"] or "").strip("\"'") not in words:
            return False
    return ends or any(_names(text, word) for text in texts for word in words)


def _names(text: str, word: str) -> bool:
    """Whether a comment speaks of the entry by its whole name."""
    if len(word) < 3 or "\n" in word:
        return False
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE) is not None


def _starts_anew(entry: Entry, offset: int, indent: int) -> bool:
    """Whether what comes below an entry cannot be meant by a comment above it."""
    line = entry.file.text[offset : line_end(entry.file, offset)]
    bare = line.lstrip(" ")
    if bare.startswith("#") or (bare and len(line) - len(bare) < indent):
        return True
    if not bare:
        return not entry.is_first or offset == len(entry.file.text)
    return entry.is_item and not bare.startswith("-")
