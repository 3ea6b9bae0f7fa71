"""JSON: everything that a report holds, in a versioned envelope; one finding a line, so that a stream can be read.

    {
      "format": "composeguard-report", "format_version": 1,
      "tool": {"name", "version"},
      "summary": {"findings", "by_severity": {…}, "suppressed", "fixable": {"safe", "unsafe"}, "unseen", "files"},
      "files": [uri, …],
      "rules": [{"code", "name", "severity", "summary", "url"}, …],            those that ran
      "notes": [{"kind", "message", "file", "region", "path"}, …],             what could not be seen, and the like
      "findings": [
        {"code", "name", "severity", "message", "label", "file", "region", "path", "fingerprint",
         "fix": {"title", "safety", "note", "first", "operations": [{"op", "path", …}]} or null,
         "related": [{"file", "region", "message"}, …],
         "suppression": {"kind": "inline" or "baseline", "justification", "line" or null} or null}, …]
    }                                                                           accepted ones only if asked for

`region` is {"start_line", "start_column", "end_line", "end_column"}: from 1, columns in code points, the end column
exclusive. `path` is the way in the resolved project, keys and indexes. `file` is relative to the root of the
repository. `format_version` goes up when a key changes its meaning or goes away; new keys may come at any time.
No source text is in it, so no secret of a file is: an operation at a place with a secret has no `value`, unless it
takes that from a variable. The text is ASCII; everything else is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from composeguard.compose.diagnostic import Diagnostic
from composeguard.engine.finding import Finding, Related
from composeguard.engine.fix import Append, Fix, Operation, RemoveComment, Rename, Set
from composeguard.engine.report import Report, Totals
from composeguard.engine.rule import Rule
from composeguard.report.likely import discreet_path
from composeguard.report.options import RenderOptions, rule_url
from composeguard.source.node import Path
from composeguard.source.position import Region
from composeguard.source.regex import regex

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

FORMAT_VERSION = 1
_VARIABLE = regex(r"(?:\w+=)?\$\{\w+(?::?\?[^{}]*)?\}")
"""A value, or a variable and its value, that is a variable without a default."""


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """The envelope; each finding is a piece."""
    findings = report.listed(include_suppressed=options.include_suppressed)
    yield '{\n"format": "composeguard-report",\n'
    yield f'"format_version": {FORMAT_VERSION},\n'
    yield f'"tool": {_dump({"name": "composeguard", "version": report.version})},\n'
    yield f'"summary": {_dump(summary_json(report.totals))},\n'
    yield from _array("files", report.files)
    yield ",\n"
    yield from _array("rules", (_rule(rule) for rule in report.rules))
    yield ",\n"
    yield from _array("notes", (note_json(note) for note in report.notes))
    yield ",\n"
    yield from _array("findings", (finding_json(finding) for finding in findings))
    yield "\n}\n"


def finding_json(finding: Finding) -> dict[str, Json]:
    """One finding as the envelope has it."""
    suppression = finding.suppression
    return {
        "code": finding.code,
        "name": finding.rule.name,
        "severity": finding.severity.label,
        "message": finding.message,
        "label": finding.label,
        "file": finding.uri,
        "region": _region(finding.region),
        "path": _path(finding.path),
        "fingerprint": finding.fingerprint,
        "fix": None if finding.fix is None else _fix(finding.fix, secret=finding.redact),
        "related": [_related(related) for related in finding.related],
        "suppression": None
        if suppression is None
        else {
            "kind": "baseline" if suppression.external else "inline",
            "justification": suppression.justification,
            "line": suppression.line or None,
        },
    }


def _array(name: str, items: Iterable[Json]) -> Iterator[str]:
    yield f'"{name}": ['
    separator = "\n"
    for item in items:
        yield f"{separator}{_dump(item)}"
        separator = ",\n"
    yield "]" if separator == "\n" else "\n]"


def _dump(value: Json) -> str:
    return json.dumps(value)


def summary_json(totals: Totals) -> dict[str, Json]:
    """The counts of a report."""
    return {
        "findings": totals.findings,
        "by_severity": {severity.label: count for severity, count in totals.worst_first},
        "suppressed": totals.suppressed,
        "fixable": {"safe": totals.fixable.safe, "unsafe": totals.fixable.unsafe},
        "unseen": totals.unseen,
        "files": totals.files,
    }


def _rule(rule: Rule) -> Json:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.label,
        "summary": rule.summary,
        "url": rule_url(rule),
    }


def note_json(note: Diagnostic) -> dict[str, Json]:
    """One note as the envelope has it."""
    return {
        "kind": note.kind.value,
        "message": note.message,
        "file": note.file.uri,
        "region": _region(note.file.region(note.start, note.end)),
        "path": _path(note.path),
    }


def _path(path: Path) -> list[Json]:
    return [*discreet_path(path)]


def _region(region: Region) -> Json:
    return {
        "start_line": region.start_line,
        "start_column": region.start_column,
        "end_line": region.end_line,
        "end_column": region.end_column,
    }


def _related(related: Related) -> Json:
    return {"file": related.file.uri, "region": _region(related.region), "message": related.message}


def _is_variable(value: object) -> bool:
    return isinstance(value, str) and _VARIABLE.fullmatch(value) is not None


def _fix(fix: Fix, *, secret: bool) -> Json:
    return {
        "title": fix.title,
        "safety": fix.safety.value,
        "note": fix.note,
        "first": fix.first,
        "operations": [_operation(operation, secret=secret) for operation in fix.operations],
    }


def _operation(operation: Operation, *, secret: bool) -> Json:
    if isinstance(operation, RemoveComment):
        region = operation.file.region(operation.start, operation.end)
        return {"op": "remove_comment", "path": _path(operation.path), "region": _region(region)}
    written: dict[str, Json] = {"op": type(operation).__name__.lower(), "path": _path(operation.path)}
    if isinstance(operation, Set | Append):
        if not secret or _is_variable(operation.value):
            written["value"] = operation.value
    elif isinstance(operation, Rename):
        written["name"] = operation.name
    return written
