"""Offsets as people and tools count them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A stretch of a file: lines and columns from 1, columns in code points, the end column exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int
