"""The fixes of one project, each by itself: for reports that show or carry the change of a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from msgspec import Struct

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


class Proof(Struct, frozen=True):
    """Files as they are tried, and the edits there that the fix of each finding is by itself: none without proof."""

    tried: Sequence[Tried]
    edits: Sequence[tuple[Finding, FileEdits]]


class Previews:
    """What is learned of the files serves all fixes. None is made: the files stay as they are.

    `left` is how many code points of files proofs may still read: a proof reads whole files.
    """

    def __init__(self, start: Checked, left: int) -> None:
        self.left = left
        self._locator = Locator(start.root)
        self._bench = Bench(self._locator.indexes, Witness())

    def proofs(self, findings: Sequence[Finding]) -> Iterator[Proof]:
        """Of each finding that has a fix the edits, up to where proofs may read no more.

        One proof serves a fix of each container: these touch texts that lie apart, and each must be written as it is
        when it is made alone. Where that fails, each gets a proof of its own. The proved text is let go of after it.
        """
        for proof in self._proofs(findings):
            yield proof
            for each in proof.tried:
                each.proved.file.release()

    def _proofs(self, findings: Sequence[Finding]) -> Iterator[Proof]:
        for layer in _layers(findings):
            candidates: list[Candidate] = []
            claims = Claims()
            alone: list[Candidate] = []
            refused: list[tuple[Finding, FileEdits]] = []
            for finding in layer:
                try:
                    candidate = self.candidate(finding)
                except Refusal:
                    refused.append((finding, {}))
                    continue
                fits = claims.fits(candidate.located)
                (candidates if fits else alone).append(candidate)
                if fits:
                    claims.add(candidate.located)
            yield Proof((), refused)
            if not self._affords(candidates):
                return
            together = self._together(candidates)
            yield together
            done = {id(finding) for finding, _ in together.edits}
            alone += [candidate for candidate in candidates if id(candidate.findings[0]) not in done]
            for candidate in alone:
                if not self._affords([candidate]):
                    return
                yield self._alone(candidate)

    def _affords(self, candidates: Sequence[Candidate]) -> bool:
        length = sum(len(file.text) for file in {each.file for some in candidates for each in some.located})
        if length > self.left:
            return False
        self.left -= length
        return True

    def _together(self, candidates: Sequence[Candidate]) -> Proof:
        """The edits of those that are proved with the others."""
        try:
            tried = list(self._bench.attempt(candidates).values())
        except Refusal:
            return Proof((), ())
        proved = {each.file: _written(each.edits) for each in tried}
        held: list[tuple[Finding, FileEdits]] = []
        for candidate in candidates:
            try:
                edits = self._bench.compiled([candidate])
            except Refusal:
                continue
            if all(some and proved.get(file, frozenset()) >= _written(some) for file, some in edits.items()):
                held.append((candidate.findings[0], edits))
        return Proof(tried, held)

    def _alone(self, candidate: Candidate) -> Proof:
        try:
            tried = list(self._bench.attempt([candidate]).values())
        except Refusal:
            return Proof((), [(candidate.findings[0], {})])
        return Proof(tried, [(candidate.findings[0], {each.file: each.edits for each in tried})])

    def candidate(self, finding: Finding) -> Candidate:
        """The change that a finding asks for.

        Raises:
            Refusal: there is none, or it is not for this finding alone to make.
        """
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
