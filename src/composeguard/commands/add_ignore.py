"""`composeguard check --add-ignore=REASON`: writes comments that accept the findings that are shown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from composeguard.commands.lint import Linter
from composeguard.commands.options import CheckOptions
from composeguard.commands.outcome import exit_code, notes_to_stderr
from composeguard.commands.render import render_options
from composeguard.commands.result import Result
from composeguard.commands.today import today
from composeguard.engine.directive import last_days
from composeguard.engine.finding import Finding, Suppression
from composeguard.engine.rule import Scope
from composeguard.engine.suppress import service_line
from composeguard.errors import UsageError
from composeguard.fix.accept import Acceptor
from composeguard.fix.refusal import Refusal
from composeguard.fix.write import write
from composeguard.report.escape import visible
from composeguard.report.options import RenderOptions
from composeguard.report.style import Style
from composeguard.source import disk
from composeguard.source.decode import encode
from composeguard.source.file import SourceFile

_NEVER = "what could not be read or seen, and what is said of comments, is not accepted by a comment"
_LOCKED = "the policy is locked: a comment has no effect"
_OTHERS = "the comment would accept findings that are not shown as well"
_NOT_REACHED = "a comment does not reach it"


class _Tally(Struct):
    accepted: list[Finding] = []
    refused: list[tuple[Finding, str]] = []


def run_add_ignore(options: CheckOptions) -> int:
    """Accept what is found, project by project: a file that two of them share is read again after it was written."""
    reason = _reason(options)
    disk.unrepeatable()
    linter = Linter(options)
    tally = _Tally()
    results = []
    for result in linter.results():
        accepted = _accept(linter, result, reason, tally)
        marked = (
            replace(finding, suppression=Suppression(reason)) if _identity(finding) in accepted else finding
            for finding in result.outcome.findings
        )
        outcome = replace(result.outcome, findings=tuple(marked))
        results.append(replace(result, told=replace(result.told, outcome=outcome)))
    if not options.quiet:
        sys.stdout.writelines(_summary(tally, render_options(options, sys.stdout)))
        notes_to_stderr(results, render_options(options, sys.stderr))
    return exit_code(linter, results)


def _reason(options: CheckOptions) -> str:
    reason = " ".join((options.add_ignore or "").split())
    if not reason:
        raise UsageError("--add-ignore needs a reason, which stands in the comments")
    if "composeguard:" in reason.lower() or not reason.isprintable():
        raise UsageError("--add-ignore takes a plain text")
    for written, day in last_days(reason):
        if day is None or day < today():
            raise UsageError(f"--add-ignore: until={written}: no day that is to come, as 2027-01-31")
    if options.no_ignores:
        raise UsageError("--no-ignores does not go with --add-ignore: comments would not count")
    if options.output_format or options.outputs:
        raise UsageError("--add-ignore writes comments, and no report")
    return reason


_Identity = tuple[str, str]


def _identity(finding: Finding) -> _Identity:
    return finding.code, finding.identity


def _accept(linter: Linter, result: Result, reason: str, tally: _Tally) -> set[_Identity]:
    """Write the comments of one project; gives back what they accept."""
    pending: list[Finding] = []
    for finding in result.outcome.findings:
        if finding.suppression is None:
            if finding.rule.always or finding.rule.scope in (Scope.SUPPRESSION, Scope.FAILURE):
                tally.refused.append((finding, _NEVER))
            elif finding.rule.locked:
                tally.refused.append((finding, _LOCKED))
            else:
                pending.append(finding)
    while pending:
        texts, refused = _place(linter, pending, reason)
        refused += _unproved(linter, result, texts, _without(pending, refused))
        if not refused:
            refused = _write(linter, texts, pending)
            linter.forget()
            accepted = _without(pending, refused)
            tally.accepted += accepted
            tally.refused += refused
            return {_identity(finding) for finding in accepted}
        tally.refused += refused
        pending = _without(pending, refused)
    return set()


_Refused = list[tuple[Finding, str]]
_Texts = list[tuple[SourceFile, str]]


def _without(findings: Iterable[Finding], refused: _Refused) -> list[Finding]:
    gone = {_identity(finding) for finding, _ in refused}
    return [finding for finding in findings if _identity(finding) not in gone]


def _place(linter: Linter, findings: Iterable[Finding], reason: str) -> tuple[_Texts, _Refused]:
    """The texts with comments, and the findings that none can stand for."""
    by_file: dict[int, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(id(finding.file), []).append(finding)
    texts: _Texts = []
    refused: _Refused = []
    for some in by_file.values():
        file = some[0].file
        codes: dict[int, set[str]] = {}
        for finding in some:
            codes.setdefault(file.line_of(finding.start), set()).add(finding.code)
        try:
            if file.path in linter.inputs.overlay:
                raise Refusal("standard input cannot be written to")
            done = Acceptor(file, reason, linter.today).accept(codes)
        except Refusal as refusal:
            refused += [(finding, refusal.reason) for finding in some]
            continue
        texts.append((file, done.text))
        for finding in some:
            why = done.refused.get(file.line_of(finding.start))
            if why is not None:
                refused.append((finding, why))
    return texts, refused


def _unproved(linter: Linter, result: Result, texts: _Texts, wanted: list[Finding]) -> _Refused:
    """The findings whose comments would do something else than accept them."""
    if not texts:
        return []
    overlay = {file.path: encode(file, text) for file, text in texts}
    after = {_identity(each) for each in linter.check(result.project, overlay).judged if each.suppression is None}
    asked = {_identity(each) for each in wanted}
    refused: _Refused = [(each, _NOT_REACHED) for each in wanted if _identity(each) in after]
    silenced = [
        each
        for each in result.judged
        if each.suppression is None and _identity(each) not in asked and _identity(each) not in after
    ]
    if silenced:
        left = _without(wanted, refused)
        at_fault = [each for each in left if any(_reaches(each, other) for other in silenced)]
        # Where none is, whatever it is that makes others go: nothing is proved.
        refused += [(each, _OTHERS) for each in at_fault or left]
    return refused


def _reaches(accepted: Finding, other: Finding) -> bool:
    """Whether the comment for one finding accepts another one, too."""
    if accepted.code != other.code or accepted.file.path != other.file.path:
        return False
    line = accepted.file.line_of(accepted.start)
    at = other.file.line_of(other.start)
    return line in (at, service_line(other.file, at))


def _write(linter: Linter, texts: _Texts, findings: list[Finding]) -> _Refused:
    refused: _Refused = []
    for file, text in texts:
        try:
            write(file, text)
        except Refusal as refusal:
            refused += [(each, refusal.reason) for each in findings if each.file is file]
    return refused


def _summary(tally: _Tally, options: RenderOptions) -> Iterator[str]:
    style = Style(options)
    lines: dict[tuple[str, int], set[str]] = {}
    for finding in tally.accepted:
        lines.setdefault((options.name(finding.file), finding.region.start_line), set()).add(finding.code)
    for (name, line), codes in sorted(lines.items()):
        yield f"{style.good('accepted')} {visible(name)}:{line} {', '.join(sorted(codes))}\n"
    for finding, reason in tally.refused:
        place = f"{visible(options.name(finding.file))}:{finding.region.start_line}"
        yield f"{style.strong('left alone')} {place} {finding.code}: {visible(reason)}\n"
    count, files = len(tally.accepted), len({name for name, _ in lines})
    total = f"accepted {count:,} finding{'s' * (count != 1)} in {files:,} file{'s' * (files != 1)}"
    yield f"{total}; left {len(tally.refused):,} alone\n" if tally.refused else f"{total}\n"
