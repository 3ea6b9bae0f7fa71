"""Judging fixes together: what a trial of many shows, and which of them are at fault when it fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from composeguard.engine.finding import Finding
from composeguard.engine.rule import Scope
from composeguard.fix.refusal import Refusal
from composeguard.fix.trial import Bench, Candidate, Drafts, Tried
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path

_TRIALS = 64
"""Checks of the whole project that one round may cost in search of fixes at fault."""


class Checked(Struct, frozen=True):
    """A project as resolved and judged. Findings that a comment accepts are among `findings`, marked."""

    root: Node
    findings: Sequence[Finding]


class Verdict(Struct, frozen=True):
    """What of a round stands: `held` together make `tried`, and the project is then as `after` says."""

    held: Sequence[Candidate]
    tried: Mapping[str, Tried]
    after: Checked


class _Passed(Struct, frozen=True):
    """What a project says with candidates that have passed a trial."""

    candidates: Sequence[Candidate]
    drafts: Drafts
    after: Checked


class Judge:
    """Judges the candidates of one round. `look` reads and judges the project with the files of a trial, by path.

    A search for those at fault first proves what the texts say, and the comments, which can cost ten times as much, of
    what is left then. Where that fails, the search goes on in this with the whole proof of each trial.
    """

    def __init__(self, before: Checked, bench: Bench, look: Callable[[Mapping[str, SourceFile]], Checked]) -> None:
        self.failed: list[tuple[Candidate, str]] = []
        """Those at fault alone, with the reason."""
        self._bench = bench
        self._look = look
        self._before = Counter(map(subject, before.findings))
        self._checks = 0
        self._with_comments = False
        self._last = _Passed((), {}, before)

    def judge(self, candidates: Sequence[Candidate]) -> Verdict | None:
        """The largest part of the candidates that was found to stand together; None where none does."""
        sound = self._search(candidates, self._text)
        held = self._search(sound, self._project)
        if not held:
            return None
        last = self._project(held)
        return Verdict(held, self._bench.complete(last.drafts), last.after)

    def _search(
        self, candidates: Sequence[Candidate], trial: Callable[[Sequence[Candidate]], object]
    ) -> Sequence[Candidate]:
        """The candidates that pass a trial together and have the whole proof."""
        self._with_comments = False
        held = self._hold(candidates, trial)
        self._with_comments = True
        return self._hold(held, trial)

    def _text(self, candidates: Sequence[Candidate]) -> Drafts:
        """The texts are proved; what the project then says is not looked at."""
        drafts = self._bench.drafts(candidates)
        if self._with_comments:
            self._bench.complete(drafts)
        return drafts

    def _project(self, candidates: Sequence[Candidate]) -> _Passed:
        """The findings are gone and none is new. The last success is asked for again, with the comments."""
        if list(candidates) == list(self._last.candidates):
            if self._with_comments:
                self._bench.complete(self._last.drafts)
            return self._last
        self._checks += 1
        drafts = self._text(candidates)
        after = self._look({file.path: draft.file for file, draft in drafts.items()})
        now = Counter(map(subject, after.findings))
        # A comment that accepted what is gone now is no harm, but for another round to take away.
        comments = {finding.code for finding in after.findings if finding.rule.scope is Scope.SUPPRESSION}
        new = [each for each, count in now.items() if count > self._before[each] and each.code not in comments]
        if new:
            raise Refusal(f"it would bring a new finding, {new[0].code}", [each.path for each in new])
        fixed = Counter(subject(finding) for each in candidates for finding in each.findings)
        left = [each for each, count in fixed.items() if now[each] > self._before[each] - count]
        if left:
            raise Refusal("the finding would still be there", [each.path for each in left])
        self._last = _Passed(candidates, drafts, after)
        return self._last

    def _hold(
        self, candidates: Sequence[Candidate], trial: Callable[[Sequence[Candidate]], object]
    ) -> Sequence[Candidate]:
        """The candidates that pass a trial together. Those at fault alone are refused; those that only fail beside
        others wait for the next round."""
        if not candidates:
            return []
        try:
            trial(candidates)
        except Refusal as refusal:
            if len(candidates) == 1 or _is_one_each(candidates, refusal):
                self.failed.extend((candidate, refusal.reason) for candidate in candidates)
                return []
            if self._checks > _TRIALS:
                self.failed.extend((candidate, "no proof was found in time") for candidate in candidates)
                return []
            innocent, suspect = _divide(candidates, refusal)
        else:
            return candidates
        first, second = self._hold(innocent, trial), self._hold(suspect, trial)
        if not first or not second:
            return first or second
        both = [*first, *second]
        try:
            trial(both)
        except Refusal:
            return first
        return both


class Subject(Struct, frozen=True):
    """What a finding is about, whatever the number of its item: items move up when one is removed."""

    code: str
    path: Path


def subject(finding: Finding) -> Subject:
    path = finding.path
    if any(type(step) is int for step in path):
        path = tuple("*" if isinstance(step, int) else step for step in path)
    return Subject(finding.rule.code, path)


def _divide(candidates: Sequence[Candidate], refusal: Refusal) -> tuple[Sequence[Candidate], Sequence[Candidate]]:
    """Those that the refusal does not speak of, and those that it does. Where it speaks of all, half of what each
    service asks for, and the other half: what is wrong in every service is found as fast as in one."""
    concerned = [_concerned(each, refusal.blame) for each in candidates]
    if all(concerned):
        numbers: Counter[Path] = Counter()
        halves: tuple[list[Candidate], list[Candidate]] = ([], [])
        sizes = Counter(owners[0] for owners in concerned)
        for candidate, owners in zip(candidates, concerned, strict=True):
            place = owners[0]
            halves[2 * numbers[place] >= sizes[place]].append(candidate)
            numbers[place] += 1
        if all(halves):
            return halves
    elif any(concerned):
        told = list(zip(candidates, concerned, strict=True))
        return [each for each, owners in told if not owners], [each for each, owners in told if owners]
    middle = len(candidates) // 2
    return candidates[:middle], candidates[middle:]


def _is_one_each(candidates: Sequence[Candidate], refusal: Refusal) -> bool:
    """Whether the refusal speaks of every candidate, and of no other at its place: then each is at fault."""
    concerned = [_concerned(each, refusal.blame) for each in candidates]
    owners = [owner for some in concerned for owner in some]
    return all(concerned) and len(set(owners)) == len(owners)


def _concerned(candidate: Candidate, blame: frozenset[Path]) -> list[Path]:
    """What a candidate asks for, or would be written in, of what is blamed."""
    paths = [subject(finding).path[:2] for finding in candidate.findings]
    paths += [located.operation.path[:2] for located in candidate.located]
    return [path for path in dict.fromkeys(paths) if path in blame]
