"""`composeguard fix`: plans proved edits for each project, and writes or shows them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from composeguard.commands.deadline import OutOfTimeError, deadline
from composeguard.commands.lint import Linter
from composeguard.commands.options import FixOptions
from composeguard.commands.outcome import distinct, exit_code, notes_to_stderr
from composeguard.commands.render import render_options
from composeguard.commands.result import Result
from composeguard.commands.shown_diff import shown_diff
from composeguard.engine.finding import Finding
from composeguard.engine.report import Report
from composeguard.fix.judge import Checked
from composeguard.fix.plan import FilePlan, Plan, Refused, plan
from composeguard.fix.refusal import Refusal
from composeguard.fix.write import write
from composeguard.report.escape import visible
from composeguard.report.style import Style
from composeguard.source.collector import collector_off
from composeguard.source.decode import encode

if TYPE_CHECKING:
    from composeguard.report.options import RenderOptions
    from composeguard.source.file import SourceFile


class _Tally(Struct):
    """What a run has come to, for the report and the exit code."""

    fixed: list[Finding] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unsafe: list[Finding] = field(default_factory=list)
    lost: dict[str, tuple[str, ...]] = field(default_factory=dict)
    remaining: int = 0
    """Findings that no fix took away."""
    originals: dict[str, SourceFile] = field(default_factory=dict)
    """By path: each file that changes, as it was before the run."""
    texts: dict[str, str] = field(default_factory=dict)


def run_fix(options: FixOptions) -> int:
    """Fix all projects, one after the other: a file that two of them share is read again after it was written."""
    linter = Linter(options, judging=True)
    results: list[Result] = []
    tally = _Tally()
    choose = _asking(options) if options.interactive else _all
    for result in linter.results():
        start = Checked(result.reading.root, result.judged)
        wanted = choose(start, result)
        try:
            with deadline(options.timeout), collector_off():
                done, after = _plan(linter, result, options, start, wanted)
        except OutOfTimeError:
            linter.fail(result.project, f"no fixes planned within {options.timeout:g} seconds")
            continue
        unwritten = _write(linter, done, options, tally)
        # What is written is looked for in the new text; what a diff shows, in the file as it is.
        places = result if options.diff or after is None else after
        tally.refused.extend((*_refused_there(places, done.refused), *_refused_there(result, unwritten)))
        tally.unsafe.extend(done.skipped_unsafe)
        lost = {each.finding.identity for each in unwritten}
        fixed = (each.finding for each in done.applied if each.finding.identity not in lost)
        tally.fixed.extend(_as_seen(result, fixed))
        # What was written whole was checked as it is now, before it was written.
        results.append(linter.check(result.project) if unwritten or after is None else after)
    tally.remaining = sum(finding.suppression is None for finding in distinct(results))
    if options.diff:
        _show_diff(tally, Style(render_options(options, sys.stdout)))
    if not options.quiet:
        stream = sys.stderr if options.diff else sys.stdout
        stream.write("".join(_summary(tally, options, render_options(options, stream))))
        notes_to_stderr(results, render_options(options, sys.stderr))
    worst = exit_code(linter, results)
    if options.diff and worst < 2:
        return 1 if tally.texts else 0
    return worst


_Choice = Callable[[Finding], bool]


def _all(start: Checked, result: Result) -> _Choice:
    """The findings of the rules that were asked for: `start` may hold others, for what a fix would bring."""
    codes = {rule.code for rule in result.selection.rules}
    return lambda finding: finding.code in codes and finding.severity >= result.selection.minimum


def _asking(options: FixOptions) -> Callable[[Checked, Result], _Choice]:
    """Those of them that somebody agrees to."""
    from composeguard.commands.ask import Asker

    asker = Asker(render_options(options, sys.stderr))

    def choose(start: Checked, result: Result) -> _Choice:
        report = Report.of(distinct([result]), version="", files=(), notes=result.notes, rules=result.selection.rules)
        chosen = asker.chosen(start, report, _all(start, result))
        return lambda finding: finding.identity in chosen

    return choose


def _plan(
    linter: Linter, result: Result, options: FixOptions, start: Checked, wanted: _Choice
) -> tuple[Plan, Result | None]:
    """The plan, and the project as it is then, if it was read last."""
    latest = (start, result)

    def recheck(overlay: Mapping[str, SourceFile]) -> Checked:
        nonlocal latest
        again = linter.check(result.project, overlay)
        latest = (Checked(again.reading.root, again.judged), again)
        return latest[0]

    words = {word.lower() for word in (*options.select, *options.extend_select)}
    named = {rule.code for rule in linter.rules if rule.code.lower() in words or rule.name in words}
    done = plan(
        start,
        recheck,
        allow_unsafe=options.unsafe or options.interactive,
        wanted=wanted,
        by_name=lambda finding: options.interactive or finding.code in named,
    )
    return done, latest[1] if latest[0] is done.after else None


def _as_seen(result: Result, fixed: Iterable[Finding]) -> Iterator[Finding]:
    """The findings at their places in a text: those of other rounds know only the places in what was edited then."""
    before: dict[str, Finding] = {}
    by_message: dict[tuple[str, str], Finding] = {}
    for finding in fixed:
        if not before:
            before = {each.identity: each for each in result.judged}
        there = before.get(finding.identity)
        if there is None and not by_message:
            by_message = {(each.code, each.message): each for each in result.judged}
        yield there or by_message.get((finding.code, finding.message)) or finding


def _refused_there(result: Result, refused: Sequence[Refused]) -> Iterator[Refused]:
    for each, finding in zip(refused, _as_seen(result, [each.finding for each in refused]), strict=True):
        yield Refused(finding, each.reason)


def _write(linter: Linter, done: Plan, options: FixOptions, tally: _Tally) -> list[Refused]:
    """Write the files of a plan, or remember them for the diff; gives back what could not be written."""
    refused: list[Refused] = []
    for each in done.files:
        path = each.file.path
        try:
            if path in linter.inputs.overlay and not options.diff:
                raise Refusal("standard input cannot be fixed in place; `--diff` shows what would change")
            if options.diff:
                linter.inputs.overlay[path] = encode(each.file, each.text)
            else:
                write(each.file, each.text)
        except Refusal as refusal:
            refused.extend(_refused(done, each, str(refusal)))
            continue
        tally.originals.setdefault(path, each.file)
        tally.texts[path] = each.text
        tally.lost[path] = each.lost
    if done.files:
        linter.forget()
    return refused


def _refused(done: Plan, unwritten: FilePlan, reason: str) -> list[Refused]:
    path = unwritten.file.path
    return [Refused(each.finding, reason) for each in done.applied if each.finding.file.path == path]


def _show_diff(tally: _Tally, style: Style) -> None:
    for path, text in sorted(tally.texts.items()):
        file = tally.originals[path]
        sys.stdout.writelines(shown_diff(file, text, style))


def _summary(tally: _Tally, options: FixOptions, names: RenderOptions) -> list[str]:
    from composeguard.report.likely import masked

    style = Style(names)
    lines: list[str] = []
    notes: dict[str, str] = {}
    verb = "would fix" if options.diff else "fixed"
    for finding in tally.fixed:
        if finding.fix is not None:
            lines.append(f"{style.good(verb)} {_named(finding, names)}: {visible(finding.fix.title)}\n")
            if finding.fix.note:
                notes.setdefault(f"{finding.code} {finding.rule.name}", finding.fix.note)
    for path, comments in sorted(tally.lost.items()):
        name = visible(names.name(tally.originals[path]))
        lines.extend(f"      {name}: removed with its entry: {visible(masked(comment))}\n" for comment in comments)
    lines.extend(
        f"{style.strong('left alone')} {_named(each.finding, names)}: {visible(each.reason)}\n"
        for each in tally.refused
    )
    if notes:
        lines.append("what the unsafe fixes can break:\n")
        lines.extend(f"  {visible(rule)}: {visible(note)}\n" for rule, note in notes.items())
    count = len(tally.fixed)
    files = len(tally.texts)
    total = f"{verb} {count:,} finding{'s' * (count != 1)} in {files:,} file{'s' * (files != 1)}"
    if tally.refused:
        total += f"; left {len(tally.refused):,} alone"
    if tally.unsafe:
        total += f"; `composeguard fix --unsafe` would fix {len(tally.unsafe):,} more"
    if tally.remaining:
        total += f"; {tally.remaining:,} {'finding remains' if tally.remaining == 1 else 'findings remain'}"
    lines.append(f"{total}\n")
    return lines


def _named(finding: Finding, names: RenderOptions) -> str:
    region = finding.region
    place = f"{names.name(finding.file)}:{region.start_line}:{region.start_column}"
    service = f" {finding.path[1]}" if len(finding.path) > 1 and isinstance(finding.path[1], str) else ""
    return f"{visible(place)} {finding.code}{visible(service)}"
