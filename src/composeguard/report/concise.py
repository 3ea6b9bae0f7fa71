"""One line a finding, `path:line:col: CODE [severity] message`, for editors and problem matchers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from composeguard.engine.report import Report, Totals
from composeguard.report.escape import visible
from composeguard.report.options import RenderOptions, rule_url
from composeguard.report.style import Style


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """A line for each finding; nothing when there is none."""
    return body(report, options)


def head(version: str) -> str:
    """Nothing."""
    return ""


def body(report: Report, options: RenderOptions) -> Iterator[str]:
    """The findings: there is nothing else in this format."""
    style = Style(options)
    findings = report.listed(include_suppressed=options.include_suppressed)
    for file, together in groupby(findings, attrgetter("file")):
        name, starts = visible(options.name(file)), file.line_starts
        for finding in together:
            line = file.line_of(finding.start)
            code = style.link(style.severity(finding.severity, finding.code), rule_url(finding.rule))
            accepted = " (suppressed)" if finding.suppression is not None else ""
            column = finding.start - starts[line - 1] + 1
            message = visible(finding.message)
            yield f"{name}:{line}:{column}: {code} [{finding.severity.label}] {message}{accepted}\n"


def tail(totals: Totals, options: RenderOptions) -> str:
    """Nothing."""
    return ""
