"""Offsets as people and tools count them."""

from __future__ import annotations

from msgspec import Struct


class Region(Struct, frozen=True, order=True):
    """A stretch of a file: lines and columns from 1, columns in code points, the end column exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int
