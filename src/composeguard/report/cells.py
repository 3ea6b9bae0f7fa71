"""How characters show in a terminal: what is written for each, and how many cells it takes."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from operator import attrgetter

from msgspec import Struct

from composeguard.report.escape import visible

_TAB = 4
_HANGUL_VOWELS_AND_FINALS = range(0x1160, 0x1200)


class Cell(Struct, frozen=True):
    """One character of a source line as it is shown."""

    text: str
    width: int


_WIDTH = attrgetter("width")


def width_of(char: str) -> int:
    """Cells of one printable character: 0 for combining marks, 2 for wide ones (UAX #11)."""
    if char.isascii():
        return 1
    if unicodedata.category(char) in ("Mn", "Me") or char in "\u200c\u200d":
        return 0
    if ord(char) in _HANGUL_VOWELS_AND_FINALS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


_TABS = tuple(Cell(" " * (_TAB - column), _TAB - column) for column in range(_TAB))
"""A tab, by how far its column is past a stop."""


@lru_cache(maxsize=4096)
def _cell(char: str) -> Cell:
    shown = visible(char)
    return Cell(shown, width_of(shown) if len(shown) == 1 else len(shown))


def cells_of(text: str) -> list[Cell]:
    """A cell for each code point; tabs go to the next stop, what could steer the terminal is written out."""
    if "\t" not in text:
        return list(map(_cell, text))
    cells: list[Cell] = []
    column = 0
    for char in text:
        cell = _TABS[column % _TAB] if char == "\t" else _cell(char)
        cells.append(cell)
        column += cell.width
    return cells


def total_width(cells: list[Cell]) -> int:
    return sum(map(_WIDTH, cells))
