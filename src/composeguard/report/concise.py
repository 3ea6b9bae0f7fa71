"""One line a finding, `path:line:col: CODE [severity] message`, for editors and problem matchers."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.engine.report import Report
from composeguard.report.escape import visible
from composeguard.report.options import RenderOptions, rule_url
from composeguard.report.style import Style


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """A line for each finding; nothing when there is none."""
    style = Style(options)
    findings = report.listed(include_suppressed=options.include_suppressed)
    for finding in findings:
        region = finding.region
        place = f"{options.name(finding.file)}:{region.start_line}:{region.start_column}"
        code = style.link(style.severity(finding.severity, finding.code), rule_url(finding.rule))
        accepted = " (suppressed)" if finding.suppression is not None else ""
        yield f"{visible(place)}: {code} [{finding.severity.label}] {visible(finding.message)}{accepted}\n"
