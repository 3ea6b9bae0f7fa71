"""`composeguard fix`: plans proved edits for each project, and writes or shows them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from composeguard.commands.lint import Linter, Result, exit_code, notes_to_stderr
from composeguard.commands.options import FixOptions
from composeguard.commands.render import render_options
from composeguard.fix.diff import unified_diff
from composeguard.fix.judge import Checked
from composeguard.fix.plan import FilePlan, Plan, Refused, plan
from composeguard.fix.refusal import Refusal
from composeguard.fix.write import encode, write
from composeguard.report.escape import visible
from composeguard.report.style import Style

if TYPE_CHECKING:
    from composeguard.engine.finding import Finding
    from composeguard.source.file import SourceFile


@dataclass(slots=True)
class _Tally:
    """What a run has come to, for the report and the exit code."""

    fixed: list[Finding] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    unsafe: list[Finding] = field(default_factory=list)
    lost: dict[str, tuple[str, ...]] = field(default_factory=dict)
    originals: dict[str, SourceFile] = field(default_factory=dict)
    """By path: each file that changes, as it was before the run."""
    texts: dict[str, str] = field(default_factory=dict)


def run_fix(options: FixOptions) -> int:
    """Fix all projects, one after the other: a file that two of them share is read again after it was written."""
    linter = Linter(options, judging=True)
    results: list[Result] = []
    tally = _Tally()
    for result in linter.results():
        done = _plan(linter, result, options)
        unwritten = _write(linter, done, options, tally)
        tally.refused.extend((*done.refused, *unwritten))
        tally.unsafe.extend(done.skipped_unsafe)
        lost = {each.finding.fingerprint for each in unwritten}
        tally.fixed.extend(each.finding for each in done.applied if each.finding.fingerprint not in lost)
        results.append(linter.check(result.project) if done.files else result)
    style = Style(render_options(options, sys.stdout if not options.diff else sys.stderr))
    if options.diff:
        _show_diff(tally, Style(render_options(options, sys.stdout)))
    if not options.quiet:
        stream = sys.stderr if options.diff else sys.stdout
        stream.write("".join(_summary(tally, options, style)))
        notes_to_stderr(results, render_options(options, sys.stderr))
    worst = exit_code(results, options)
    if options.diff and worst < 2:
        return 1 if tally.texts else 0
    return worst


def _plan(linter: Linter, result: Result, options: FixOptions) -> Plan:
    codes = {rule.code for rule in result.selection.rules}

    def wanted(finding: Finding) -> bool:
        return finding.code in codes and finding.severity >= result.selection.minimum

    def recheck(overlay: Mapping[str, bytes]) -> Checked:
        again = linter.check(result.project, overlay)
        return Checked(again.reading.root, again.judged)

    return plan(Checked(result.reading.root, result.judged), recheck, allow_unsafe=options.unsafe, wanted=wanted)


def _write(linter: Linter, done: Plan, options: FixOptions, tally: _Tally) -> list[Refused]:
    """Write the files of a plan, or remember them for the diff; gives back what could not be written."""
    refused: list[Refused] = []
    for each in done.files:
        path = each.file.path
        try:
            if path in linter.overlay and not options.diff:
                raise Refusal("standard input cannot be fixed in place; `--diff` shows what would change")
            if options.diff:
                linter.overlay[path] = encode(each.file, each.text)
            else:
                write(each.file, each.text)
        except Refusal as refusal:
            refused.extend(_refused(done, each, str(refusal)))
            continue
        tally.originals.setdefault(path, each.file)
        tally.texts[path] = each.text
        tally.lost[each.file.uri] = each.lost
    if done.files:
        linter.forget()
    return refused


def _refused(done: Plan, unwritten: FilePlan, reason: str) -> list[Refused]:
    path = unwritten.file.path
    return [Refused(each.finding, reason) for each in done.applied if each.finding.file.path == path]


def _show_diff(tally: _Tally, style: Style) -> None:
    for path, text in sorted(tally.texts.items()):
        file = tally.originals[path]
        for line in unified_diff(file.uri, file.text, text, bom=file.bom).splitlines(keepends=True):
            sys.stdout.write(_coloured(line, style))


def _coloured(line: str, style: Style) -> str:
    if not style.colour:
        return line
    text = visible(line.rstrip("\r\n"))
    if line.startswith(("---", "+++")):
        return f"{style.strong(text)}\n"
    if line.startswith("+"):
        return f"{style.good(text)}\n"
    if line.startswith("-"):
        return f"{style.bad(text)}\n"
    return f"{style.faint(text)}\n" if line.startswith("@@") else f"{text}\n"


def _summary(tally: _Tally, options: FixOptions, style: Style) -> list[str]:
    lines: list[str] = []
    verb = "would fix" if options.diff else "fixed"
    for finding in tally.fixed:
        title = finding.fix.title if finding.fix else ""
        lines.append(f"{style.good(verb)} {_named(finding)}: {visible(title)}\n")
        if options.unsafe and finding.fix and finding.fix.note:
            lines.append(f"      {style.faint(visible(finding.fix.note))}\n")
    for uri, comments in sorted(tally.lost.items()):
        lines.extend(f"      {visible(uri)}: removed with its entry: {visible(comment)}\n" for comment in comments)
    lines.extend(
        f"{style.strong('left alone')} {_named(each.finding)}: {visible(each.reason)}\n" for each in tally.refused
    )
    count = len(tally.fixed)
    files = len(tally.texts)
    total = f"{verb} {count:,} finding{'s' * (count != 1)} in {files:,} file{'s' * (files != 1)}"
    if tally.refused:
        total += f"; left {len(tally.refused):,} alone"
    if tally.unsafe:
        total += f"; `composeguard fix --unsafe` would fix {len(tally.unsafe):,} more"
    lines.append(f"{total}\n")
    return lines


def _named(finding: Finding) -> str:
    region = finding.region
    place = f"{finding.uri}:{region.start_line}:{region.start_column}"
    service = f" {finding.path[1]}" if len(finding.path) > 1 and isinstance(finding.path[1], str) else ""
    return f"{visible(place)} {finding.code}{visible(service)}"
