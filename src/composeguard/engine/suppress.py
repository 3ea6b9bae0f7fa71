"""Inline comments that accept findings: `# composeguard: ignore[CG302] reason`.

A comment counts for its own line; on a line of its own, for the next line that is not a comment; on the key of a
service (or above it), for the whole service. `ignore-file[CG302] reason` counts for the file. Without brackets
nothing is suppressed: a bare `ignore` would silence findings that nobody has seen yet.
"""

from __future__ import annotations

import re
from bisect import bisect_right
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
    """A suppressing comment on `line`. `target` is the line that it counts for (from 1); None is the whole file."""

    codes: tuple[str, ...]
    """Codes or names as written, lower case."""
    reason: str
    line: int
    target: int | None


def directives(file: SourceFile) -> tuple[Directive, ...]:
    """The suppressing comments of a file, in order."""
    if "composeguard:" not in file.text.lower():
        return ()
    found: list[Directive] = []
    below = _first_line_below(file)
    for comment in file.comments:
        match = _DIRECTIVE.match(comment.text)
        if match is None:
            continue
        codes = tuple(code.strip().lower() for code in (match["codes"] or "").split(",") if code.strip())
        line = file.line_of(comment.start)
        target = None if match["scope"].lower() == "ignore-file" else below.get(line, line)
        found.append(Directive(codes, match["reason"].strip(), line, target))
    return tuple(found)


def _first_line_below(file: SourceFile) -> dict[int, int]:
    """For each line that is only a comment, the next line that is not."""
    below: dict[int, int] = {}
    lines = [file.line_of(comment.start) for comment in file.comments if comment.own_line]
    for line in reversed(lines):
        below[line] = below.get(line + 1, line + 1)
    return below


class _Accepted:
    """The directives of one file by what they name and where they count, so that no finding looks at all of them."""

    def __init__(self, file: SourceFile) -> None:
        self._file: dict[str, Directive] = {}
        self._lines: dict[tuple[str, int], Directive] = {}
        found = directives(file)
        self._extents = _service_extents(file) if found else {}
        self._starts = sorted(self._extents)
        for directive in found:
            for code in directive.codes:
                if directive.target is None:
                    self._file.setdefault(code, directive)
                else:
                    self._lines.setdefault((code, directive.target), directive)

    def by(self, finding: Finding) -> Directive | None:
        """The first directive that accepts a finding."""
        if not self._file and not self._lines:
            return None
        line = finding.file.line_of(finding.start)
        service = self._service(line)
        covering = (
            directive
            for code in (finding.rule.code.lower(), finding.rule.name)
            for directive in (
                self._file.get(code),
                self._lines.get((code, line)),
                self._lines.get((code, service)),
            )
            if directive is not None
        )
        return min(covering, key=lambda directive: directive.line, default=None)

    def _service(self, line: int) -> int:
        """The line of the key of the service that a line belongs to; 0 if it belongs to none."""
        index = bisect_right(self._starts, line) - 1
        return self._starts[index] if index >= 0 and line <= self._extents[self._starts[index]] else 0


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
    accepted: dict[int, _Accepted] = {}
    result: list[Finding] = []
    for finding in findings:
        key = id(finding.file)
        if key not in accepted:
            accepted[key] = _Accepted(finding.file)
        directive = accepted[key].by(finding)
        if directive is not None:
            finding = replace(finding, suppression=Suppression(directive.reason, directive.line))
        result.append(finding)
    return result
