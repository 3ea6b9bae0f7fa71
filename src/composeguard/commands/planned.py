"""What fixing one project comes to: planned and proved where the project was judged, maybe in another process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from composeguard.commands.deadline import OutOfTimeError, deadline
from composeguard.commands.options import FixOptions
from composeguard.commands.outcome import Key, code_of, key, notes_of
from composeguard.commands.result import Result
from composeguard.engine.finding import Finding
from composeguard.fix.judge import Checked
from composeguard.fix.plan import FilePlan, Plan, Refused, plan
from composeguard.report.escape import visible
from composeguard.report.likely import masked
from composeguard.report.options import RenderOptions
from composeguard.source.collector import collector_off
from composeguard.source.decode import encode
from composeguard.source.file import SourceFile

if TYPE_CHECKING:
    from composeguard.commands.lint import Linter

Choice = Callable[[Finding], bool]


class Change(Struct, frozen=True):
    """A finding that a plan fixes, in words; `path` is the file that it is in."""

    path: str
    name: str
    title: str
    rule: str
    note: str


class Rewrite(Struct, frozen=True):
    """A file that a plan changes; `lost` are the comments that go, as people may see them."""

    file: SourceFile
    """As it was read, without its documents."""
    text: str
    name: str
    lost: tuple[str, ...]

    def then(self, later: Rewrite) -> Rewrite:
        """Both in one: another project has changed the file once more."""
        return Rewrite(self.file, later.text, self.name, (*self.lost, *later.lost))


class Standing(Struct, frozen=True):
    """How a project stands in the end."""

    found: tuple[tuple[Key, bool], ...] = ()
    """What tells each finding from others, and whether nothing accepts it."""
    code: int = 0
    """The exit code that it asks for."""
    lines: tuple[str, ...] = ()
    """What people are told beside the report."""


class Planned(Struct, frozen=True):
    """What is to be done and told of a project."""

    rewrites: tuple[Rewrite, ...] = ()
    changes: tuple[Change, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    """Findings that are left alone, each with the reason."""
    unsafe: int = 0
    """How many findings an unsafe fix would take away."""
    standing: Standing = Standing()
    """How the project stands once everything is written."""
    failed: str = ""
    """Why nothing is planned at all."""


class Planner(Struct, frozen=True):
    """Plans the fixes of one project after the other. `beside` is how lines for people are written."""

    options: FixOptions
    beside: RenderOptions

    def __call__(self, linter: Linter, result: Result, wanted: Choice | None = None) -> Planned:
        """The plan for a project that was just checked: for what somebody wants, else for all that was asked for."""
        start = Checked(result.reading.root, result.judged)
        try:
            with deadline(self.options.timeout), collector_off():
                done, after = self._plan(linter, result, start, wanted or asked_for(result))
        except OutOfTimeError:
            return Planned(failed=f"no fixes planned within {self.options.timeout:g} seconds")
        # What is written is looked for in the new text; what a diff shows, in the file as it is.
        places = result if self.options.diff or after is None else after
        if after is None and not done.files:
            after = result
        elif after is None:
            after = linter.check(result.project, {each.file.path: encode(each.file, each.text) for each in done.files})
        return Planned(
            tuple(self._rewrite(each) for each in done.files),
            tuple(self._changes(result, done)),
            tuple((self._named(finding), reason) for finding, reason in _left(places, done.refused)),
            len(done.skipped_unsafe),
            self.standing(linter, after),
        )

    def standing(self, linter: Linter, result: Result) -> Standing:
        """How a project stands that was just checked."""
        found = ((key(each), each.suppression is None) for each in result.outcome.findings)
        return Standing(tuple(found), code_of(linter, result), tuple(notes_of(result, self.beside, ())))

    def _plan(self, linter: Linter, result: Result, start: Checked, wanted: Choice) -> tuple[Plan, Result | None]:
        """The plan, and the project as it is then, if it was read last."""
        options = self.options
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

    def _changes(self, result: Result, done: Plan) -> Iterator[Change]:
        applied = [each.finding for each in done.applied]
        for made, finding in zip(applied, _as_seen(result, applied), strict=True):
            title, note = ("", "") if finding.fix is None else (visible(finding.fix.title), finding.fix.note)
            rule = f"{finding.code} {finding.rule.name}"
            yield Change(made.file.path, self._named(finding), title, rule, note)

    def _rewrite(self, each: FilePlan) -> Rewrite:
        file = each.file
        bare = SourceFile(file.uri, file.text, path=file.path, bom=file.bom, encoding=file.encoding)
        lost = tuple(visible(masked(comment)) for comment in each.lost)
        return Rewrite(bare, each.text, visible(self.beside.name(file)), lost)

    def _named(self, finding: Finding) -> str:
        region = finding.region
        place = f"{self.beside.name(finding.file)}:{region.start_line}:{region.start_column}"
        service = f" {finding.path[1]}" if len(finding.path) > 1 and isinstance(finding.path[1], str) else ""
        return f"{visible(place)} {finding.code}{visible(service)}"


def asked_for(result: Result) -> Choice:
    """The findings of the rules that were asked for: what was judged may hold others, for what a fix would bring."""
    codes = {rule.code for rule in result.selection.rules}
    return lambda finding: finding.code in codes and finding.severity >= result.selection.minimum


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


def _left(result: Result, refused: Sequence[Refused]) -> Iterator[tuple[Finding, str]]:
    findings = _as_seen(result, [each.finding for each in refused])
    return ((finding, each.reason) for each, finding in zip(refused, findings, strict=True))
