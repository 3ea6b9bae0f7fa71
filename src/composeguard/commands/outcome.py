"""What a run comes to: its exit code, and what people are told beside the report."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from composeguard.commands.options import CheckOptions
from composeguard.commands.result import Result
from composeguard.compose.diagnostic import Kind
from composeguard.engine.finding import Finding
from composeguard.engine.report import Changes, Report
from composeguard.engine.rule import Scope
from composeguard.engine.severity import Severity
from composeguard.report.escape import visible
from composeguard.report.full import render_note
from composeguard.report.options import RenderOptions

if TYPE_CHECKING:
    from composeguard.commands.lint import Linter


Key = tuple[str, str, int, int, str]
"""What tells a finding from others, whichever project says it."""


def key(finding: Finding) -> Key:
    """Files of two repositories can have the same name in reports, but not the same path."""
    return finding.code, finding.file.path, finding.start, finding.end, finding.message


def distinct(results: Iterable[Result]) -> list[Finding]:
    """The findings of all projects; one in a file that several projects read is said once."""
    found: dict[Key, Finding] = {}
    for result in results:
        for finding in result.outcome.findings:
            found.setdefault(key(finding), finding)
    return list(found.values())


def edits_in(report: Report, results: Iterable[Result]) -> dict[int, Changes]:
    """The proved edits of all projects, by the place of their finding in the report."""
    places = {id(finding): index for index, finding in enumerate(report.findings)}
    edits: dict[int, Changes] = {}
    for result in results:
        for number, some in result.told.edits.items():
            place = places.get(id(result.outcome.findings[number]))
            if place is not None:
                edits[place] = some
    return edits


_LOCKED_FAILS_ON = "low"


def exit_code(linter: Linter, results: Iterable[Result]) -> int:
    """0 clean or below the threshold, 1 findings at or above it, 2 where something could not be seen or judged."""
    return 2 if linter.failed else max((code_of(linter, result) for result in results), default=0)


def code_of(linter: Linter, result: Result) -> int:
    """The exit code that one project asks for."""
    options = linter.options
    unseen = any(
        note.kind is Kind.UNREADABLE or (note.kind is Kind.GAP and not options.allow_partial) for note in result.notes
    )
    if unseen or result.outcome.failures:
        return 2
    if isinstance(options, CheckOptions) and options.exit_zero:
        return 0
    said = options.fail_on if isinstance(options, CheckOptions) else None
    least = {False: result.settings.fail_on, True: said or linter.equipment.fail_on or _LOCKED_FAILS_ON}
    """What is locked fails the run whatever the repository says: only the command line changes that."""
    for finding in result.outcome.findings:
        fail_on = least[finding.rule.locked]
        if fail_on != "never" and finding.severity >= Severity[fail_on.upper()] and finding.suppression is None:
            return 1
    return 0


def notes_to_stderr(results: Iterable[Result], options: RenderOptions, reported: Sequence[Finding] = ()) -> None:
    """What is worth a word, or makes the run fail, and is not among the findings that the report shows."""
    lines = (line for result in results for line in notes_of(result, options, reported))
    sys.stderr.writelines(dict.fromkeys(lines))


def notes_of(result: Result, options: RenderOptions, reported: Sequence[Finding]) -> Iterator[str]:
    """The same of one project, a line each."""
    if not (result.notes or result.outcome.failures):
        return
    shown = {(finding.uri, finding.start) for finding in reported if finding.rule.always}
    said = {finding.message for finding in reported if finding.rule.scope is Scope.FAILURE}
    for note in result.notes:
        if note.kind is Kind.NOTE or (note.file.uri, note.start) not in shown:
            yield render_note(note, options)
    for failure in result.outcome.failures:
        if failure.message not in said:
            yield f"error: {visible(failure.message)}\n"


_STALE_SHOWN = 10


def stale_to_stderr(linter: Linter) -> None:
    """The exemptions that have expired, and the entries of baselines that can go."""
    for line in linter.configurations.expired(linter.today):
        sys.stderr.write(f"note: {visible(line)}\n")
    for baseline, entries in linter.baselines.stale(linter.exists):
        count = len(entries)
        many = f"{count:,} stale {'entry' if count == 1 else 'entries'}"
        lines = [f"note: {baseline.name} has {many}, of findings that are gone; `composeguard baseline prune` removes "]
        lines[0] += "it\n" if count == 1 else "them\n"
        lines += [f"  {entry.code} {entry.file} {entry.path}\n" for entry in entries[:_STALE_SHOWN]]
        if count > _STALE_SHOWN:
            lines.append(f"  and {count - _STALE_SHOWN:,} more\n")
        sys.stderr.writelines(visible(line.rstrip("\n")) + "\n" for line in lines)
