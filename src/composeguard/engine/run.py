"""Runs rules over a reading: problems in, findings out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from composeguard.engine.finding import Finding, Related, finding_order
from composeguard.engine.one_cause import one_cause
from composeguard.engine.options import Options
from composeguard.engine.rule import Problem, Rule, Scope
from composeguard.engine.severity import Severity
from composeguard.engine.suppress import suppress
from composeguard.model.reading import Reading
from composeguard.source.file import SourceFile
from composeguard.source.node import Path, Way

_CAME_BY = {
    Way.ALIAS: "the anchor is used here",
    Way.MERGE_KEY: "merged in here",
    Way.EXTENDS: "inherited by `extends` here",
    Way.INCLUDE: "included here",
    Way.OVERRIDE: "replaces the value here",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules to run and the severities that a configuration gives them."""

    rules: tuple[Rule, ...]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    minimum: Severity = Severity.INFO
    options: Mapping[str, Options] = field(default_factory=dict)
    """By code, for the rules that a configuration says something of; the others have their defaults."""


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """A rule that crashed (CG906): a fault of the rule, and an error of the run."""

    rule: Rule
    where: str
    error: Exception


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules found in one project, in order of place; suppressed findings are marked, not left out."""

    findings: tuple[Finding, ...]
    failures: tuple[RuleFailure, ...]


def check(reading: Reading, selection: Selection, *, inline: bool = True) -> Outcome:
    """Run every selected rule over one project; `inline` honours the comments that accept findings."""
    failures: list[RuleFailure] = []
    found: dict[tuple[object, ...], Finding] = {}
    counts: Counter[str] = Counter()
    subjects = _subjects(reading)
    for rule in selection.rules:
        problems: list[Problem] = []
        options = _options(rule, selection)
        for subject in subjects[rule.scope]():
            try:
                problems.extend(rule.check(subject, *options))
            except Exception as error:  # noqa: BLE001 -- a rule may fail in any way, and must be named
                failures.append(RuleFailure(rule, getattr(subject, "name", ""), error))
        for problem in one_cause(reading, problems):
            finding = _finding(reading, rule, problem, selection, counts)
            if finding.severity < selection.minimum:
                continue
            # A service that is reached twice (an included file) yields the same finding twice.
            identity = (rule.code, finding.uri, finding.start, finding.end, finding.message)
            found.setdefault(identity, finding)
    ordered = sorted(suppress(found.values()) if inline else found.values(), key=finding_order)
    return Outcome(tuple(ordered), tuple(failures))


def _options(rule: Rule, selection: Selection) -> tuple[Options, ...]:
    """The arguments of a check after its subject."""
    if rule.options is None:
        return ()
    return (selection.options.get(rule.code) or rule.options.model_construct(),)


def _subjects(reading: Reading) -> Mapping[Scope, Callable[[], Iterable[object]]]:
    containers = tuple(reading.project.containers())
    return {
        Scope.CONTAINER: lambda: containers,
        Scope.SERVICE: lambda: reading.project.services.values(),
        Scope.READING: lambda: (reading,),
        Scope.DIAGNOSTIC: lambda: reading.diagnostics,
    }


def _finding(reading: Reading, rule: Rule, problem: Problem, selection: Selection, counts: Counter[str]) -> Finding:
    if problem.diagnostic is not None:
        place_file, start, end = problem.diagnostic.file, problem.diagnostic.start, problem.diagnostic.end
    else:
        place = reading.locate(problem.path, problem.focus)
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
        fingerprint=_fingerprint(rule, place_file, problem, counts),
        fix=problem.fix,
        related=tuple(_related(reading, problem.path, problem.related)),
        redact=problem.redact,
    )


def _fingerprint(rule: Rule, file: SourceFile, problem: Problem, counts: Counter[str]) -> str:
    """Stays the same when lines move or messages change; equal ones are counted, so that each is unique."""
    steps = "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in problem.path)
    identity = "\0".join((rule.code, file.uri, steps, problem.evidence))
    counts[identity] += 1
    return hashlib.sha256(f"{identity}\0{counts[identity]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _related(reading: Reading, path: Path, others: Sequence[Path]) -> Iterator[Related]:
    for via in reading.way(path):
        if via.at is not None and via.way in _CAME_BY:
            node = via.at
            start, end = (node.key_start, node.key_end) if node.key_start >= 0 else (node.start, node.end)
            yield Related(node.file, node.file.region(start, end), _CAME_BY[via.way])
    for other in others:
        place = reading.locate(other)
        yield Related(place.file, place.file.region(place.start, place.end), "see also")
