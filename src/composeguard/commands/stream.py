"""A report that is written as projects are judged: what each has to say is made into text where it was judged.

Only text and counts come here, so that neither memory nor the time until the first line grows with the number of
projects. Projects come in their order, whatever the number of processes; the files of one are in order of name.
"""

from __future__ import annotations

from binascii import crc32
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from composeguard import __version__
from composeguard.commands.outcome import notes_of
from composeguard.engine.finding import Finding
from composeguard.engine.fix import Safety
from composeguard.engine.report import Fixable, Report, Totals, ready_fix
from composeguard.engine.severity import Severity
from composeguard.report import streamed
from composeguard.report.options import RenderOptions

if TYPE_CHECKING:
    from composeguard.commands.result import Result
    from composeguard.compose.diagnostic import Diagnostic
    from composeguard.compose.discover import ProjectFiles


class Block(Struct, frozen=True):
    """The findings of a project in one file: their text in a format, and what they count for, one after the other."""

    path: str
    uri: str
    pieces: tuple[str, ...]
    """One for each finding that is shown, in their order; fewer, where a format gathers some."""
    keys: tuple[str, ...]
    """What tells each finding from the others of the file; those that are not shown come last."""
    counts: str
    """What each counts for, a word each: see `_counts_for`."""

    def only(self, wanted: Collection[str]) -> Block | None:
        """The block of some of the findings; None where their text is not to be told from that of others."""
        if len(self.pieces) < len(self.keys):
            return None
        chosen = [index for index, key in enumerate(self.keys) if key in wanted]
        words = self.counts.split()
        return Block(
            self.path,
            self.uri,
            tuple(self.pieces[index] for index in chosen),
            tuple(self.keys[index] for index in chosen),
            " ".join(words[index] for index in chosen),
        )


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

    def shown(self, result: Result, code: int) -> Shown:
        """What a project has to say that asks for an exit code."""
        findings = result.outcome.findings
        notes, unseen = self._notes(result.notes)
        lines = tuple(notes_of(result, self.beside, findings))
        return Shown(tuple(self.blocks(findings)), notes, lines, unseen, code)

    def blocks(self, findings: Sequence[Finding]) -> Iterator[Block]:
        """The findings of a project, file by file."""
        body = streamed(self.name).body
        # They are in order of place, and so are those of each file.
        for (uri, path), together in groupby(findings, _place):
            of_file = tuple(together)
            shown = tuple([finding for finding in of_file if finding.suppression is None])
            accepted = tuple([finding for finding in of_file if finding.suppression is not None])
            report = Report(version=__version__, findings=shown, suppressed=accepted)
            every = report.listed(include_suppressed=self.options.include_suppressed)
            if len(every) < len(of_file):
                every = (*shown, *accepted)
            pieces = tuple(body(report, self.options))
            yield Block(path, uri, pieces, tuple(map(_key, every)), " ".join(map(_counts_for, every)))

    def _notes(self, notes: Sequence[Diagnostic]) -> tuple[str, int]:
        """What the format has of the notes of a project, and how many say that something was not seen."""
        if not notes:
            return "", 0
        report = Report.of((), version=__version__, notes=notes)
        return "".join(streamed(self.name).body(report, self.options)), len(report.unseen)


_place = attrgetter("file.uri", "file.path")


class Stream:
    """Writes a report, project by project. A finding in a file that several projects read is said once.

    `again` gives the findings of a project anew, unless that takes too long: they are needed where two projects say
    different things of one file.
    """

    def __init__(
        self, format_: Format, write: Callable[[str], None], again: Callable[[ProjectFiles], Sequence[Finding] | None]
    ) -> None:
        self._format = format_
        self._write = write
        self._begun = False
        self._again = again
        self._said: dict[str, tuple[str, ...]] = {}
        """By file, the keys of the findings that were said."""
        self._counts: Counter[str] = Counter()
        self._files: set[str] = set()
        self._affected: set[str] = set()
        self._unseen = 0
        self.lines: dict[str, None] = {}
        """What people are told beside the report, each line once."""
        self.code = 0
        """The exit code that the worst project asks for."""

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
        self.lines.update(dict.fromkeys(shown.lines))
        self.code = max(self.code, shown.code)
        self._write(shown.notes)
        for block in self._fresh(result.project, shown.blocks):
            counts = block.counts.split()
            self._counts.update(counts)
            if not all(word[0] == _ACCEPTED for word in counts):
                self._affected.add(block.uri)
            self._write("".join(block.pieces))

    def end(self) -> None:
        self._begin()
        totals = Totals(
            counts={severity: self._sum(f"{severity:d}", 1) for severity in Severity},
            suppressed=self._sum(_ACCEPTED, 0),
            files=len(self._files),
            affected=len(self._affected),
            unseen=self._unseen,
            fixable=Fixable(self._sum(_SAFE, 0), self._sum(_UNSAFE, 0)),
        )
        self._write(streamed(self._format.name).tail(totals, self._format.options))

    @property
    def codes(self) -> Mapping[str, int]:
        """How many findings each rule has."""
        codes: Counter[str] = Counter()
        for word, count in self._counts.items():
            if word[0] != _ACCEPTED:
                codes[word[2:]] += count
        return codes

    def _sum(self, sign: str, place: int) -> int:
        """How many findings have a sign; of the accepted ones nothing else counts."""
        return sum(
            count
            for word, count in self._counts.items()
            if word[place] == sign and (place == 0 or word[0] != _ACCEPTED)
        )

    def _fresh(self, project: ProjectFiles, blocks: Sequence[Block]) -> Iterator[Block]:
        """Of what a project says, what nobody has said."""
        findings: Sequence[Finding] | None = None
        for block in blocks:
            known = self._said.get(block.path)
            if known is None:
                self._said[block.path] = block.keys
                yield block
                continue
            fresh = set(block.keys).difference(known)
            if not fresh:
                continue
            self._said[block.path] = (*known, *fresh)
            some = block if len(fresh) == len(block.keys) else block.only(fresh)
            if some is not None:
                yield some
                continue
            if findings is None:
                findings = self._again(project)
            if findings is None:
                # Better said twice than not at all.
                yield block
                continue
            of_file = (each for each in findings if each.file.path == block.path)
            yield from self._format.blocks([each for each in of_file if _key(each) in fresh])


def _key(finding: Finding) -> str:
    """The rule, the place and a sum of the message: two of one rule at one place are equal once in four billion."""
    told = crc32(finding.message.encode("utf-8", "surrogatepass"))
    return f"{finding.rule.code} {finding.start} {finding.end} {told}"


_ACCEPTED, _SAFE, _UNSAFE, _NO_FIX = "asu-"


def _counts_for(finding: Finding) -> str:
    """A sign (accepted, or how its fix is), the severity, and the code."""
    if finding.suppression is not None:
        sign = _ACCEPTED
    else:
        safety = ready_fix(finding)
        sign = _NO_FIX if safety is None else _SAFE if safety is Safety.SAFE else _UNSAFE
    return f"{sign}{finding.severity:d}{finding.rule.code}"
