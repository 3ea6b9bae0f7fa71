"""Which lines of two versions of a text belong together, in time that grows with their number.

`difflib` alone compares lines that occur often with each other, all with all, or takes no account of them. Here lines
that stand once in either version are matched first (a patience diff), and `difflib` sees only what lies between them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher

from msgspec import Struct

_LEVELS = 8
"""How often a stretch is split at the lines that stand once in it."""
_PAIRS = 40_000
"""Pairs of lines that `difflib` may compare; a longer stretch without any mark is shown as replaced."""


class Alignment(SequenceMatcher[str]):
    """A matcher whose blocks are found by `_blocks`; only its opcodes are of use."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, "", "")
        self._lines = (old, new)

    def get_matching_blocks(self) -> list[Match]:
        old, new = self._lines
        blocks: list[Match] = []
        for block in sorted(_blocks(old, new)):
            last = blocks[-1] if blocks else None
            if last and last.a + last.size == block.a and last.b + last.size == block.b:
                blocks[-1] = Match(last.a, last.b, last.size + block.size)
            else:
                blocks.append(block)
        return [*blocks, Match(len(old), len(new), 0)]


class _Stretch(Struct, frozen=True):
    """`old[a:a_end]` against `new[b:b_end]`."""

    a: int
    a_end: int
    b: int
    b_end: int
    level: int = 0


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[Match]:
    """The stretches of equal lines, in no order."""
    work = [_Stretch(0, len(old), 0, len(new))]
    while work:
        stretch = work.pop()
        a, a_end, b, b_end = stretch.a, stretch.a_end, stretch.b, stretch.b_end
        while a < a_end and b < b_end and old[a] == new[b]:
            a, b = a + 1, b + 1
        while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
        yield from _found(stretch.a, stretch.b, a - stretch.a)
        yield from _found(a_end, b_end, stretch.a_end - a_end)
        if a == a_end or b == b_end:
            continue
        inner = _Stretch(a, a_end, b, b_end, stretch.level + 1)
        marks = _marks(old, new, inner) if inner.level <= _LEVELS else []
        if marks:
            work.extend(_between(marks, inner))
            yield from marks
        elif (a_end - a) * (b_end - b) <= _PAIRS:
            matcher = SequenceMatcher(None, old[a:a_end], new[b:b_end], autojunk=False)
            for match in matcher.get_matching_blocks():
                yield from _found(a + match.a, b + match.b, match.size)


def _found(a: int, b: int, size: int) -> Iterator[Match]:
    if size:
        yield Match(a, b, size)


def _between(marks: Sequence[Match], stretch: _Stretch) -> Iterator[_Stretch]:
    a, b = stretch.a, stretch.b
    for mark in (*marks, Match(stretch.a_end, stretch.b_end, 0)):
        yield _Stretch(a, mark.a, b, mark.b, stretch.level)
        a, b = mark.a + 1, mark.b + 1


def _marks(old: Sequence[str], new: Sequence[str], stretch: _Stretch) -> list[Match]:
    """The lines that stand once in either part of a stretch: the longest row of them in the same order."""
    in_old = Counter(old[stretch.a : stretch.a_end])
    in_new = Counter(new[stretch.b : stretch.b_end])
    places = {new[b]: b for b in range(stretch.b, stretch.b_end) if in_new[new[b]] == 1}
    pairs = [(a, places[old[a]]) for a in range(stretch.a, stretch.a_end) if in_old[old[a]] == 1 and old[a] in places]
    # Patience sorting: `ends` holds the smallest end of a row of each length, `before` what stands ahead in the row.
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for number, (_, b) in enumerate(pairs):
        length = bisect_left(ends, b)
        before.append(tops[length - 1] if length else -1)
        ends[length : length + 1] = [b]
        tops[length : length + 1] = [number]
    row: list[Match] = []
    number = tops[-1] if tops else -1
    while number >= 0:
        row.append(Match(*pairs[number], 1))
        number = before[number]
    return row[::-1]
