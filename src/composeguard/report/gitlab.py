"""GitLab's code quality report: an array of Code Climate issues, which a merge request shows as a difference.

GitLab tells issues by their fingerprint and keeps the first of equals, so each is written once. Paths start at the root
of the repository and have no `./`. Source: "Code Quality report format" in GitLab's documentation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from composeguard.engine.finding import Finding
from composeguard.engine.report import Report
from composeguard.engine.severity import Severity
from composeguard.report.escape import visible
from composeguard.report.options import RenderOptions

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """The array; each issue is a piece. What a comment accepts is never in it: GitLab knows no such state."""
    del options
    seen: set[str] = set()
    yield "["
    separator = "\n"
    for finding in report.findings:
        if finding.fingerprint not in seen:
            seen.add(finding.fingerprint)
            yield f"{separator}{json.dumps(_issue(finding))}"
            separator = ",\n"
    yield "]\n" if separator == "\n" else "\n]\n"


def _issue(finding: Finding) -> dict[str, object]:
    region = finding.region
    return {
        "type": "issue",
        "description": f"{finding.code}: {visible(finding.message)}",
        "check_name": finding.rule.name,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "categories": ["Bug Risk" if finding.rule.correctness else "Security"],
        "location": {
            "path": finding.uri,
            "lines": {"begin": region.start_line, "end": region.end_line},
        },
    }
