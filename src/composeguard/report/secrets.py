"""Which stretches of a file hold secrets: no snippet shows them, whatever finding the snippet belongs to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

from composeguard.engine.finding import Finding
from composeguard.engine.report import Report

_SEPARATOR = re.compile(r"[\"']?[ \t]*[=:][ \t]*")
_ORDER_KEPT = -1


class Secrets:
    """The secret stretches of every file of a report."""

    def __init__(self, report: Report) -> None:
        spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for finding in (*report.findings, *report.suppressed):
            if finding.redact:
                spans[finding.uri].append((_value_start(finding), finding.end))
        for place in report.secrets:
            spans[place.file.uri].append((place.start, place.end))
        self._spans = {uri: _merged(found) for uri, found in spans.items()}
        self._texts: set[str] | None = None
        self._report = report

    def within(self, uri: str, start: int, end: int) -> list[tuple[int, int]]:
        """The secret stretches that reach into `start`..`end`, in order."""
        spans = self._spans.get(uri)
        if not spans:
            return []
        index = max(bisect_right(spans, (start, _ORDER_KEPT)) - 1, 0)
        found: list[tuple[int, int]] = []
        while index < len(spans) and spans[index][0] < end:
            if spans[index][1] > start:
                found.append(spans[index])
            index += 1
        return found

    def overlaps(self, uri: str, start: int, end: int) -> bool:
        return bool(self.within(uri, start, end))


def _value_start(finding: Finding) -> int:
    """Where the secret begins: after the key, if the text starts with the key that the path names; else at once.

    A separator alone is no sign of a key: a secret can hold one.
    """
    text = finding.file.text
    key = finding.path[-1] if finding.path else 0
    if not isinstance(key, str) or not key:
        return finding.start
    start = finding.start + (text[finding.start : finding.start + 1] in ('"', "'"))
    if not text.startswith(key, start):
        return finding.start
    match = _SEPARATOR.match(text, start + len(key), finding.end)
    return match.end() if match else finding.start


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif end > start:
            merged.append((start, end))
    return merged
