"""Inline comments that accept findings: `# composeguard: ignore[CG302] reason`.

A comment counts for its own line; on a line of its own, for the next line that is not a comment; on the key of a
service (or above it), for the whole service. `ignore-file[CG302] reason` counts for the file. Without brackets
nothing is suppressed: a bare `ignore` would silence findings that nobody has seen yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from composeguard.engine.finding import Finding, Suppression
from composeguard.source.file import SourceFile

_DIRECTIVE = re.compile(
    r"#\s*composeguard:\s*(?P<scope>ignore-file|ignore)\s*(?:\[(?P<codes>[^\]\r\n]{0,500})\])?\s*(?P<reason>[^\r\n]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Directive:
    """A suppressing comment. `lines` are the lines it counts for (from 1); None is the whole file."""

    codes: tuple[str, ...]
    """Codes or names as written, lower case."""
    reason: str
    line: int
    first: int
    last: int

    def covers(self, finding: Finding) -> bool:
        named = finding.rule.code.lower() in self.codes or finding.rule.name in self.codes
        return named and self.first <= finding.file.line_of(finding.start) <= self.last


_EVERY_LINE = 1 << 60


def directives(file: SourceFile) -> tuple[Directive, ...]:
    """The suppressing comments of a file, in order."""
    if "composeguard:" not in file.text.lower():
        return ()
    found: list[Directive] = []
    comment_lines = {file.line_of(comment.start) for comment in file.comments if comment.own_line}
    extents = _service_extents(file)
    for comment in file.comments:
        match = _DIRECTIVE.match(comment.text)
        if match is None:
            continue
        codes = tuple(code.strip().lower() for code in (match["codes"] or "").split(",") if code.strip())
        line = file.line_of(comment.start)
        if match["scope"].lower() == "ignore-file":
            first, last = 1, _EVERY_LINE
        else:
            target = line
            while comment.own_line and (target in comment_lines):
                target += 1
            first, last = min(line, target), extents.get(target, target)
        found.append(Directive(codes, match["reason"].strip(), line, first, last))
    return tuple(found)


def _service_extents(file: SourceFile) -> dict[int, int]:
    """The line of each service's key, and the last line of that service."""
    extents: dict[int, int] = {}
    for root in file.documents:
        sections = root.value if isinstance(root.value, dict) else {}
        for name in ("services", "jobs"):
            section = sections.get(name)
            if section is None or not isinstance(section.value, dict):
                continue
            for service in section.value.values():
                extents[file.line_of(service.key_start)] = file.line_of(max(service.end, service.key_end))
    return extents


def suppress(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, those that a comment accepts marked so. Errors of reading cannot be accepted."""
    cache: dict[int, tuple[Directive, ...]] = {}
    result: list[Finding] = []
    for finding in findings:
        key = id(finding.file)
        if key not in cache:
            cache[key] = directives(finding.file)
        for directive in cache[key]:
            if directive.covers(finding):
                finding = replace(finding, suppression=Suppression(directive.reason, directive.line))
                break
        result.append(finding)
    return result
