"""The report for people at a terminal: each finding with its source, what it means, and what repairs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.engine.finding import Finding, Related
from composeguard.engine.fix import Fix, Safety
from composeguard.engine.report import Report, Totals
from composeguard.engine.severity import Severity
from composeguard.report.escape import visible
from composeguard.report.hardening import Group, groups, setting
from composeguard.report.options import RenderOptions, rule_url
from composeguard.report.secrets import Secrets
from composeguard.report.snippet import Row, snippet
from composeguard.report.style import Style, word
from composeguard.report.wrap import wrapped

_MOST_RELATED = 6
_MOST_NOTES = 2
"""Unsafe fixes of one group that are told one by one."""


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """One piece of text for each finding or group, and a last line that sums up."""
    yield from body(report, options)
    yield tail(report.totals, options)


def head(version: str) -> str:
    """Nothing."""
    return ""


def body(report: Report, options: RenderOptions) -> Iterator[str]:
    """The findings."""
    writer = _Writer(options, Secrets(report))
    findings = report.listed(include_suppressed=options.include_suppressed)
    for group in groups(findings):
        yield writer.group(group)


def render_finding(finding: Finding, report: Report, options: RenderOptions) -> str:
    """One finding as `render` shows it, alone."""
    return _Writer(options, Secrets(report)).group(Group((finding,)))


def render_note(note: Diagnostic, options: RenderOptions) -> str:
    """One line, for standard error."""
    region = note.file.region(note.start, note.end)
    place = f"{options.name(note.file)}:{region.start_line}:{region.start_column}"
    kind = "error" if note.kind in (Kind.UNREADABLE, Kind.GAP) else "note"
    return f"{Style(options).strong(kind)}: {visible(place)}: {visible(note.message)}\n"


def tail(totals: Totals, options: RenderOptions) -> str:
    """Counts by severity, the files, and what `fix` could repair."""
    style = Style(options)
    files = _count(totals.files, "file")
    total = totals.findings
    if total:
        counts = [
            style.severity(severity, f"{count} {severity.label}") for severity, count in totals.worst_first if count
        ]
        where = files if totals.affected >= totals.files else f"{totals.affected} of {files}"
        parts = [f"{style.strong(_count(total, 'finding'))} ({', '.join(counts)}) in {where}"]
    else:
        parts = [f"{style.good('no findings')} in {files}"]
    if totals.suppressed:
        parts.append(f"{totals.suppressed} suppressed")
    if totals.unseen:
        parts.append(style.strong(f"{_count(totals.unseen, 'part')} not seen"))
    if totals.fixable.safe or totals.fixable.unsafe:
        parts.append(_fixable(totals.fixable.safe, totals.fixable.unsafe))
    text = "; ".join(parts)
    return f"{wrapped(text, options.width) if options.wrap else text}\n"


def _fixable(safe: int, unsafe: int) -> str:
    if not unsafe:
        return f"`composeguard fix` repairs {safe:,}"
    if not safe:
        return f"`composeguard fix --unsafe` repairs {unsafe:,}"
    return f"`composeguard fix` repairs {safe:,}, with --unsafe {unsafe:,} more"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class _Writer:
    """What all findings of a report share."""

    def __init__(self, options: RenderOptions, secrets: Secrets) -> None:
        self._options = options
        self._style = Style(options)
        self._width = options.width
        self._wrap = options.wrap
        self._secrets = secrets

    def group(self, group: Group) -> str:
        """The lines of one finding, or of the missing settings of one service."""
        first, style = group.first, self._style
        region = first.region
        rows = snippet(
            first.file,
            first.start,
            first.end,
            width=self._width - 4 - _digits(region.end_line),
            secrets=self._secrets,
            vouched=first.vouches,
        )
        margin = " " * _digits(rows[-1].number)
        arrow = style.faint(f" {margin}-->")
        place = visible(f"{self._options.name(first.file)}:{region.start_line}:{region.start_column}")
        alone = len(group.findings) == 1
        after = [
            *(self._related(first.related) if alone else ()),
            *(self._fix(first.fix) if alone else self._fixes(group)),
        ]
        if first.suppression is not None:
            reason = visible(first.suppression.justification) or "no reason given"
            after.append(f"{style.strong('suppressed')}: {reason}")
        lines = [
            self._sentence(self._heading(first) if alone else self._group_heading(group)),
            f"{arrow} {place} {style.faint(f'[{group.severity.label}]')}",
            *(self._shown(first, rows, margin, group.severity, alone=alone) if first.file.text else ()),
            *map(self._sentence, after),
        ]
        return "\n".join(lines) + "\n\n"

    def _sentence(self, text: str) -> str:
        return wrapped(text, self._width) if self._wrap else text

    def _heading(self, finding: Finding) -> str:
        code = self._style.link(finding.code, rule_url(finding.rule))
        title = self._style.severity(finding.severity, f"{word(finding.severity)}[{code}]")
        return f"{title}: {self._style.strong(visible(finding.message))}"

    def _group_heading(self, group: Group) -> str:
        style = self._style
        title = style.severity(group.severity, f"{word(group.severity)}[{group.first.rule.group}]")
        settings = ", ".join(
            f"{visible(setting(finding))} ({style.link(finding.code, rule_url(finding.rule))})"
            for finding in group.findings
        )
        lacks = visible(f"{group.name} lacks {len(group.findings)} {group.first.rule.group} settings")
        return f"{title}: {style.strong(lacks)}: {settings}"

    def _shown(
        self, first: Finding, rows: Sequence[Row], margin: str, severity: Severity, *, alone: bool
    ) -> Iterator[str]:
        yield self._style.faint(f" {margin} |")
        yield from self._source(rows, margin, severity, visible(first.label) if alone else "")

    def _source(self, rows: Sequence[Row], margin: str, severity: Severity, label: str) -> Iterator[str]:
        style = self._style
        bar = style.faint(f" {margin} |")
        for row in rows:
            if row.gap:
                yield style.faint(f" {'.' * max(len(margin), 3)}")
            number = str(row.number).rjust(len(margin))
            yield f"{style.faint(f' {number} |')} {row.text}".rstrip()
            marks = style.marked(severity, "^" * row.marks)
            if row is not rows[-1] or not label:
                yield f"{bar} {' ' * row.indent}{marks}"
            elif row.indent + row.marks + 1 + len(label) <= self._width - 4 - len(margin):
                yield f"{bar} {' ' * row.indent}{marks} {style.marked(severity, label)}"
            else:
                yield f"{bar} {' ' * row.indent}{marks}"
                yield f"{bar} {' ' * _label_indent(row, label, self._width)}{style.marked(severity, label)}"

    def _related(self, related: Sequence[Related]) -> Iterator[str]:
        for other in related[:_MOST_RELATED]:
            place = f"{self._options.name(other.file)}:{other.region.start_line}:{other.region.start_column}"
            yield f"{self._style.strong('note')}: {visible(other.message)}: {visible(place)}"
        if len(related) > _MOST_RELATED:
            yield f"{self._style.strong('note')}: and {len(related) - _MOST_RELATED} more places"

    def _fix(self, fix: Fix | None) -> Iterator[str]:
        if fix is None:
            return
        safety = "safe fix" if fix.safety is Safety.SAFE else f"unsafe fix: {visible(fix.note)}"
        yield f"{self._style.strong('help')}: {visible(fix.title)} ({safety})"

    def _fixes(self, group: Group) -> Iterator[str]:
        safe = [finding for finding in group.findings if finding.fix and finding.fix.safety is Safety.SAFE]
        if safe:
            titles = "; ".join(visible(finding.fix.title) for finding in safe if finding.fix)
            yield f"{self._style.strong('help')}: {titles} (safe {'fix' if len(safe) == 1 else 'fixes'})"
        unsafe = [finding for finding in group.findings if finding.fix and finding.fix.safety is Safety.UNSAFE]
        if len(unsafe) > _MOST_NOTES:
            # What each can break is a page of its own; eight of them at every service would hide the rest.
            keys = ", ".join(visible(setting(finding).partition(" ")[0]) for finding in unsafe)
            yield (
                f"{self._style.strong('help')}: {keys}: unsafe fixes, each can break a service that needs more "
                f"(`composeguard explain {visible(unsafe[0].code)}` and the others say what)"
            )
            return
        for finding in unsafe:
            if finding.fix:
                yield from self._fix(finding.fix)


def _digits(number: int) -> int:
    return len(str(number))


def _label_indent(row: Row, label: str, width: int) -> int:
    """Under the marks if it fits there, else as far left as it must go."""
    return max(min(row.indent, width - 10 - len(label)), 0)
