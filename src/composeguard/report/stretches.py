"""Stretches of a text, as pairs of start and end (exclusive), in code points."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

_ORDER_KEPT = -1


def overlapping(spans: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Those of sorted stretches, none inside another, that reach into `start`..`end`."""
    index = max(bisect_right(spans, (start, _ORDER_KEPT)) - 1, 0)
    found: list[tuple[int, int]] = []
    while index < len(spans) and spans[index][0] < end:
        if spans[index][1] > start:
            found.append(spans[index])
        index += 1
    return found


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif end > start:
            merged.append((start, end))
    return merged
