"""A finding as the page of the format `html` shows it: its source, what explains it, and what its fix changes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from composeguard.engine.finding import Finding
from composeguard.engine.fix import Safety
from composeguard.engine.report import Report
from composeguard.engine.rule import Rule
from composeguard.report.cells import cells_of
from composeguard.report.options import rule_url
from composeguard.report.patch import Hunk, Patches
from composeguard.report.secrets import Secrets
from composeguard.report.snippet import Row, snippet

_MOST_RELATED = 6
_COLUMNS = 110


class Line(Struct, frozen=True):
    """A line of source in three parts; the middle one is what the finding is about."""

    number: int
    before: str
    marked: str
    after: str
    gap: bool


class Card(Struct, frozen=True):
    """A finding, ready to be shown."""

    anchor: str
    finding: Finding
    url: str
    place: str
    lines: tuple[Line, ...]
    related: tuple[tuple[str, str], ...]
    more_related: int
    fix: str
    """"safe", "unsafe" or ""."""
    hunks: tuple[Hunk, ...]
    open: bool


class Cards:
    """Makes the cards of a report, one by one: their texts are not kept."""

    def __init__(self, report: Report, shown: Sequence[Finding]) -> None:
        self._secrets = Secrets(report)
        self._patches = Patches(report, self._secrets, shown)

    @property
    def unproved(self) -> int:
        """The fixes among the cards made so far whose differences are left out, for what they cost."""
        return self._patches.left_out

    def card(self, finding: Finding, anchor: str, *, is_open: bool) -> Card:
        """A finding with its source and its fix."""
        region, fix = finding.region, finding.fix
        rows: tuple[Row, ...] = ()
        if finding.file.text:
            rows = snippet(
                finding.file,
                finding.start,
                finding.end,
                width=_COLUMNS,
                secrets=self._secrets,
                vouched=finding.vouches,
            )
        return Card(
            anchor=anchor,
            finding=finding,
            url=safe_url(finding.rule),
            place=f"{finding.uri}:{region.start_line}:{region.start_column}",
            lines=tuple(map(_line, rows)),
            related=tuple(
                (other.message, f"{other.file.uri}:{other.region.start_line}")
                for other in finding.related[:_MOST_RELATED]
            ),
            more_related=max(len(finding.related) - _MOST_RELATED, 0),
            fix="" if fix is None else ("safe" if fix.safety is Safety.SAFE else "unsafe"),
            hunks=self._patches.of(finding),
            open=is_open,
        )


def safe_url(rule: Rule) -> str:
    """The page of a rule; a rule of one's own may cite anything, and only pages are links."""
    url = rule_url(rule)
    return url if url.startswith(("https://", "http://")) else ""


def _line(row: Row) -> Line:
    """The parts of a row, whose marks count cells."""
    start = _index(row.text, row.indent)
    end = max(_index(row.text, row.indent + row.marks), start)
    return Line(row.number, row.text[:start], row.text[start:end], row.text[end:], row.gap)


def _index(text: str, width: int) -> int:
    """The code point at which so many cells are over."""
    if text.isascii():
        return min(width, len(text))
    for index, cell in enumerate(cells_of(text)):
        if width <= 0:
            return index
        width -= cell.width
    return len(text)
