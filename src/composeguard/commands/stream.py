"""A report that is written as projects are judged: what each has to say is made into text where it was judged.

Only text and counts come here, so that neither memory nor the time until the first line grows with the number of
projects. Projects come in their order, whatever the number of processes; the files of one are in order of name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from composeguard import __version__
from composeguard.engine.finding import Finding
from composeguard.engine.report import Fixable, Report, Totals
from composeguard.engine.severity import Severity
from composeguard.report import streamed
from composeguard.report.options import RenderOptions
from composeguard.source.digest import sha256

if TYPE_CHECKING:
    from composeguard.commands.result import Result
    from composeguard.compose.diagnostic import Diagnostic
    from composeguard.compose.discover import ProjectFiles


class Block(Struct, frozen=True):
    """The findings of a project in one file: their text in a format, and what they count for."""

    path: str
    uri: str
    text: str
    keys: str
    """What tells each finding from the others of the file, `_KEY` digits each."""
    severities: dict[Severity, int]
    codes: dict[str, int]
    suppressed: int
    fixable: Fixable


class Shown(Struct, frozen=True):
    """What a project has to say."""

    blocks: tuple[Block, ...]
    notes: str
    """What the format has of what could not be seen."""
    lines: tuple[str, ...]
    """What people are told beside the report."""
    unseen: int
    code: int
    """The exit code that the project asks for."""


class Format(Struct, frozen=True):
    """A format of `STREAMED` and how it is written; `beside` is how lines beside the report are."""

    name: str
    options: RenderOptions
    beside: RenderOptions

    def blocks(self, findings: Sequence[Finding]) -> Iterator[Block]:
        """The findings of a project, file by file."""
        for (uri, path), together in groupby(sorted(findings, key=_place), _place):
            report = Report.of(together, version=__version__)
            yield Block(
                path,
                uri,
                "".join(streamed(self.name).body(report, self.options)),
                "".join(map(_key, (*report.findings, *report.suppressed))),
                Counter(finding.severity for finding in report.findings),
                Counter(finding.code for finding in report.findings),
                len(report.suppressed),
                report.fixable,
            )

    def notes(self, notes: Sequence[Diagnostic]) -> tuple[str, int]:
        """What the format has of the notes of a project, and how many say that something was not seen."""
        report = Report.of((), version=__version__, notes=notes)
        return "".join(streamed(self.name).body(report, self.options)), len(report.unseen)


_place = attrgetter("file.uri", "file.path")


class Stream:
    """Writes a report, project by project. A finding in a file that several projects read is said once.

    `again` gives the findings of a project anew: they are needed where two projects say different things of one file.
    """

    def __init__(
        self, format_: Format, write: Callable[[str], None], again: Callable[[ProjectFiles], Sequence[Finding]]
    ) -> None:
        self._format = format_
        self._write = write
        self._begun = False
        self._again = again
        self._said: dict[str, str] = {}
        """By file, the keys of the findings that were said."""
        self.codes: Counter[str] = Counter()
        self._severities: Counter[Severity] = Counter()
        self._files: set[str] = set()
        self._affected: set[str] = set()
        self._suppressed = self._safe = self._unsafe = self._unseen = 0

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._write(streamed(self._format.name).head(__version__))

    def add(self, result: Result) -> None:
        """Write what a project says, which nobody has said."""
        shown = result.told.shown
        assert shown is not None
        self._begin()
        self._files.update(result.files)
        self._unseen += shown.unseen
        self._write(shown.notes)
        for block in self._fresh(result.project, shown.blocks):
            self._count(block)
            self._write(block.text)

    def end(self) -> None:
        self._begin()
        totals = Totals(
            counts=self._severities,
            suppressed=self._suppressed,
            files=len(self._files),
            affected=len(self._affected),
            unseen=self._unseen,
            fixable=Fixable(self._safe, self._unsafe),
        )
        self._write(streamed(self._format.name).tail(totals, self._format.options))

    def _fresh(self, project: ProjectFiles, blocks: Sequence[Block]) -> Iterator[Block]:
        """Of what a project says, what nobody has said."""
        findings: dict[str, list[Finding]] | None = None
        for block in blocks:
            said = self._said.get(block.path, "")
            known = frozenset(_each(said))
            fresh = [key for key in _each(block.keys) if key not in known]
            if len(fresh) * _KEY == len(block.keys):
                yield block
            elif fresh:
                if findings is None:
                    findings = self._by_file(project)
                wanted = frozenset(fresh)
                yield from self._format.blocks([each for each in findings.get(block.path, ()) if _key(each) in wanted])
            self._said[block.path] = "".join((said, *fresh))

    def _by_file(self, project: ProjectFiles) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        for finding in self._again(project):
            found.setdefault(finding.file.path, []).append(finding)
        return found

    def _count(self, block: Block) -> None:
        self._severities.update(block.severities)
        self.codes.update(block.codes)
        self._suppressed += block.suppressed
        self._safe += block.fixable.safe
        self._unsafe += block.fixable.unsafe
        if block.severities:
            self._affected.add(block.uri)


_KEY = 16
"""Hexadecimal digits of a key: two of a file are equal once in some 10^15 files of a thousand findings."""


def _key(finding: Finding) -> str:
    told_by = f"{finding.code} {finding.start} {finding.end} {finding.message}"
    return sha256(told_by.encode("utf-8", "surrogatepass"))[:_KEY]


def _each(keys: str) -> Iterator[str]:
    return (keys[at : at + _KEY] for at in range(0, len(keys), _KEY))
