"""The difference that a fix makes, as lines for people: few around each change, with every secret hidden.

What was there is hidden as snippets hide it. What the fix writes is hidden where it would show a secret that is
known, that looks like one, or that stands where programs get their values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from msgspec import Struct

from composeguard.engine.finding import Finding
from composeguard.engine.report import Report, TextEdit
from composeguard.fix.diff import unified_diff
from composeguard.report.likely import MASK, likely_secrets
from composeguard.report.proposals import Proposals
from composeguard.report.secrets import Secrets
from composeguard.report.snippet import masked_cells
from composeguard.report.stretches import merged
from composeguard.source.file import SourceFile

_CONTEXT = 3
_MOST_TEXT = 20_000
"""Code points of one hunk; a longer one is nothing to look at."""
_MOST_COLUMNS = 300
_SIGNS = {"+": "added", "-": "removed", " ": "kept"}


class Change(Struct, frozen=True):
    """One line: `kind` is added, removed or kept, `sign` its mark in a diff."""

    kind: str
    sign: str
    text: str


class Hunk(Struct, frozen=True):
    """Changed lines with those around them, from the line `number` of the file on."""

    uri: str
    number: int
    changes: tuple[Change, ...]


class Patches:
    """What the fixes of the findings that are shown would change, each by itself."""

    def __init__(self, report: Report, secrets: Secrets, shown: Sequence[Finding]) -> None:
        self._lines = _Lines(secrets)
        self._proposals = Proposals(report, shown)

    @property
    def left_out(self) -> int:
        """Fixes that were not looked at."""
        return self._proposals.left_out

    def of(self, finding: Finding) -> tuple[Hunk, ...]:
        """The hunks of a finding's fix; none where it has no proof, or nothing of it can be shown."""
        by_file: dict[SourceFile, list[TextEdit]] = {}
        for edit in self._proposals.of(finding):
            by_file.setdefault(edit.file, []).append(edit)
        return tuple(hunk for file, edits in by_file.items() for hunk in _hunks(file, edits, self._lines))


def _hunks(file: SourceFile, changed: Sequence[TextEdit], lines: _Lines) -> Iterator[Hunk]:
    """The changes to one file."""
    for edits in _clusters(file, changed):
        first = max(file.line_of(edits[0].start) - _CONTEXT, 1)
        last = min(file.line_of(max(edits[-1].start, edits[-1].end - 1)) + _CONTEXT, file.line_of(len(file.text)))
        start, end = file.line_start(first), file.next_line(last)
        written = [_written(edit, lines.secrets) for edit in edits]
        if end - start + sum(map(len, written)) > _MOST_TEXT:
            continue
        old = lines.shown(file, first, last)
        new: list[str] = []
        position = 0
        for edit, text in zip(edits, written, strict=True):
            new += (old.text[position : old.places[edit.start - start]], text)
            position = old.places[edit.end - start]
        new.append(old.text[position:])
        changes = tuple(_changes(old.text, "".join(new)))
        if changes:
            yield Hunk(file.uri, first, changes)


def _clusters(file: SourceFile, edits: Sequence[TextEdit]) -> Iterator[list[TextEdit]]:
    """Edits whose surroundings meet, together."""
    cluster: list[TextEdit] = []
    for edit in edits:
        if cluster and file.line_of(edit.start) - file.line_of(cluster[-1].end) > 2 * _CONTEXT:
            yield cluster
            cluster = []
        cluster.append(edit)
    if cluster:
        yield cluster


class _Shown(Struct, frozen=True):
    """Lines as they are shown: `places` says of each code point of the file where in `text` it begins."""

    text: str
    places: Sequence[int]


class _Lines:
    """Lines of files as they are shown. The last are kept: many findings can have their fixes in the same."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self._asked: tuple[SourceFile, int, int] | None = None
        self._last = _Shown("", ())

    def shown(self, file: SourceFile, first: int, last: int) -> _Shown:
        """Some lines of a file."""
        if self._asked != (file, first, last):
            self._asked = (file, first, last)
            points = [text for line in range(first, last + 1) for text in self._line(file, line)]
            self._last = _Shown("".join(points), tuple(accumulate(map(len, points), initial=0)))
        return self._last

    def _line(self, file: SourceFile, line: int) -> Iterator[str]:
        """What is shown for each code point of a line, its newline included."""
        start, end = file.line_start(line), file.line_end(line)
        yield from (cell.text for cell in masked_cells(file, start, end, (0, 0), self.secrets))
        yield from ("\n" if index == end else "" for index in range(end, file.next_line(line)))


def _written(edit: TextEdit, secrets: Secrets) -> str:
    """What an edit writes."""
    text = edit.text
    if secrets.shown_by(text):
        return MASK
    pieces: list[str] = []
    position = 0
    for first, last in merged((*edit.hidden, *likely_secrets(text))):
        pieces += (text[position:first], MASK)
        position = last
    pieces.append(text[position:])
    return "".join(pieces).replace("\r\n", "\n").replace("\r", "\n")


def _changes(old: str, new: str) -> Iterator[Change]:
    if old.rstrip("\n") == new.rstrip("\n"):
        return
    lines = unified_diff("", _ended(old), _ended(new), context=_CONTEXT).split("\n")
    for line in lines[2:-1]:
        if line[:1] in _SIGNS:
            text = line[1:]
            cut = f"{text[:_MOST_COLUMNS]}…" if len(text) > _MOST_COLUMNS else text
            yield Change(_SIGNS[line[0]], line[0], cut)


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"
