"""JUnit XML, which every CI shows: a file is a suite, a finding a failed case, a file without findings a passed one.

What could not be seen is an error; what a comment accepts (where asked for) a skipped case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from composeguard.compose.diagnostic import Diagnostic
from composeguard.engine.finding import Finding
from composeguard.engine.report import Report
from composeguard.report.escape import visible
from composeguard.report.options import RenderOptions, rule_url
from composeguard.source.regex import regex

_NO_XML = regex("[\ufffe\uffff]")
"""What XML 1.0 has no way to write, beyond what `visible` writes out."""


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """The document; each case is a piece."""
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.listed(include_suppressed=options.include_suppressed):
        findings[finding.uri].append(finding)
    unseen: dict[str, list[Diagnostic]] = defaultdict(list)
    for note in report.unseen:
        unseen[note.file.uri].append(note)
    uris = sorted({*report.files, *findings, *unseen})
    skipped = len(report.suppressed) if options.include_suppressed else 0
    failures, errors = len(report.findings), len(report.unseen)
    passed = sum(not findings.get(uri) and not unseen.get(uri) for uri in uris)
    counts = f'tests="{failures + errors + skipped + passed}" failures="{failures}" errors="{errors}"'
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="composeguard" {counts}>\n'
    for uri in uris:
        yield from _suite(uri, findings.get(uri, []), unseen.get(uri, []))
    yield "</testsuites>\n"


def _suite(uri: str, findings: list[Finding], unseen: list[Diagnostic]) -> Iterator[str]:
    skipped = sum(finding.suppression is not None for finding in findings)
    tests = max(len(findings) + len(unseen), 1)
    counts = f'tests="{tests}" failures="{len(findings) - skipped}" errors="{len(unseen)}" skipped="{skipped}"'
    yield f"  <testsuite name={_attribute(uri)} {counts}>\n"
    name = _attribute(uri)
    for note in unseen:
        line = note.file.line_of(note.start)
        message = _attribute(note.message)
        yield f'    <testcase name="not seen, line {line}" classname={name}><error message={message}/></testcase>\n'
    for finding in findings:
        yield _case(finding, name)
    if not findings and not unseen:
        yield f'    <testcase name="no findings" classname={name}/>\n'
    yield "  </testsuite>\n"


def _case(finding: Finding, name: str) -> str:
    region = finding.region
    title = _attribute(f"{finding.code} {finding.rule.name}, line {region.start_line}, column {region.start_column}")
    if finding.suppression is not None:
        outcome = f"<skipped message={_attribute(finding.suppression.justification)}/>"
    else:
        place = f"{finding.uri}:{region.start_line}:{region.start_column}"
        more = "\n".join(part for part in (place, finding.rule.summary, rule_url(finding.rule)) if part)
        outcome = (
            f"<failure type={_attribute(finding.severity.label)} message={_attribute(finding.message)}>"
            f"{_text(more)}</failure>"
        )
    return f"    <testcase name={title} classname={name}>{outcome}</testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", visible(text)))


def _text(text: str) -> str:
    return escape("\n".join(_NO_XML.sub("\ufffd", visible(line)) for line in text.split("\n")))
