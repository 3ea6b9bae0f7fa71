"""One finding a cause: leaves out what an inherited value or a value that could not be read says a second time."""

from __future__ import annotations

from collections.abc import Sequence

from composeguard.compose.diagnostic import Kind
from composeguard.engine.rule import Problem
from composeguard.model.reading import Reading
from composeguard.model.service import Workload
from composeguard.source.node import Path


def one_cause(reading: Reading, problems: Sequence[Problem]) -> Sequence[Problem]:
    """The problems of one rule without

    - those of a `pre_start` step that its service has as well: the step inherits the value, or its absence;
    - those about a missing key that is there, but was left out because the reference cannot bind its value;
    - those about a missing key of a service that does not say what to run: a fragment, of which the rest is
      elsewhere, or a `provider`, which is no container.
    """
    left_out, idle, has_steps = _of(reading)
    if not (left_out or idle or has_steps):
        return problems
    known = {(problem.path, problem.evidence) for problem in problems}
    return [
        problem
        for problem in problems
        if not (
            problem.diagnostic is None
            and problem.place is None
            and problem.path[:2] in idle
            and reading.node(problem.path) is None
        )
        and not _is_inherited(reading, problem, known)
        and not _is_left_out(reading, problem, left_out)
    ]


def _of(reading: Reading) -> tuple[frozenset[Path], frozenset[Path], bool]:
    """What could not be read, what has nothing to run, whether a service has steps; found out once for all rules."""
    known = reading.cached.get(__name__)
    if known is None:
        left_out = _left_out(reading)
        has_steps = any(service.pre_start for service in reading.project.services.values())
        known = reading.cached[__name__] = left_out, _without_program(reading, left_out), has_steps
    return known  # type: ignore[return-value]


def _is_inherited(reading: Reading, problem: Problem, known: set[tuple[Path, str]]) -> bool:
    path = problem.path
    if len(path) < 4 or path[0] != "services" or path[2] != "pre_start":
        return False
    service = (*path[:2], *path[4:])
    if (service, problem.evidence) not in known:
        return False
    own, inherited = reading.node(path), reading.node(service)
    if own is None or inherited is None:
        return own is inherited
    return (own.file, own.start, own.end) == (inherited.file, inherited.start, inherited.end)


def _is_left_out(reading: Reading, problem: Problem, left_out: frozenset[Path]) -> bool:
    if problem.diagnostic is not None or problem.path not in left_out:
        return False
    node = reading.node(problem.path)
    return node is None or node.value in (None, [], {})


def _left_out(reading: Reading) -> frozenset[Path]:
    """The paths at or below which a value could not be bound, those of whole services excepted."""
    return frozenset(
        diagnostic.path[:length]
        for diagnostic in reading.diagnostics
        if diagnostic.kind is Kind.SCHEMA
        for length in range(3, len(diagnostic.path) + 1)
    )


def _without_program(reading: Reading, left_out: frozenset[Path]) -> frozenset[Path]:
    project = reading.project
    workloads: tuple[Workload, ...] = (*project.services.values(), *project.jobs.values())
    return frozenset(
        workload.path
        for workload in workloads
        if not workload.image and workload.build is None and not left_out & {workload.at("image"), workload.at("build")}
    )
