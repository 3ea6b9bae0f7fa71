"""Which fixes are made, in rounds: each round's fixes are proved together, and the next one starts from their result.

A round holds fixes that do not touch each other. If its proof fails, the fixes at fault are found and refused with the
reason; the others stand. A file is never given up because of one fix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from composeguard.engine.finding import Finding
from composeguard.engine.fix import Safety
from composeguard.fix.claims import Claims, combine
from composeguard.fix.consent import missing
from composeguard.fix.judge import Checked, Judge
from composeguard.fix.lift import lifted
from composeguard.fix.offer import Offer, offers
from composeguard.fix.refusal import Refusal
from composeguard.fix.target import Located, Locator
from composeguard.fix.trial import Bench, Candidate
from composeguard.fix.witness import Witness
from composeguard.source.file import SourceFile

ROUNDS = 10

Recheck = Callable[[Mapping[str, SourceFile]], Checked]
"""Reads and judges the project again, with the given files, as proved, in the place of others by `SourceFile.path`."""


class Applied(Struct, frozen=True):
    """A finding that is fixed, and the round (from 1) in which it was."""

    finding: Finding
    round: int


class Refused(Struct, frozen=True):
    """A finding whose fix is not made, and why."""

    finding: Finding
    reason: str


class FilePlan(Struct, frozen=True):
    """One file that changes. `lost` holds the comments that go with removed entries, for people to see."""

    file: SourceFile
    text: str
    lost: tuple[str, ...]


class Plan(Struct, frozen=True):
    """What a run of fixes comes to. Nothing is written yet."""

    files: tuple[FilePlan, ...]
    applied: tuple[Applied, ...]
    refused: tuple[Refused, ...]
    skipped_unsafe: tuple[Finding, ...]
    """Findings whose fix is unsafe and needs nothing else, and unsafe fixes were not asked for."""
    after: Checked
    """The project as it is with the new texts."""


def plan(
    start: Checked,
    recheck: Recheck,
    *,
    allow_unsafe: bool = False,
    wanted: Callable[[Finding], bool] | None = None,
    by_name: Callable[[Finding], bool] | None = None,
) -> Plan:
    """Plan all fixes of a project that can be proved. `wanted` narrows them down: to a selection, or by asking.

    `by_name` tells which of them are asked for so that they are made though something has to be done first; all of
    them, where it is not given.
    """
    return _Planner(start, recheck, allow_unsafe, wanted, by_name).run()


def offered(start: Checked, wanted: Callable[[Finding], bool]) -> Iterator[Offer]:
    """The changes that a plan would begin with, safe and unsafe, one by one."""
    planner = _Planner(start, lambda _: start, True, wanted, None)
    locator = Locator(start.root)
    candidates, _ = planner.candidates(locator)
    return offers(candidates, Bench(locator.indexes, planner.witness))


class _Planner:
    def __init__(
        self,
        start: Checked,
        recheck: Recheck,
        allow_unsafe: bool,
        wanted: Callable[[Finding], bool] | None,
        by_name: Callable[[Finding], bool] | None,
    ) -> None:
        self.current = start
        self.recheck = recheck
        self.allow_unsafe = allow_unsafe
        self.wanted = wanted
        self.by_name = by_name
        self.witness = Witness()
        self.originals: dict[str, SourceFile] = {}
        self.made: dict[str, SourceFile] = {}
        """The files as they are after the last round, proved."""
        self.lost: dict[str, list[str]] = {}
        self.applied: list[Applied] = []
        self.failed: dict[str, str] = {}
        """Reasons by identity, of fixes whose proof failed: they are not tried again while the text is the same."""
        self.failed_after = 0
        """How many fixes were made when the first of these failed."""
        self.apart: set[str] = set()
        """Identities of findings whose change an anchor could not take for all who merge it."""

    def run(self) -> Plan:
        refused: list[Refused] = []
        for number in range(1, ROUNDS + 1):
            locator = Locator(self.current.root)
            candidates, refused = self.candidates(locator)
            chosen, waiting = _compatible(candidates)
            made = self._apply(Bench(locator.indexes, self.witness), chosen, number) if chosen else False
            if made:
                refused = []
            elif not waiting and not self._forget_failures():
                break
        known = {each.finding.identity for each in refused}
        for finding in self._eligible():
            if finding.identity not in known:
                reason = self.failed.get(finding.identity, "it needs another run")
                refused.append(Refused(finding, reason))
        refused.extend(
            Refused(each, f"first {_what_first(each)}, else Compose refuses the project") for each in self._waiting()
        )
        files = tuple(
            FilePlan(self.originals[path], file.text, tuple(self.lost.get(path, ())))
            for path, file in self.made.items()
            if file.text != self.originals[path].text
        )
        return Plan(files, tuple(self.applied), tuple(refused), self._skipped(), self.current)

    def _forget_failures(self) -> bool:
        """Whether fixes are worth another try: the text is another one than that which they failed on."""
        if not self.failed or len(self.applied) == self.failed_after:
            return False
        self.failed.clear()
        return True

    # One round --------------------------------------------------------------------------------------------------

    def _open(self) -> list[Finding]:
        return [
            finding
            for finding in self.current.findings
            if finding.fix is not None and finding.suppression is None and (self.wanted is None or self.wanted(finding))
        ]

    def _eligible(self) -> list[Finding]:
        return [each for each in self._open() if (self.allow_unsafe or _is_safe(each)) and not self._waits(each)]

    def _skipped(self) -> tuple[Finding, ...]:
        if self.allow_unsafe:
            return ()
        return tuple(each for each in self._open() if not _is_safe(each) and not self._waits(each))

    def _waiting(self) -> list[Finding]:
        """Those that would be made if what has to come first were done."""
        return [each for each in self._open() if (self.allow_unsafe or _is_safe(each)) and self._waits(each)]

    def _waits(self, finding: Finding) -> bool:
        return bool(_what_first(finding)) and self.by_name is not None and not self.by_name(finding)

    def candidates(self, locator: Locator) -> tuple[list[Candidate], list[Refused]]:
        """The changes to make, those that several findings ask for taken together; and what is refused outright."""
        refused: list[Refused] = []
        together: dict[tuple[tuple[str, int, str], ...], tuple[list[Finding], list[Located]]] = {}
        shared = self._shared(locator)
        for finding in self._eligible():
            if finding.identity in self.failed or finding.fix is None:
                continue
            if finding.identity in shared:
                change = shared[finding.identity]
                key = tuple((each.file.path, each.document, repr(each.operation)) for each in change)
                together.setdefault(key, ([], change))[0].append(finding)
                continue
            try:
                found = [locator.locate(operation, finding.file) for operation in finding.fix.operations]
            except Refusal as refusal:
                refused.append(Refused(finding, refusal.reason))
                continue
            located = combine(found)
            key = tuple((each.file.path, each.document, repr(each.operation)) for each in located)
            together.setdefault(key, ([], located))[0].append(finding)
        candidates: list[Candidate] = []
        alone: list[Candidate] = []
        bases: list[tuple[Candidate, str]] = []
        for findings, located in together.values():
            candidate = Candidate(tuple(findings), tuple(located))
            reason = missing(findings, located)
            if reason:
                bases.append((candidate, reason))
            elif any(finding.identity in self.apart for finding in findings):
                alone.append(candidate)
            else:
                candidates.append(candidate)
        whole = [base for base, _ in bases if not any(each.identity in self.apart for each in base.findings)]
        made = [*lifted(candidates, whole, locator.indexes), *alone]
        asked = {finding.identity for candidate in made for finding in candidate.findings}
        for base, reason in bases:
            refused.extend(Refused(each, reason) for each in base.findings if each.identity not in asked)
        return made, refused

    def _shared(self, locator: Locator) -> dict[str, list[Located]]:
        """By identity, the change of what several services share, where all of them ask for it: else each would
        get a copy of its own."""
        groups: dict[tuple[str, int, str], tuple[list[Finding], Located]] = {}
        for finding in self._eligible():
            if finding.fix is None or finding.identity in self.failed or len(finding.fix.operations) != 1:
                continue
            try:
                each = locator.locate_shared(finding.fix.operations[0], finding.file)
            except Refusal:
                continue
            if each is not None:
                key = (each.file.path, each.document, repr(each.operation))
                groups.setdefault(key, ([], each))[0].append(finding)
        return {
            finding.identity: [each]
            for findings, each in groups.values()
            if not missing(findings, [each])
            for finding in findings
        }

    def _apply(self, bench: Bench, chosen: Sequence[Candidate], number: int) -> bool:
        """Make what can be proved of the chosen; whether anything was made."""
        judge = Judge(self.current, bench, self._look)
        verdict = judge.judge(chosen)
        again = False
        if judge.failed and not self.failed:
            self.failed_after = len(self.applied)
        for candidate, reason in judge.failed:
            again = again or candidate.lifted
            for finding in candidate.findings:
                if candidate.lifted:
                    self.apart.add(finding.identity)
                else:
                    self.failed[finding.identity] = reason
        if verdict is None:
            return again
        for path, each in verdict.tried.items():
            self.originals.setdefault(path, each.file)
            self.made[path] = each.proved.file
            self.lost.setdefault(path, []).extend(each.proved.lost)
        self.current = verdict.after
        self.applied.extend(Applied(finding, number) for each in verdict.held for finding in each.findings)
        return True

    def _look(self, files: Mapping[str, SourceFile]) -> Checked:
        return self.recheck({**self.made, **files})


def _what_first(finding: Finding) -> str:
    return finding.fix.first if finding.fix is not None else ""


def _is_safe(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.safety is Safety.SAFE


def _compatible(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Those that can stand in one round, first come first served, and those that wait."""
    claims = Claims()
    chosen: list[Candidate] = []
    waiting: list[Candidate] = []
    for candidate in candidates:
        if claims.fits(candidate.located):
            claims.add(candidate.located)
            chosen.append(candidate)
        else:
            waiting.append(candidate)
    return chosen, waiting
