"""The tests of policies: their own examples, and files that mark lines with `# expect: CODE` and `# ok: CODE`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path

from msgspec import Struct, field

from composeguard.commands.cases import Case, CrashError, fixed, marked, passed, without_marks
from composeguard.engine.registry import near
from composeguard.engine.rule import Example, Rule
from composeguard.errors import UsageError
from composeguard.policy.load import PACK_FILE

_ENDINGS = (".yml", ".yaml")
_MAXIMUM_BYTES = 1024 * 1024
_EXAMPLE = "example.yml"


class Trial(Struct, frozen=True):
    """One test: a text, what each policy is to find in it, and what their fixes are to make of it."""

    name: str
    cases: tuple[Case, ...]
    fixed: str | None = None
    fault: str = ""
    """Why it is no test."""


class Result(Struct):
    """What tests came to."""

    tests: int = 0
    failures: list[tuple[str, list[str]]] = field(default_factory=list)
    """The name of a test, and lines that say what is wrong."""
    found: set[str] = field(default_factory=set)
    """Policies that found what a test marks."""
    silent: set[str] = field(default_factory=set)
    """Policies that were silent where a test says that all is right."""


def policy_files_in(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The files of policies and the test files at some paths, folders walked.

    Raises:
        UsageError: there is nothing at a path.
    """
    policies: list[Path] = []
    tests: list[Path] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
        for file in _walk(path):
            if _is_golden(file) or file.name == PACK_FILE:
                continue
            text = read(file)
            if _holds_policies(text):
                policies.append(file)
            elif file == path or _is_test(file, text):
                tests.append(file)
    return policies, tests


def _walk(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        yield from (Path(folder) / name for name in sorted(files) if name.endswith(_ENDINGS))


def read(path: Path) -> str:
    """A file as text; what is no text has no tests."""
    with path.open("rb") as stream:
        return stream.read(_MAXIMUM_BYTES).decode("utf-8", "replace")


def _is_golden(path: Path) -> bool:
    return path.stem.endswith(".fixed")


def _is_test(path: Path, text: str) -> bool:
    if path.stem.endswith((".bad", ".good")):
        return True
    return any(marked(line) or passed(line) for line in text.splitlines())


def _holds_policies(text: str) -> bool:
    return any(line.startswith(("policies:", '"policies":', "{policies:")) for line in text.splitlines())


def trials(policies: Sequence[Rule], files: Sequence[Path]) -> Iterator[Trial]:
    """The examples of each policy, then the files."""
    for rule in policies:
        for number, example in enumerate(rule.examples, start=1):
            name = f"{rule.code} example {number}"
            if example.bad:
                case = _of_example(rule, example, name, "bad", known=tuple(policies))
                yield Trial(f"{name} bad", (case,), example.fixed or None)
            if example.good:
                case = _of_example(rule, example, name, "good", known=tuple(policies))
                yield Trial(f"{name} good", (case,))
    by_code = {rule.code: rule for rule in policies}
    for path in files:
        yield _of_file(path, by_code)


def _of_example(rule: Rule, example: Example, name: str, kind: str, known: tuple[Rule, ...]) -> Case:
    return Case(
        rule,
        name,
        kind,
        example.bad if kind == "bad" else example.good,
        Path.cwd() / "examples",
        _EXAMPLE,
        settings=example.settings,
        files=example.files,
        known=known,
    )


def _of_file(path: Path, by_code: dict[str, Rule]) -> Trial:
    text = read(path)
    wrong = {code for line in text.splitlines() for code in marked(line)}
    right = {code for line in text.splitlines() for code in passed(line)}
    unknown = sorted((wrong | right) - by_code.keys())
    if unknown:
        return Trial(str(path), (), fault=f"there is no policy {unknown[0]}{near(unknown[0], by_code)}")
    codes = wrong | right or (by_code.keys() if path.stem.endswith(".good") else set())
    if not codes:
        return Trial(str(path), (), fault="names no policy: end lines with `# expect: CODE` or `# ok: CODE`")
    cases = tuple(
        Case(
            by_code[code],
            str(path),
            "bad" if code in wrong else "good",
            text,
            path.absolute().parent,
            path.name,
            known=tuple(by_code.values()),
        )
        for code in sorted(codes)
    )
    golden = path.with_name(f"{path.stem.removesuffix('.bad')}.fixed{path.suffix}")
    return Trial(str(path), cases, read(golden) if golden.is_file() else None)


def judge(trial: Trial, result: Result) -> None:
    """Run one test, and write down what it came to."""
    result.tests += 1
    wrong = [trial.fault] if trial.fault else []
    try:
        for case in trial.cases:
            wrong += _lines(case, result)
        if not wrong and trial.fixed is not None:
            wrong += _fix(trial, trial.fixed)
    except CrashError as error:
        wrong.append(str(error))
    if wrong:
        result.failures.append((trial.name, wrong))


def _lines(case: Case, result: Result) -> Iterator[str]:
    """Where findings and marks differ."""
    reading = case.reading()
    broken = [each.message for each in reading.diagnostics if each.kind.name == "UNREADABLE"]
    if broken:
        yield f"cannot be read: {broken[0]}"
        return
    found = {
        (finding.uri, finding.region.start_line): finding.message for finding in case.findings(reading, [case.rule])
    }
    expected = case.expected(reading)
    code = case.rule.code
    if not expected and case.kind == "bad":
        yield f"marks no line with `# expect: {code}`"
    for place in sorted({*expected, *found}):
        if place not in found:
            yield f"line {place[1]}: {code} is expected, and not found"
        elif place not in expected:
            yield f"line {place[1]}: {code} is found, and not expected: {found[place]}"
    if found and set(found) == set(expected):
        result.found.add(code)
    says_ok = any(code in passed(line) for line in case.text.splitlines())
    if (not found and not expected) or (says_ok and set(found) == set(expected)):
        result.silent.add(code)


def _fix(trial: Trial, golden: str) -> Iterator[str]:
    """How what the fixes make differs from what is shown."""
    first = trial.cases[0]
    rules = [case.rule for case in trial.cases]
    outcome = fixed(first, first.known, rules)
    made = outcome.files[0].text if outcome.files else without_marks(first.text)
    if made != golden:
        yield "the fixes make another text:"
        yield from (
            line.rstrip("\n")
            for line in unified_diff(golden.splitlines(True), made.splitlines(True), "shown", "made", n=2)
        )
        yield from (f"not fixed: {each.finding.message}: {each.reason}" for each in outcome.refused)
