"""GitHub's `primaryLocationLineHash`: how code scanning knows an alert again when lines move.

The hash of a line is the polynomial in 37, modulo 2^64, of the first 100 UTF-16 units from the line's start, spaces
and tabs left out and every newline read as LF; a unit 65535 stands at the end of the file, and zeros fill up. `:n`
tells the nth line with the same hash. GitHub's upload action computes the same and compares, so a wrong hash is
worse than none. Source: `src/fingerprints.ts` of github/codeql-action.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate

from composeguard.source.file import SourceFile

_BLOCK = 100
_BASE = 37
_MASK = (1 << 64) - 1
_LEADING = pow(_BASE, _BLOCK, 1 << 64)
_END_OF_FILE = 0xFFFF
_LINE_FEED = 0x0A
_DROPPED = {ord(" "): None, ord("\t"): None}


def line_hashes(file: SourceFile, lines: Iterable[int]) -> dict[int, str]:
    """The hash of each of these lines (from 1).

    Empty for a file that is not UTF-8: the action reads the bytes as UTF-8 whatever they are.
    """
    wanted = frozenset(lines)
    if not wanted or file.encoding != "utf-8":
        return {}
    last = max(wanted)
    counts: Counter[int] = Counter()
    found: dict[int, str] = {}
    for line, value in enumerate(_hashes(file), start=1):
        counts[value] += 1
        if line in wanted:
            found[line] = f"{value:x}:{counts[value]}"
        if line >= last:
            break
    return found


def _hashes(file: SourceFile) -> Iterator[int]:
    text = ("\ufeff" if file.bom else "") + file.text
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED)
    units = array("H")
    units.frombytes(text.encode("utf-16-le", "surrogatepass"))
    if sys.byteorder == "big":
        units.byteswap()
    units.append(_END_OF_FILE)
    end = len(units)
    units.extend([0] * _BLOCK)
    # sums[i] is the hash of all units before i: that of any block is the difference of two of them.
    sums = array("Q", accumulate(units, _step, initial=0))
    start = 0
    while start < end:
        yield (sums[start + _BLOCK] - sums[start] * _LEADING) & _MASK
        try:
            start = units.index(_LINE_FEED, start) + 1
        except ValueError:
            return


def _step(value: int, unit: int) -> int:
    return (value * _BASE + unit) & _MASK
