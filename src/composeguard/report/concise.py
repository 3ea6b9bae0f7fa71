"""One line a finding, `path:line:col: CODE [severity] message`, for editors and problem matchers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from composeguard.engine.finding import Finding
from composeguard.engine.report import Report, Totals
from composeguard.engine.severity import Severity
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
    labels = _Labels(options) if options.colour or options.links else _PLAIN
    known = labels.known
    findings = report.listed(include_suppressed=options.include_suppressed)
    for file, together in groupby(findings, attrgetter("file")):
        name = visible(options.name(file))
        for finding in together:
            line = file.line_of(finding.start)
            label = known.get((finding.rule.code, finding.severity)) or labels.of(finding)
            accepted = " (suppressed)" if finding.suppression is not None else ""
            column = finding.start - file.line_start(line) + 1
            yield f"{name}:{line}:{column}: {label} {visible(finding.message)}{accepted}\n"


class _Labels:
    """`CODE [severity]`, made once for all findings of a rule."""

    def __init__(self, options: RenderOptions) -> None:
        self.known: dict[tuple[str, Severity], str] = {}
        self._style = Style(options)

    def of(self, finding: Finding) -> str:
        rule, severity = finding.rule, finding.severity
        code = self._style.link(self._style.severity(severity, rule.code), rule_url(rule))
        label = self.known[rule.code, severity] = f"{code} [{severity.label}]"
        return label


_PLAIN = _Labels(RenderOptions())


def tail(totals: Totals, options: RenderOptions) -> str:
    """Nothing."""
    return ""
