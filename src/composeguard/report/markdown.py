"""Markdown: the summary of a job, or a comment on a pull request.

It stays below the size that GitHub takes for a step's summary (1 MiB for the whole step); the worst findings come
first, and what is left out is counted. Texts of the repository are escaped: no markup, no link, no mention of a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from composeguard.engine.finding import Finding
from composeguard.engine.report import Report
from composeguard.engine.severity import Severity
from composeguard.report.escape import visible
from composeguard.report.options import RenderOptions, rule_url
from composeguard.source.regex import regex

_LARGEST = 900 * 1024
"""Bytes of UTF-8; what else a step says in its summary needs room too."""
_ROOM = 256
"""Bytes kept for the line that says what is left out."""
_MOST_UNSEEN = 20
_IN_CODE = frozenset("&<>@|`*_[]~$\\")
_MARKS = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🟠",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🔵",
    Severity.INFO: "⚪",
}
_MARKUP = regex(r"[\\`*_\[\]#|~$]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_LINK = regex(r"(?<=www)\.|:(?=//)", re.IGNORECASE)
"""Where GitHub sees the start of a link in plain text."""


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """A headline, counts, and a table of findings, the worst first; each row is a piece."""
    size = 0
    for piece in _head(report):
        size += len(piece.encode())
        yield piece
    listed = report.listed(include_suppressed=options.include_suppressed)
    worst = sorted(listed, key=lambda finding: -finding.severity)
    for number, finding in enumerate(worst):
        row = _row(finding)
        size += len(row.encode())
        if size > _LARGEST - _ROOM:
            yield f"\n{len(worst) - number:,} more findings are not shown here.\n"
            return
        yield row


def _head(report: Report) -> Iterator[str]:
    files = f"{len(report.files):,} file{'' if len(report.files) == 1 else 's'}"
    total = len(report.findings)
    if not total:
        yield f"### composeguard: no findings in {files}\n"
    else:
        yield f"### composeguard: {total:,} finding{'' if total == 1 else 's'} in {files}\n\n"
        yield " · ".join(f"{_MARKS[each]} {count:,} {each.label}" for each, count in report.totals.worst_first if count)
        yield "\n"
    if report.suppressed:
        yield f"\n{len(report.suppressed):,} more are suppressed.\n"
    for number, note in enumerate(report.unseen):
        if number == 0:
            yield "\n"
        if number == _MOST_UNSEEN:
            yield f"- {len(report.unseen) - number:,} more parts were not seen\n"
            break
        yield f"- **not seen:** {_code(f'{note.file.uri}:{note.file.line_of(note.start)}')} {_escaped(note.message)}\n"
    if report.fixable.safe or report.fixable.unsafe:
        yield f"\n`composeguard fix` repairs {report.fixable.safe:,}, with `--unsafe` {report.fixable.unsafe:,} more.\n"
    if total or report.suppressed:
        yield "\n| | Rule | Where | What |\n| --- | --- | --- | --- |\n"


def _row(finding: Finding) -> str:
    code = f"{finding.code} {finding.rule.name}"
    url = rule_url(finding.rule)
    rule = f"[{code}]({url})" if url else code
    place = _code(f"{finding.uri}:{finding.region.start_line}")
    accepted = " *(suppressed)*" if finding.suppression is not None else ""
    mark = f"{_MARKS[finding.severity]} {finding.severity.label}"
    return f"| {mark} | {rule} | {place} | {_escaped(finding.message)}{accepted} |\n"


def _escaped(text: str) -> str:
    """A text as it is, whatever Markdown would make of it."""
    marked = _MARKUP.sub(lambda match: f"\\{match[0]}", visible(text))
    encoded = "".join(_ENTITIES.get(char, char) for char in marked)
    return _LINK.sub(lambda match: f"&#{ord(match[0])};", encoded)


def _code(text: str) -> str:
    """In a code element that the text cannot end; Markdown is read inside it, and a bar would end the cell."""
    shown = "".join(f"&#{ord(char)};" if char in _IN_CODE else char for char in visible(text))
    return f"<code>{shown}</code>"
