"""What the page of the format `html` says, as plain data for its template."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from composeguard.engine.finding import Finding
from composeguard.engine.report import CheckedProject, Report
from composeguard.engine.rule import Rule
from composeguard.engine.severity import Severity
from composeguard.report.diagram import Diagram, diagram
from composeguard.report.html_cards import Card, Cards, safe_url
from composeguard.report.picture import Picture, picture
from composeguard.source.node import Path

MOST_CARDS = 2_000
"""Findings that are shown with their source, the worst first; all are counted."""
MOST_PICTURES = 20
MOST_OPEN = 3
_MOST_PLACES = 40
_MOST_UNFOLDED = 4
"""Critical findings that need no click."""
_BAR = 160

Key = tuple[int, str, str]
"""The project, the section and the name of a service; empty names for what belongs to none."""


class Bar(Struct, frozen=True):
    """A part of a bar of counts."""

    x: int
    width: int
    severity: Severity
    count: int


class Section(Struct, frozen=True):
    """The findings of one service."""

    anchor: str
    name: str
    project: str
    kind: str
    counts: Mapping[Severity, int]
    total: int
    bars: tuple[Bar, ...]
    findings: tuple[Finding, ...]
    worst: Severity | None
    """None: all are accepted by comments."""


class RuleRow(Struct, frozen=True):
    """A rule and its findings."""

    rule: Rule
    url: str
    total: int
    bars: tuple[Bar, ...]
    places: tuple[tuple[str, str], ...]
    """Anchors of findings that are shown, and the services that they are about."""
    more: int


class Drawn(Struct, frozen=True):
    """A project with its picture."""

    anchor: str
    title: str
    picture: Picture
    diagram: Diagram
    links: Mapping[Path, str]
    """The anchor of each service's section, by path."""
    open: bool


class Page:
    """Everything that the template asks for. Cards are made when they are written: their texts are not kept."""

    def __init__(self, report: Report, *, include_suppressed: bool) -> None:
        self.report = report
        self._owner: dict[int, int] = {}
        for number, project in enumerate(report.projects):
            for finding in project.findings:
                self._owner.setdefault(id(finding), number)
        self._titles = _titles(report.projects)
        listed = report.listed(include_suppressed=include_suppressed)
        worst = sorted(listed, key=lambda finding: -finding.severity)
        shown = worst[:MOST_CARDS]
        self.left_out = len(worst) - len(shown)
        self._cards = Cards(report, shown)
        self._anchors = {id(finding): f"f{number}" for number, finding in enumerate(shown, start=1)}
        critical = (
            finding for finding in shown if finding.severity is Severity.CRITICAL and finding.suppression is None
        )
        self._open = {id(finding) for finding in islice(critical, _MOST_UNFOLDED)}
        self._accepted = {finding.severity for finding in shown if finding.suppression is not None}
        self.counts = dict(report.totals.worst_first)
        self.total = len(report.findings)
        self.glance = bars(self.counts, self.total, 1000)
        self.sections = self._sections(listed)
        self.rules = self._rules(listed)

    def card(self, finding: Finding) -> Card:
        """A finding with its source and its fix."""
        return self._cards.card(finding, self._anchors[id(finding)], is_open=id(finding) in self._open)

    @property
    def unproved(self) -> int:
        """The fixes among the cards made so far whose differences are left out, for what they cost."""
        return self._cards.unproved

    def has_accepted(self, severity: Severity) -> bool:
        """Whether accepted findings of a severity are shown."""
        return severity in self._accepted

    # Sections ---------------------------------------------------------------------------------------------------

    def _key(self, finding: Finding) -> Key:
        project, path = self._owner.get(id(finding), -1), finding.path
        if len(path) > 1 and path[0] in ("services", "jobs"):
            return project, str(path[0]), str(path[1])
        return project, "", ""

    def _sections(self, listed: Iterable[Finding]) -> tuple[Section, ...]:
        gathered: dict[Key, list[Finding]] = defaultdict(list)
        for finding in listed:
            gathered[self._key(finding)].append(finding)
        most = max((_active(findings).total() for findings in gathered.values()), default=0)
        ordered = sorted(gathered.items(), key=lambda item: (*_badness(item[1]), item[0]))
        sections: list[Section] = []
        for number, ((project, kind, name), findings) in enumerate(ordered, start=1):
            counts = _active(findings)
            sections.append(
                Section(
                    anchor=f"s{number}",
                    name=name,
                    project=self._titles[project] if len(self._titles) > 1 and project >= 0 else "",
                    kind=kind.removesuffix("s") or "project",
                    counts=counts,
                    total=counts.total(),
                    bars=bars(counts, most, _BAR),
                    findings=tuple(
                        sorted(
                            (finding for finding in findings if id(finding) in self._anchors),
                            key=lambda finding: -finding.severity,
                        )
                    ),
                    worst=max(counts, default=None),
                )
            )
        self._links = {
            (project, (kind, name)): section.anchor
            for ((project, kind, name), _), section in zip(ordered, sections, strict=True)
        }
        return tuple(sections)

    def _rules(self, listed: Iterable[Finding]) -> tuple[RuleRow, ...]:
        gathered: dict[str, list[Finding]] = defaultdict(list)
        for finding in listed:
            gathered[finding.code].append(finding)
        most = max((_active(findings).total() for findings in gathered.values()), default=0)
        rows: list[RuleRow] = []
        for _, findings in sorted(gathered.items(), key=lambda item: (*_badness(item[1]), item[0])):
            counts = _active(findings)
            shown = [finding for finding in findings if id(finding) in self._anchors][:_MOST_PLACES]
            rows.append(
                RuleRow(
                    rule=findings[0].rule,
                    url=safe_url(findings[0].rule),
                    total=counts.total(),
                    bars=bars(counts, most, _BAR),
                    places=tuple((self._anchors[id(finding)], self._about(finding)) for finding in shown),
                    more=len(findings) - len(shown),
                )
            )
        return tuple(rows)

    def _about(self, finding: Finding) -> str:
        return self._key(finding)[2] or f"{finding.uri}:{finding.region.start_line}"

    # Projects ---------------------------------------------------------------------------------------------------

    @property
    def drawable(self) -> tuple[int, ...]:
        """The projects that have something to draw, the worst first."""
        numbers = [
            number
            for number, each in enumerate(self.report.projects)
            if each.reading.project.services or each.reading.project.jobs
        ]
        return tuple(sorted(numbers, key=lambda number: (*_badness(self.report.projects[number].findings), number)))

    @property
    def undrawn(self) -> int:
        """The projects that have no picture because there are too many."""
        return max(len(self.drawable) - MOST_PICTURES, 0)

    def pictures(self) -> Iterator[Drawn]:
        """The pictures; where there are many, only the first is unfolded."""
        numbers = self.drawable
        for place, number in enumerate(numbers[:MOST_PICTURES]):
            shown = picture(self.report.projects[number])
            links: dict[Path, str] = {path: anchor for (owner, path), anchor in self._links.items() if owner == number}
            is_open = place == 0 or len(numbers) <= MOST_OPEN
            yield Drawn(f"p{place + 1}", self._titles[number], shown, diagram(shown), links, is_open)


def bars(counts: Mapping[Severity, int], most: int, width: int) -> tuple[Bar, ...]:
    """A bar of counts, the worst first; `most` would fill the width. What there is shows, however little it is."""
    found: list[Bar] = []
    x = 0
    for severity in sorted(Severity, reverse=True):
        count = counts.get(severity, 0)
        if count:
            part = max(count * width // max(most, 1), 3)
            found.append(Bar(x, part, severity, count))
            x += part
    return tuple(found)


def _active(findings: Iterable[Finding]) -> Counter[Severity]:
    """How many findings of each severity no comment accepts."""
    return Counter(finding.severity for finding in findings if finding.suppression is None)


def _badness(findings: Iterable[Finding]) -> tuple[int, ...]:
    """Sorts the worst first: by how many there are of each severity, from the worst on."""
    counts = _active(findings)
    return tuple(-counts[severity] for severity in sorted(Severity, reverse=True))


def _titles(projects: Sequence[CheckedProject]) -> tuple[str, ...]:
    """A name for each project that tells it from the others: that of its first file where two are called the same."""
    names = [str(each.reading.project.name or "project") for each in projects]
    counts = Counter(names)
    titles = []
    for name, each in zip(names, projects, strict=True):
        files = each.reading.files
        titles.append(f"{name} ({files[0].uri})" if counts[name] > 1 and files else name)
    return tuple(titles)
