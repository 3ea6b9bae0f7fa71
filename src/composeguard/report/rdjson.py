"""reviewdog's diagnostic format (rdjson): comments on a merge request of any forge, with fixes as suggestions.

Columns count bytes of UTF-8 from 1, and the end is exclusive. Source: `proto/rdf/reviewdog.proto` of reviewdog.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from composeguard.engine.finding import Finding
from composeguard.engine.report import Report, TextEdit
from composeguard.engine.severity import Severity
from composeguard.report.escape import visible
from composeguard.report.options import HOME, RenderOptions, rule_url
from composeguard.report.secrets import Secrets
from composeguard.source.file import SourceFile

_SEVERITIES = {
    Severity.CRITICAL: "ERROR",
    Severity.HIGH: "ERROR",
    Severity.MEDIUM: "WARNING",
    Severity.LOW: "WARNING",
    Severity.INFO: "INFO",
}


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """One result; each diagnostic is a piece. What a comment accepts is never in it."""
    del options
    secrets = Secrets(report)
    yield '{"source": ' + json.dumps({"name": "composeguard", "url": HOME}) + ',\n"diagnostics": ['
    separator = "\n"
    for index, finding in enumerate(report.findings):
        edits = report.edits.get(index) or ()
        shows_secret = any(secrets.shown_by(edit.text) for edit in edits)
        yield f"{separator}{json.dumps(_diagnostic(finding, () if shows_secret else edits))}"
        separator = ",\n"
    yield "]}\n" if separator == "\n" else "\n]}\n"


def _diagnostic(finding: Finding, edits: Sequence[TextEdit]) -> dict[str, object]:
    code: dict[str, object] = {"value": finding.code}
    if url := rule_url(finding.rule):
        code["url"] = url
    diagnostic: dict[str, object] = {
        "message": visible(finding.message),
        "location": {"path": finding.uri, "range": _range(finding.file, finding.start, finding.end)},
        "severity": _SEVERITIES[finding.severity],
        "code": code,
    }
    own = [edit for edit in edits if edit.file is finding.file]
    # A suggestion is taken with one click: none without which the project does not start.
    if finding.fix is not None and own and len(own) == len(edits) and not finding.fix.first:
        note = f" (unsafe: {finding.fix.note})" if finding.fix.note else ""
        diagnostic["message"] = visible(f"{finding.message}. The suggestion: {finding.fix.title}{note}")
        diagnostic["suggestions"] = [
            {"range": _range(edit.file, edit.start, edit.end), "text": edit.text} for edit in own
        ]
    return diagnostic


def _range(file: SourceFile, start: int, end: int) -> dict[str, object]:
    return {"start": _position(file, start), "end": _position(file, end)}


def _position(file: SourceFile, offset: int) -> dict[str, int]:
    line = file.line_of(offset)
    before = file.text[file.line_start(line) : offset]
    return {"line": line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}
