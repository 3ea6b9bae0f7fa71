"""JSON lines: the report of `json` as a stream, an object a line, told apart by `type`.

The first line is `{"type": "report", …}` with the format's version and the tool, then come lines of type `note` and
`finding` with the keys that `report.json` describes, and a last one of type `summary`: without it, the stream was cut.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from composeguard.engine.report import Report, Totals
from composeguard.report.json import FORMAT_VERSION, Json, finding_json, note_json, summary_json
from composeguard.report.options import RenderOptions


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """One piece a line."""
    yield head(report.version)
    yield from body(report, options)
    yield tail(report.totals, options)


def head(version: str) -> str:
    """The line of type `report`."""
    tool: Json = {"name": "composeguard", "version": version}
    return _line("report", {"format": "composeguard-report", "format_version": FORMAT_VERSION, "tool": tool})


def body(report: Report, options: RenderOptions) -> Iterator[str]:
    """The lines of notes and findings."""
    for note in report.notes:
        yield _line("note", note_json(note))
    for finding in report.listed(include_suppressed=options.include_suppressed):
        yield _line("finding", finding_json(finding))


def tail(totals: Totals, options: RenderOptions) -> str:
    """The line of type `summary`."""
    return _line("summary", summary_json(totals))


def _line(kind: str, content: Mapping[str, Json]) -> str:
    return json.dumps({"type": kind, **content}) + "\n"
