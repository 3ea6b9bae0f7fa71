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
from composeguard.fix.judge import Checked, Judge
from composeguard.fix.offer import Offer, offers
from composeguard.fix.refusal import Refusal
from composeguard.fix.sharing import Owner
from composeguard.fix.target import Located, Locator
from composeguard.fix.trial import Bench, Candidate, Tried
from composeguard.fix.witness import Witness
from composeguard.fix.write import encode
from composeguard.source.file import SourceFile

ROUNDS = 10

Recheck = Callable[[Mapping[str, bytes]], Checked]
"""Reads and judges the project again, with the given contents in the place of files (by `SourceFile.path`)."""


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
    """Findings whose fix is unsafe, and unsafe fixes were not asked for."""
    after: Checked
    """The project as it is with the new texts."""


def plan(
    start: Checked,
    recheck: Recheck,
    *,
    allow_unsafe: bool = False,
    wanted: Callable[[Finding], bool] | None = None,
) -> Plan:
    """Plan all fixes of a project that can be proved. `wanted` narrows them down: to a selection, or by asking."""
    return _Planner(start, recheck, allow_unsafe, wanted).run()


def offered(start: Checked, wanted: Callable[[Finding], bool]) -> Iterator[Offer]:
    """The changes that a plan would begin with, safe and unsafe, one by one."""
    planner = _Planner(start, lambda _: start, True, wanted)
    locator = Locator(start.root)
    candidates, _ = planner.candidates(locator)
    return offers(candidates, Bench(locator.indexes, planner.witness))


class Previews:
    """The fixes of one project, each by itself; what is learned of the files serves them all."""

    def __init__(self, start: Checked) -> None:
        self._locator = Locator(start.root)
        self._bench = Bench(self._locator.indexes, Witness())

    def of(self, finding: Finding) -> tuple[Tried, ...]:
        """The files that the fix of a finding changes, proved as texts.

        Raises:
            Refusal: there is no fix, or no proof.
        """
        if finding.fix is None:
            raise Refusal("the rule has no fix for it")
        located = combine([self._locator.locate(operation, finding.file) for operation in finding.fix.operations])
        missing = _missing([finding], located)
        if missing:
            raise Refusal(missing)
        return tuple(self._bench.attempt([Candidate((finding,), tuple(located))]).values())


class _Planner:
    def __init__(
        self, start: Checked, recheck: Recheck, allow_unsafe: bool, wanted: Callable[[Finding], bool] | None
    ) -> None:
        self.current = start
        self.recheck = recheck
        self.allow_unsafe = allow_unsafe
        self.wanted = wanted
        self.witness = Witness()
        self.originals: dict[str, SourceFile] = {}
        self.texts: dict[str, str] = {}
        self.lost: dict[str, list[str]] = {}
        self.applied: list[Applied] = []
        self.failed: dict[str, str] = {}
        """Reasons by fingerprint, of fixes whose proof failed: they are not tried again while the text is the same."""
        self.failed_after = 0
        """How many fixes were made when the first of these failed."""

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
        known = {each.finding.fingerprint for each in refused}
        for finding in self._eligible():
            if finding.fingerprint not in known:
                reason = self.failed.get(finding.fingerprint, "it needs another run")
                refused.append(Refused(finding, reason))
        files = tuple(
            FilePlan(self.originals[path], text, tuple(self.lost.get(path, ())))
            for path, text in self.texts.items()
            if text != self.originals[path].text
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
        return [finding for finding in self._open() if self.allow_unsafe or _is_safe(finding)]

    def _skipped(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self._open() if not self.allow_unsafe and not _is_safe(finding))

    def candidates(self, locator: Locator) -> tuple[list[Candidate], list[Refused]]:
        """The changes to make, those that several findings ask for taken together; and what is refused outright."""
        refused: list[Refused] = []
        together: dict[tuple[tuple[str, int, str], ...], tuple[list[Finding], list[Located]]] = {}
        for finding in self._eligible():
            if finding.fingerprint in self.failed or finding.fix is None:
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
        for findings, located in together.values():
            missing = _missing(findings, located)
            if missing:
                refused.extend(Refused(finding, missing) for finding in findings)
            else:
                candidates.append(Candidate(tuple(findings), tuple(located)))
        return candidates, refused

    def _apply(self, bench: Bench, chosen: Sequence[Candidate], number: int) -> bool:
        """Make what can be proved of the chosen; whether anything was made."""
        judge = Judge(self.current, bench, self._look)
        verdict = judge.judge(chosen)
        if judge.failed and not self.failed:
            self.failed_after = len(self.applied)
        for candidate, reason in judge.failed:
            self.failed.update({finding.fingerprint: reason for finding in candidate.findings})
        if verdict is None:
            return False
        for path, each in verdict.tried.items():
            self.originals.setdefault(path, each.file)
            self.texts[path] = each.text
            self.lost.setdefault(path, []).extend(each.proved.lost)
        self.current = verdict.after
        self.applied.extend(Applied(finding, number) for each in verdict.held for finding in each.findings)
        return True

    def _look(self, tried: Mapping[str, Tried]) -> Checked:
        overlay = {path: encode(self.originals[path], text) for path, text in self.texts.items()}
        overlay.update({path: encode(each.file, each.text) for path, each in tried.items()})
        return self.recheck(overlay)


def _is_safe(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.safety is Safety.SAFE


def _missing(findings: Sequence[Finding], located: Sequence[Located]) -> str:
    """The reason to refuse where others share the text and do not ask for the same; "" where all do."""
    asking = {owner for finding in findings for owner in _owners(finding)}
    others: set[Owner] = set()
    for each in located:
        others |= each.needs - asking
    if not others:
        return ""
    names = sorted(str(owner[-1]) for owner in others)
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"the text takes effect in {shown} too"


def _owners(finding: Finding) -> set[Owner]:
    """Who asks: whatever the operations name, so that one finding may speak for all who share its text."""
    paths = [operation.path for operation in finding.fix.operations] if finding.fix else []
    return {path[:2] if len(path) > 1 else (*path, "") for path in paths or [finding.path]}


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
