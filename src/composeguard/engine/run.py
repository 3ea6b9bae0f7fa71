"""Runs rules over a reading: problems in, findings out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache

from msgspec import Struct, field

from composeguard.engine.failure import RuleFailure
from composeguard.engine.finding import Finding, Related, finding_order
from composeguard.engine.one_cause import one_cause
from composeguard.engine.options import Options
from composeguard.engine.rule import Focus, Problem, Rule, Scope
from composeguard.engine.severity import Severity
from composeguard.engine.suppress import Comments
from composeguard.model.reading import Place, Reading
from composeguard.source.file import SourceFile
from composeguard.source.node import Path, Way

_CAME_BY = {
    Way.ALIAS: "the anchor is used here",
    Way.MERGE_KEY: "merged in here",
    Way.EXTENDS: "inherited by `extends` here",
    Way.INCLUDE: "included here",
    Way.OVERRIDE: "replaces the value here",
}


class Selection(Struct, frozen=True):
    """The rules to run and the severities that a configuration gives them."""

    rules: tuple[Rule, ...]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    minimum: Severity = Severity.INFO
    options: Mapping[str, Options] = field(default_factory=dict)
    """By code, for the rules that a configuration says something of; the others have their defaults."""
    known: tuple[Rule, ...] = ()
    """All rules that are loaded, selected or not: what a comment may name."""


class Outcome(Struct, frozen=True):
    """What the rules found in one project, in order of place; suppressed findings are marked, not left out."""

    findings: tuple[Finding, ...]
    failures: tuple[RuleFailure, ...]


def check(reading: Reading, selection: Selection, *, inline: bool = True, today: date | None = None) -> Outcome:
    """Run every selected rule over one project.

    `inline` honours the comments that accept findings; those with an `until` before `today` count no more.
    """
    run = _Run(reading, selection)
    containers = tuple(reading.project.containers())
    subjects: Mapping[Scope, Iterable[object]] = {
        Scope.CONTAINER: containers,
        Scope.SERVICE: reading.project.services.values(),
        Scope.READING: (reading,),
        Scope.DIAGNOSTIC: reading.diagnostics,
    }
    for rule in selection.rules:
        run.over(rule, subjects.get(rule.scope, ()))
    findings = run.taken()
    if inline:
        comments = Comments(today)
        findings = comments.mark(findings)
        failed = {failure.rule.code for failure in run.failures}
        ran = {rule.code for rule in selection.rules} - failed
        judged = tuple(comments.judged(reading, selection.known, ran))
        for rule in selection.rules:
            if rule.scope is Scope.SUPPRESSION:
                run.over(rule, judged)
        findings += comments.mark(run.taken())
    for rule in selection.rules:
        if rule.scope is Scope.FAILURE:
            run.over(rule, tuple(run.failures))
    findings += run.taken()
    wanted = (finding for finding in findings if finding.severity >= selection.minimum)
    return Outcome(tuple(sorted(wanted, key=finding_order)), tuple(run.failures))


class _Run:
    """What the rules have come to so far."""

    def __init__(self, reading: Reading, selection: Selection) -> None:
        self.failures: list[RuleFailure] = []
        self._reading = reading
        self._selection = selection
        self._places = _Places(reading)
        self._counts: Counter[str] = Counter()
        self._found: dict[tuple[object, ...], Finding] = {}

    def over(self, rule: Rule, subjects: Iterable[object]) -> None:
        """Call a rule with each subject."""
        problems: list[Problem] = []
        options = _options(rule, self._selection)
        for subject in subjects:
            try:
                problems.extend(rule.check(subject, *options))
            except Exception as error:  # noqa: BLE001 -- a rule may fail in any way, and must be named
                where, path = getattr(subject, "name", ""), getattr(subject, "path", ())
                self.failures.append(RuleFailure.of(rule, where, error, path))
        if not problems:
            return

        about_the_run = rule.scope in (Scope.SUPPRESSION, Scope.FAILURE)
        for problem in problems if about_the_run else one_cause(self._reading, problems):
            finding = _finding(self._places, rule, problem, self._selection, self._counts)
            # A service that is reached twice (an included file) yields the same finding twice.
            identity = (rule.code, finding.uri, finding.start, finding.end, finding.message)
            self._found.setdefault(identity, finding)

    def taken(self) -> list[Finding]:
        """The findings since the last call."""
        findings = list(self._found.values())
        self._found.clear()
        return findings


def _options(rule: Rule, selection: Selection) -> tuple[Options, ...]:
    """The arguments of a check after its subject."""
    if rule.options is None:
        return ()
    return (selection.options.get(rule.code) or _defaults(rule.options),)


@cache
def _defaults(options: type[Options]) -> Options:
    return options.model_construct()


class _Places:
    """What the findings at a path have in common, however many rules find something there."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._places: dict[tuple[Path, str], Place] = {}
        self._ways: dict[Path, tuple[Related, ...]] = {}
        self._steps: dict[tuple[Path, bool], str] = {}

    def place(self, path: Path, focus: Focus) -> Place:
        # The value, for an enumeration takes a call to be found in a dictionary.
        found = self._places.get((path, focus._value_))
        if found is None:
            found = self._places[path, focus._value_] = self.reading.locate(path, focus)
        return found

    def way(self, path: Path) -> tuple[Related, ...]:
        """The places that a value came through."""
        found = self._ways.get(path)
        if found is None:
            found = self._ways[path] = tuple(_way(self.reading, path))
        return found

    def steps(self, path: Path, numbered: bool) -> str:
        """A path as one text, with or without the numbers of items."""
        found = self._steps.get((path, numbered))
        if found is None:
            found = self._steps[path, numbered] = _pointer(path, numbered)
        return found


def _pointer(path: Path, numbered: bool) -> str:
    kept = [step if isinstance(step, str) else str(step) if numbered else "-" for step in path]
    joined = "/".join(kept)
    if "~" in joined or joined.count("/") >= len(kept) > 0:
        return "/".join(step.replace("~", "~0").replace("/", "~1") for step in kept)
    return joined


def _finding(places: _Places, rule: Rule, problem: Problem, selection: Selection, counts: Counter[str]) -> Finding:
    if problem.diagnostic is not None:
        place_file, start, end = problem.diagnostic.file, problem.diagnostic.start, problem.diagnostic.end
    else:
        place = problem.place or places.place(problem.path, problem.focus)
        place_file, start, end = place.file, place.start, place.end
    severity = selection.severities.get(rule.code)
    if severity is None:
        severity = rule.severity if problem.severity is None else problem.severity
    return Finding(
        rule=rule,
        severity=severity,
        message=problem.message,
        label=problem.label,
        file=place_file,
        start=start,
        end=end,
        path=problem.path,
        fingerprint=_fingerprint(places, rule, place_file, problem, counts),
        fix=problem.fix,
        related=places.way(problem.path) + tuple(_see_also(places.reading, problem.related)),
        redact=problem.redact,
    )


def _fingerprint(places: _Places, rule: Rule, file: SourceFile, problem: Problem, counts: Counter[str]) -> str:
    """Stays the same when lines move or messages change; equal ones are counted, so that each is unique.

    Where the evidence tells which item of a list is meant, the item's number does not count: others may come before.
    A secret does not count: who has the digest could try what it may be, and a new secret at the place is no better.
    """
    evidence = "" if problem.redact else problem.evidence
    steps = places.steps(problem.path, not evidence)
    identity = "\0".join((rule.code, file.uri, steps, evidence))
    counts[identity] += 1
    return hashlib.sha256(f"{identity}\0{counts[identity]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _way(reading: Reading, path: Path) -> Iterator[Related]:
    for via in reading.way(path):
        if via.at is not None and via.way in _CAME_BY:
            node = via.at
            start, end = (node.key_start, node.key_end) if node.key_start >= 0 else (node.start, node.end)
            yield Related(node.file, node.file.region(start, end), _CAME_BY[via.way])


def _see_also(reading: Reading, others: Sequence[Path]) -> Iterator[Related]:
    for other in others:
        place = reading.locate(other)
        yield Related(place.file, place.file.region(place.start, place.end), "see also")
