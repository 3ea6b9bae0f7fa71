"""The JSON envelope."""

from __future__ import annotations

import json

from msgspec.structs import replace
from tests.report_samples import PRIVILEGED, REMOVE_PRIVILEGED, Made, hardening, make_file, make_finding, make_report

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.engine.finding import Related, Suppression
from composeguard.engine.fix import Append, Fix, Rename, Set
from composeguard.engine.report import Report
from composeguard.report.json import render
from composeguard.report.options import RenderOptions

_FILE = make_file("services:\r\n  🐳web:\r\n    privileged: true\r\n", "a b/compose.yaml", bom=True)


def _load(report: Report, options: RenderOptions | None = None) -> dict[str, object]:
    loaded: dict[str, object] = json.loads("".join(render(report, options or RenderOptions())))
    return loaded


def test_everything_of_a_finding() -> None:
    related = Related(_FILE, _FILE.region(0, 8), "here")
    made = Made(label="bad", fix=REMOVE_PRIVILEGED, related=(related,))
    report = make_report(make_finding(_FILE, "privileged: true", PRIVILEGED, made))
    envelope = _load(report)
    assert envelope["findings"] == [
        {
            "code": "CG101",
            "name": "privileged",
            "severity": "critical",
            "message": "web runs privileged",
            "label": "bad",
            "file": "a b/compose.yaml",
            "region": {"start_line": 3, "start_column": 5, "end_line": 3, "end_column": 21},
            "path": ["services", "web", "privileged"],
            "fingerprint": report.findings[0].fingerprint,
            "fix": {
                "title": "remove `privileged`",
                "safety": "unsafe",
                "note": "the service may rely on it",
                "first": "",
                "operations": [{"op": "remove", "path": ["services", "web", "privileged"]}],
            },
            "related": [
                {
                    "file": "a b/compose.yaml",
                    "region": {"start_line": 1, "start_column": 1, "end_line": 1, "end_column": 9},
                    "message": "here",
                }
            ],
            "suppression": None,
        }
    ]
    assert envelope["tool"] == {"name": "composeguard", "version": "1.2.3"}
    assert envelope["summary"] == {
        "findings": 1,
        "by_severity": {"critical": 1, "high": 0, "medium": 0, "low": 0, "info": 0},
        "suppressed": 0,
        "fixable": {"safe": 0, "unsafe": 1},
        "unseen": 0,
        "files": 1,
    }
    assert list(envelope) == ["format", "format_version", "tool", "summary", "files", "rules", "notes", "findings"]


def test_operations_are_data() -> None:
    operations = (Set(("a", "b"), {"c": [1, None]}), Append(("d",), "e"), Rename(("f", 0), "g"))
    report = make_report(make_finding(_FILE, "privileged", made=Made(fix=Fix("do it", operations))))
    text = "".join(render(report, RenderOptions()))
    assert json.loads(text)["findings"][0]["fix"]["operations"] == [
        {"op": "set", "path": ["a", "b"], "value": {"c": [1, None]}},
        {"op": "append", "path": ["d"], "value": "e"},
        {"op": "rename", "path": ["f", 0], "name": "g"},
    ]


def test_suppressed_findings_are_listed_when_asked_for() -> None:
    report = make_report(make_finding(_FILE, "privileged", made=Made(suppression=Suppression("why", 3))))
    assert _load(report)["findings"] == []
    text = "".join(render(report, RenderOptions(include_suppressed=True)))
    assert json.loads(text)["findings"][0]["suppression"] == {"kind": "inline", "justification": "why", "line": 3}


def test_notes_and_an_empty_report() -> None:
    note = Diagnostic(Kind.GAP, "remote", _FILE, 0, 8, path=("include", 0))
    envelope = _load(replace(make_report(), notes=(note,)))
    assert envelope["findings"] == envelope["rules"] == envelope["files"] == []
    assert envelope["notes"] == [
        {
            "kind": "gap",
            "message": "remote",
            "file": "a b/compose.yaml",
            "region": {"start_line": 1, "start_column": 1, "end_line": 1, "end_column": 9},
            "path": ["include", 0],
        }
    ]


def test_one_finding_a_line() -> None:
    file = make_file("services: {web: {}}\n")
    lines = "".join(render(make_report(*hardening(file, "web")), RenderOptions())).split("\n")
    assert sum(line.startswith('{"code": "CG') and '"fingerprint"' in line for line in lines) == 4
