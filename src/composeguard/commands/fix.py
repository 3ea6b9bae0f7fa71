"""`composeguard fix`: writes or shows the proved edits of each project, in order, wherever they were planned."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from msgspec import Struct, field

from composeguard.commands.lint import Linter
from composeguard.commands.options import FixOptions
from composeguard.commands.outcome import Key, distinct
from composeguard.commands.planned import Change, Choice, Planned, Planner, Rewrite, Standing, asked_for
from composeguard.commands.render import render_options
from composeguard.commands.result import Result
from composeguard.commands.shown_diff import shown_diff
from composeguard.engine.report import Report
from composeguard.fix.judge import Checked
from composeguard.fix.refusal import Refusal
from composeguard.fix.write import Writer
from composeguard.report.escape import visible
from composeguard.report.style import Style
from composeguard.source import disk
from composeguard.source.decode import encode
from composeguard.source.undisturbed import undisturbed

if TYPE_CHECKING:
    from composeguard.compose.discover import ProjectFiles

_TOGETHER = 32
"""Projects whose files are written at a time."""


class _Tally(Struct):
    """What a run has come to, for the report and the exit code."""

    fixed: list[Change] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    unsafe: int = 0
    rewrites: dict[str, Rewrite] = field(default_factory=dict)
    """By path: each file that changes, from what it was before the run to what it is now."""
    found: dict[Key, bool] = field(default_factory=dict)
    """Each finding that no fix took away, and whether nothing accepts it."""
    lines: dict[str, None] = field(default_factory=dict)
    """What people are told beside the report, each once."""
    code: int = 0

    def add(self, planned: Planned, refused: dict[str, str]) -> None:
        """What became of a project; `refused` says why files, by path, were not written."""
        self.left += planned.left
        self.left += ((each.name, refused[each.path]) for each in planned.changes if each.path in refused)
        self.fixed += (each for each in planned.changes if each.path not in refused)
        self.unsafe += planned.unsafe
        for each in planned.rewrites:
            path = each.file.path
            if path not in refused:
                first = self.rewrites.get(path)
                self.rewrites[path] = each if first is None else first.then(each)

    def stands(self, standing: Standing) -> None:
        """How a project stands in the end."""
        for key, is_open in standing.found:
            self.found.setdefault(key, is_open)
        self.lines.update(dict.fromkeys(standing.lines))
        self.code = max(self.code, standing.code)


def run_fix(options: FixOptions) -> int:
    """Fix all projects, in order."""
    planner = Planner(options, render_options(options, sys.stderr))
    # Somebody who is asked sees one project after the other, and a diff stands in for what is not written.
    alone = options.interactive or options.diff
    linter = Linter(options, judging=True, keeping=alone, planner=None if alone else planner)
    choose = _asking(options) if options.interactive else asked_for
    run = _Run(linter, planner)
    try:
        with closing(linter.results()) as results:
            for result in results:
                run.add(
                    result.project, result.told.planned or planner(linter, result, choose(result)), result.told.reads
                )
        run.commit()
    except BaseException as error:
        # What is proved stands, whatever has ended the run; who interrupts it wants nothing more to be written.
        if isinstance(error, Exception):
            run.commit()
        if run.tally.rewrites and not options.diff:
            _tell(run.tally, options)
        raise
    finally:
        run.writer.end()
    tally = run.tally
    if options.diff:
        _show_diff(tally, Style(render_options(options, sys.stdout)))
    _tell(tally, options)
    worst = 2 if linter.failed else tally.code
    if options.diff and worst < 2:
        return 1 if tally.rewrites else 0
    return worst


class _Run:
    """Writes what was planned, the files of a few projects at a time, as if one was fixed after the other: a plan rests
    upon files, and where an earlier project has changed one of these since, it is made anew."""

    def __init__(self, linter: Linter, planner: Planner) -> None:
        self.tally = _Tally()
        self.writer = Writer()
        self._linter = linter
        self._planner = planner
        self._waiting: list[tuple[ProjectFiles, Planned, dict[str, str]]] = []
        """Projects whose files are not committed, with the reasons why some, by path, will not be."""
        self._written: dict[str, str] = {}
        """By path: a digest of each file as it is once everything is committed."""

    def add(self, project: ProjectFiles, planned: Planned, reads: Mapping[str, str]) -> None:
        """The next project; `reads` has digests of what its plan rests upon, where it was made ahead of the others."""
        if any(self._written.get(path, digest) != digest for path, digest in reads.items()):
            self.commit()
            told = self._linter.judge(project)
            planned = Planned(failed=told) if isinstance(told, str) else told.planned or Planned()
        if planned.failed:
            self._linter.fail(project, planned.failed)
            return
        refused = self._stage(planned)
        self._waiting.append((project, planned, refused))
        if refused or not reads or len(self._waiting) >= _TOGETHER:
            self.commit()

    def _stage(self, planned: Planned) -> dict[str, str]:
        """Prepare to write the files of a plan, or show them to later projects; why some, by path, are not written."""
        refused: dict[str, str] = {}
        shown = self._linter.inputs.overlay
        for each in planned.rewrites:
            path, data = each.file.path, encode(each.file, each.text)
            if self._planner.options.diff:
                shown[path] = data
            elif path in shown:
                refused[path] = "standard input cannot be fixed in place; `--diff` shows what would change"
            else:
                try:
                    self.writer.stage(each.file, each.text)
                except Refusal as refusal:
                    refused[path] = str(refusal)
                    continue
                self._written[path] = disk.digest(data)
        return refused

    def commit(self) -> None:
        """Write what waits, and count it."""
        with undisturbed():
            unwritten = {path: str(refusal) for path, refusal in self.writer.commit().items()}
            written, self._waiting = self._waiting, []
            for _, planned, refused in written:
                for each in planned.rewrites:
                    path = each.file.path
                    if path in unwritten:
                        refused[path] = unwritten[path]
                        self._written[path] = disk.digest(encode(each.file, each.file.text))
                self.tally.add(planned, refused)
        for project, planned, refused in written:
            self._linter.forget()
            standing = planned.standing
            if refused:
                standing = self._planner.standing(self._linter, self._linter.check(project))
            self.tally.stands(standing)


def _asking(options: FixOptions) -> Callable[[Result], Choice]:
    """Those of the findings asked for that somebody agrees to."""
    from composeguard.commands.ask import Asker

    asker = Asker(render_options(options, sys.stderr))

    def choose(result: Result) -> Choice:
        start = Checked(result.reading.root, result.judged)
        report = Report.of(distinct([result]), version="", files=(), notes=result.notes, rules=result.selection.rules)
        chosen = asker.chosen(start, report, asked_for(result))
        return lambda finding: finding.identity in chosen

    return choose


def _show_diff(tally: _Tally, style: Style) -> None:
    for _, each in sorted(tally.rewrites.items()):
        sys.stdout.writelines(shown_diff(each.file, each.text, style))


def _tell(tally: _Tally, options: FixOptions) -> None:
    if options.quiet:
        return
    stream = sys.stderr if options.diff else sys.stdout
    stream.writelines(_summary(tally, options, Style(render_options(options, stream))))
    sys.stderr.writelines(tally.lines)


def _summary(tally: _Tally, options: FixOptions, style: Style) -> list[str]:
    lines: list[str] = []
    notes: dict[str, str] = {}
    verb = "would fix" if options.diff else "fixed"
    for change in tally.fixed:
        if change.title:
            lines.append(f"{style.good(verb)} {change.name}: {change.title}\n")
        if change.note:
            notes.setdefault(change.rule, change.note)
    for _, each in sorted(tally.rewrites.items()):
        lines.extend(f"      {each.name}: removed with its entry: {comment}\n" for comment in each.lost)
    lines.extend(f"{style.strong('left alone')} {name}: {visible(reason)}\n" for name, reason in tally.left)
    if notes:
        lines.append("what the unsafe fixes can break:\n")
        lines.extend(f"  {visible(rule)}: {visible(note)}\n" for rule, note in notes.items())
    count = len(tally.fixed)
    files = len(tally.rewrites)
    total = f"{verb} {count:,} finding{'s' * (count != 1)} in {files:,} file{'s' * (files != 1)}"
    if tally.left:
        total += f"; left {len(tally.left):,} alone"
    if tally.unsafe:
        total += f"; `composeguard fix --unsafe` would fix {tally.unsafe:,} more"
    remaining = sum(tally.found.values())
    if remaining:
        total += f"; {remaining:,} {'finding remains' if remaining == 1 else 'findings remain'}"
    lines.append(f"{total}\n")
    return lines
