"""Compare the loader with the reference on random projects, for as long as wanted.

python -m tests.differential --minutes 10 --seed 1 --save DIR

Every kind of disagreement is shrunk to a small project and saved once, in the form of a conformance case.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from msgspec import Struct, field
from tests.json_value import Json
from tests.oracle import Answer, Oracle, OracleError
from tests.projects_strategy import Project, projects
from tests.recorded_case import placed, placed_json, write_answer
from tests.resolve_adapter import Resolved, Resolver, resolve_json
from tests.same_answer import differences

# The reference walks maps in random order; an answer that it gives at times is a right one.
REPEATS = 12
EXAMPLES_A_ROUND = 300


class Disagreement(Struct, frozen=True):
    """A project that the reference reads in another way. `kind` is equal for what is likely the same cause."""

    kind: str
    text: str
    project: Project
    answer: Answer
    ours: Resolved


class Comparison(Struct):
    """Runs both loaders in one folder, which is emptied before every project."""

    oracle: Oracle
    resolve: Resolver
    folder: Path
    known: set[str] = field(default_factory=set)
    """Kinds of disagreement that are passed over."""
    compared: int = 0
    without_verdict: int = 0

    def disagreement(self, project: Project) -> Disagreement | None:
        """Compare one project; None when both agree, or when the reference has no verdict or an unstable one."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        project.write(self.folder)
        answer = self.oracle.load(self.folder, project.request)
        if answer.result not in ("accept", "reject"):
            self.without_verdict += 1
            return None
        self.compared += 1
        ours = self.resolve(self.folder, project.request)
        found = _compare(project, answer, ours)
        if found is None or found.kind in self.known:
            return None
        for _ in range(REPEATS):
            if _compare(project, self.oracle.load(self.folder, project.request), ours) is None:
                return None
        return found


def _compare(project: Project, answer: Answer, ours: Resolved) -> Disagreement | None:
    if answer.result != ours.result:
        reason = answer.error if answer.result == "reject" else "; ".join(ours.errors)
        kind = f"reference says {answer.result}: {_general(reason)}"
        return Disagreement(
            kind, f"reference: {answer.result}, composeguard: {ours.result}: {reason}", project, answer, ours
        )
    if answer.result == "reject":
        return None
    found = differences(ours.project, answer.project)
    if not found:
        return None
    first = found[0]
    shape = "missing" if first.got == "absent" else "extra" if first.want == "absent" else "other"
    kind = f"{shape} {_general(first.path)}"
    return Disagreement(kind, "\n".join(map(str, found)), project, answer, ours)


def _general(text: str) -> str:
    """The text without what differs between projects: paths, quoted names, numbers, names of services."""
    text = re.sub(r"/\S+", "PATH", text)
    text = re.sub(r'"[^"]*"|\'[^\']*\'', "NAME", text)
    text = re.sub(r"\b(services|jobs|networks|volumes|secrets|configs|models)\.[\w-]+", r"\1.*", text)
    text = re.sub(r"\d+", "N", text)
    return text.splitlines()[0][:100] if text else "no reason given"


def search(comparison: Comparison, number: int, examples: int = EXAMPLES_A_ROUND) -> Disagreement | None:
    """One round of random projects from the seed `number`: the smallest project of a new kind, or None."""
    failures: list[Disagreement] = []

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(projects())
    def agree(project: Project) -> None:
        found = comparison.disagreement(project)
        # Shrinking must not slip from one cause into another.
        if found is not None and (not failures or found.kind == failures[0].kind):
            failures.append(found)
            raise AssertionError(found.kind)

    try:
        agree()
    except AssertionError:
        if not failures:
            raise
    return failures[-1] if failures else None


def save(found: Disagreement, folder: Path, at: Path) -> Path:
    """Write a disagreement that was met in `folder` below `at`, without the folder's path; gives the new folder."""
    name = re.sub(r"[^A-Za-z]+", "-", found.kind).strip("-").lower()[:60]
    case = at / name
    for n in range(2, 1000):
        if not case.exists():
            break
        case = at / f"{name}-{n}"
    case.mkdir(parents=True)
    found.project.write(case)
    _write(case / "case.json", found.project.request.as_json())
    write_answer(found.answer, folder, case)
    ours: Json = found.ours.project if found.ours.result == "accept" else [*found.ours.errors]
    _write(case / "ours.json", placed_json(ours, folder))
    (case / "difference.txt").write_text(placed(found.text, folder) + "\n", "utf-8")
    return case


def _write(path: Path, value: Json) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")


def run(minutes: float, first_seed: int, at: Path, say: Callable[[str], None], resolve: Resolver = resolve_json) -> int:
    """Search round after round until the time is over; gives the number of kinds of disagreement."""
    end = time.monotonic() + minutes * 60
    number = first_seed
    with Oracle() as oracle, tempfile.TemporaryDirectory() as parent:
        comparison = Comparison(oracle, resolve, Path(parent).resolve() / "project")
        while time.monotonic() < end:
            found = search(comparison, number)
            if found is None:
                number += 1
                continue
            comparison.known.add(found.kind)
            case = save(found, comparison.folder, at)
            say(f"{case.name}: {found.kind}")
        say(
            f"{comparison.compared} projects compared, seeds {first_seed} to {number}, "
            f"{comparison.without_verdict} without a verdict, {len(comparison.known)} kinds of disagreement"
        )
        return len(comparison.known)


def main() -> int:
    """The command line: 0 without disagreement, 1 with one, 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=Path, required=True, help="the folder that takes the failing projects")
    options = parser.parse_args()
    try:
        kinds = run(options.minutes, options.seed, options.save, lambda line: print(line, flush=True))  # noqa: T201
    except (OracleError, pytest.skip.Exception) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
