"""The fixes of one project, each by itself: for reports that show or carry the change of a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from composeguard.engine.finding import Finding
from composeguard.fix.claims import Claims, combine
from composeguard.fix.consent import missing
from composeguard.fix.edits import Edit
from composeguard.fix.judge import Checked
from composeguard.fix.refusal import Refusal
from composeguard.fix.target import Locator
from composeguard.fix.trial import Bench, Candidate, Tried
from composeguard.fix.witness import Witness
from composeguard.source.file import SourceFile
from composeguard.source.node import Path

FileEdits = Mapping[SourceFile, tuple[Edit, ...]]


class Previews:
    """What is learned of the files serves all fixes. None is made: the files stay as they are."""

    def __init__(self, start: Checked) -> None:
        self._locator = Locator(start.root)
        self._bench = Bench(self._locator.indexes, Witness())

    def of(self, finding: Finding) -> tuple[Tried, ...]:
        """The files that the fix of a finding changes, proved as texts.

        Raises:
            Refusal: there is no fix, or no proof.
        """
        return tuple(self._bench.attempt([self._candidate(finding)]).values())

    def edits(self, findings: Sequence[Finding], most: int) -> Iterator[tuple[Finding, FileEdits]]:
        """The edits of those findings whose fix is proved.

        A proof reads whole files, so one serves a fix of each container: these touch texts that lie apart, and each
        must be written as it is when it is made alone. Where that fails, each gets a proof of its own. `most` bounds
        the code points that are read.
        """
        for layer in _layers(findings):
            candidates: list[Candidate] = []
            claims = Claims()
            alone: list[Candidate] = []
            for finding in layer:
                try:
                    candidate = self._candidate(finding)
                except Refusal:
                    continue
                fits = claims.fits(candidate.located)
                (candidates if fits else alone).append(candidate)
                if fits:
                    claims.add(candidate.located)
            most -= _length(candidates)
            if most < 0:
                return
            for candidate, edits in self._together(candidates):
                if edits is None:
                    alone.append(candidate)
                else:
                    yield candidate.findings[0], edits
            for candidate in alone:
                most -= _length([candidate])
                if most < 0:
                    return
                try:
                    tried = self._attempted([candidate])
                except Refusal:
                    continue
                yield candidate.findings[0], {each.file: each.edits for each in tried}

    def _attempted(self, candidates: Sequence[Candidate]) -> list[Tried]:
        """A trial of which the edits are wanted, and the text no longer."""
        tried = list(self._bench.attempt(candidates).values())
        for each in tried:
            each.proved.file.release()
        return tried

    def _together(self, candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, FileEdits | None]]:
        """The edits of each, proved with the others; None where they are not proved so."""
        try:
            proved = {each.file: _written(each.edits) for each in self._attempted(candidates)}
        except Refusal:
            proved = {}
        for candidate in candidates:
            try:
                edits = self._bench.compiled([candidate])
            except Refusal:
                continue
            held = all(proved.get(file, frozenset()) >= _written(some) for file, some in edits.items())
            yield candidate, edits if held and all(edits.values()) else None

    def _candidate(self, finding: Finding) -> Candidate:
        if finding.fix is None:
            raise Refusal("the rule has no fix for it")
        located = combine([self._locator.locate(operation, finding.file) for operation in finding.fix.operations])
        reason = missing([finding], located)
        if reason:
            raise Refusal(reason)
        return Candidate((finding,), tuple(located))


def _layers(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Portions with one finding of each container."""
    of_each: dict[Path, list[Finding]] = {}
    for finding in findings:
        if finding.fix is not None:
            of_each.setdefault(finding.path[:2], []).append(finding)
    for layer in zip_longest(*of_each.values()):
        yield [finding for finding in layer if finding is not None]


def _written(edits: Sequence[Edit]) -> frozenset[tuple[int, int, str]]:
    return frozenset((edit.start, edit.end, edit.replacement) for edit in edits)


def _length(candidates: Sequence[Candidate]) -> int:
    return sum(len(file.text) for file in {each.file for candidate in candidates for each in candidate.located})
