"""Runs rules over a reading: problems in, findings out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property

from msgspec import Struct, field

from composeguard.engine.failure import RuleFailure
from composeguard.engine.finding import Finding, Related, finding_order
from composeguard.engine.one_cause import one_cause
from composeguard.engine.options import Options
from composeguard.engine.rule import Focus, Problem, Rule, Scope
from composeguard.engine.severity import Severity
from composeguard.engine.suppress import Comments
from composeguard.model.reading import Reading, shown
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path, Way, child

_CAME_BY = {
    Way.ALIAS: "the anchor is used here",
    Way.MERGE_KEY: "merged in here",
    Way.EXTENDS: "inherited by `extends` here",
    Way.INCLUDE: "included here",
    Way.OVERRIDE: "replaces the value here",
}


_Counts = dict[tuple[str, str, str], int]
"""How many findings of a rule have the same file, path and evidence so far."""


class Selection(Struct, frozen=True, dict=True):
    """The rules to run and the severities that a configuration gives them."""

    rules: tuple[Rule, ...]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    minimum: Severity = Severity.INFO
    options: Mapping[str, Options] = field(default_factory=dict)
    """By code, for the rules that a configuration says something of; the others have their defaults."""
    known: tuple[Rule, ...] = ()
    """All rules that are loaded, selected or not: what a comment may name."""

    @cached_property
    def codes(self) -> frozenset[str]:
        """Those of the rules to run."""
        return frozenset(rule.code for rule in self.rules)


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
    subjects: Mapping[Scope, Collection[object]] = {
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
        if judged := tuple(comments.judged(reading, selection.known, selection.codes - failed)):
            for rule in _of_scope(selection, Scope.SUPPRESSION):
                run.over(rule, judged)
            findings += comments.mark(run.taken())
    if run.failures:
        for rule in _of_scope(selection, Scope.FAILURE):
            run.over(rule, tuple(run.failures))
        findings += run.taken()
    wanted = (finding for finding in findings if finding.severity >= selection.minimum)
    return Outcome(tuple(sorted(wanted, key=finding_order)), tuple(run.failures))


def _of_scope(selection: Selection, scope: Scope) -> list[Rule]:
    return [rule for rule in selection.rules if rule.scope is scope]


class _Run:
    """What the rules have come to so far."""

    def __init__(self, reading: Reading, selection: Selection) -> None:
        self.failures: list[RuleFailure] = []
        self._reading = reading
        self._selection = selection
        self._places = _Places(reading)
        self._found: list[Finding] = []

    def over(self, rule: Rule, subjects: Collection[object]) -> None:
        """Call a rule with each subject."""
        if not subjects:
            return
        problems: list[Problem] = []
        options = () if rule.options is None else _options(rule, rule.options, self._selection)
        check = rule.check
        for subject in subjects:
            try:
                problems += check(subject, *options) if options else check(subject)
            except Exception as error:  # noqa: BLE001 -- a rule may fail in any way, and must be named
                where, path = getattr(subject, "name", ""), getattr(subject, "path", ())
                self.failures.append(RuleFailure.of(rule, where, error, path))
        if problems:
            about_the_run = rule.scope in (Scope.SUPPRESSION, Scope.FAILURE)
            self._found += self._findings(rule, problems if about_the_run else one_cause(self._reading, problems))

    def _findings(self, rule: Rule, problems: Sequence[Problem]) -> Iterable[Finding]:
        severity = self._selection.severities.get(rule.code)
        counts: _Counts = {}
        if len(problems) == 1:
            return [_finding(self._places, rule, problems[0], severity, counts)]
        # A service that is reached twice (an included file) yields the same finding twice.
        found: dict[tuple[object, ...], Finding] = {}
        for problem in problems:
            finding = _finding(self._places, rule, problem, severity, counts)
            found.setdefault((finding.start, finding.end, finding.message, finding.file.uri), finding)
        return found.values()

    def taken(self) -> list[Finding]:
        """The findings since the last call."""
        findings, self._found = self._found, []
        return findings


def _options(rule: Rule, kind: type[Options], selection: Selection) -> tuple[Options]:
    """The arguments of a check after its subject."""
    return (selection.options.get(rule.code) or _defaults(kind),)


@cache
def _defaults(options: type[Options]) -> Options:
    return options.model_construct()


class _Spot(Struct, frozen=True, gc=False):
    """What all findings at a path have in common."""

    node: Node | None
    file: SourceFile
    start: int
    end: int
    came: bool
    """Whether the value, or one that it is in, came by more than being written there."""
    way: tuple[Related, ...]
    """The places that the value came through."""
    steps: str
    """The path as one text."""
    unnumbered: str
    """The same without the numbers of items."""


class _Places:
    """Where findings stand; what they stand in is looked up once, however many there are."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._holders: dict[Path, _Spot] = {}

    def at(self, path: Path, focus: Focus) -> _Spot:
        """Where nothing stands, the nearest parent is shown by its key: most findings are about what is missing."""
        return self._below(self._holder(path[:-1]), path, focus) if path else self._top(focus)

    def _holder(self, path: Path) -> _Spot:
        found = self._holders.get(path)
        if found is None:
            found = self._holders[path] = self.at(path, Focus.KEY)
        return found

    def _top(self, focus: Focus) -> _Spot:
        root = self.reading.root
        came = root.via is not None
        way = tuple(_way(self.reading, ())) if came else ()
        place = shown(root, focus)
        return _Spot(root, place.file, place.start, place.end, came, way, "", "")

    def _below(self, above: _Spot, path: Path, focus: Focus) -> _Spot:
        step = path[-1]
        text = str(step).replace("~", "~0").replace("/", "~1")
        steps = f"{above.steps}/{text}"
        unnumbered = f"{above.unnumbered}/{'-' if isinstance(step, int) else text}"
        node = child(above.node, step) if above.node is not None else None
        if node is None:
            return _Spot(None, above.file, above.start, above.end, above.came, above.way, steps, unnumbered)
        came = above.came or node.via is not None
        way = tuple(_way(self.reading, path)) if came else ()
        place = shown(node, focus)
        return _Spot(node, place.file, place.start, place.end, came, way, steps, unnumbered)


def _finding(places: _Places, rule: Rule, problem: Problem, severity: Severity | None, counts: _Counts) -> Finding:
    spot = places.at(problem.path, problem.focus)
    place = problem.diagnostic or problem.place or spot
    if severity is None:
        severity = rule.severity if problem.severity is None else problem.severity
    related = spot.way
    if problem.related:
        related += tuple(_see_also(places.reading, problem.related))
    return Finding(
        rule,
        severity,
        problem.message,
        problem.label,
        place.file,
        place.start,
        place.end,
        problem.path,
        _identity(rule, place.file, spot, problem, counts),
        problem.fix,
        related,
        redact=problem.redact,
    )


def _identity(rule: Rule, file: SourceFile, spot: _Spot, problem: Problem, counts: _Counts) -> str:
    """Stays the same when lines move or messages change; equal ones are counted, so that each is unique.

    Where the evidence tells which item of a list is meant, the item's number does not count: others may come before.
    A secret does not count: who has the digest could try what it may be, and a new secret at the place is no better.
    """
    evidence = "" if problem.redact else problem.evidence
    steps = spot.unnumbered if evidence else spot.steps
    known = (file.uri, steps, evidence)
    counts[known] = count = counts.get(known, 0) + 1
    return f"{rule.code}\0{file.uri}\0{steps[1:]}\0{evidence}\0{count}"


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
