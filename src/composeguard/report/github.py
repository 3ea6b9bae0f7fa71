"""GitHub's workflow commands: annotations on the lines of a pull request, without an upload.

A step shows ten errors, ten warnings and ten notices, whatever it prints. The worst findings come first, what does
not fit is left out, and the last notice says how much that is. Columns are given where a finding is on one line: GitHub
takes them for no other. Source: "Workflow commands for GitHub Actions", and `@actions/core` for the escapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from composeguard.engine.finding import Finding
from composeguard.engine.report import Report
from composeguard.engine.severity import Severity
from composeguard.report.escape import visible
from composeguard.report.options import RenderOptions

_LIMIT = 10
"""Annotations of one level that a step shows."""
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "warning",
    Severity.INFO: "notice",
}


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """A line for each annotation; nothing when there is no finding."""
    shown: Counter[str] = Counter()
    worst = sorted(report.listed(include_suppressed=options.include_suppressed), key=lambda each: -each.severity)
    left_out = 0
    for finding in worst:
        level = "notice" if finding.suppression is not None else _LEVELS[finding.severity]
        # One notice is kept for the sum.
        if shown[level] >= _LIMIT - (level == "notice"):
            left_out += 1
            continue
        shown[level] += 1
        yield _annotation(level, finding)
    for note in report.unseen:
        if shown["error"] < _LIMIT:
            shown["error"] += 1
            region = note.file.region(note.start, note.end)
            place = f"file={_property(note.file.uri)},line={region.start_line},title=not seen"
            yield f"::error {place}::{_data(note.message)}\n"
        else:
            left_out += 1
    if left_out:
        yield f"::notice title=composeguard::{left_out:,} more findings are not shown here: GitHub shows ten a level\n"


def _annotation(level: str, finding: Finding) -> str:
    region = finding.region
    place = f"file={_property(finding.uri)},line={region.start_line},endLine={region.end_line}"
    if region.start_line == region.end_line:
        place += f",col={region.start_column},endColumn={region.end_column}"
    title = f"{finding.code} {finding.rule.name} ({finding.severity.label})"
    accepted = " (suppressed)" if finding.suppression is not None else ""
    return f"::{level} {place},title={_property(title)}::{_data(finding.message)}{accepted}\n"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
