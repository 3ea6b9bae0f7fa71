"""From projects to findings: reading, rules, and what of it is wanted. `check` and `fix` both start here."""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from composeguard.commands.configured import Configurations
from composeguard.commands.deadline import OutOfTimeError, deadline
from composeguard.commands.equipment import Equipment, Equipped
from composeguard.commands.inputs import Inputs, existing
from composeguard.commands.known import Baselines
from composeguard.commands.options import CheckOptions, LintOptions
from composeguard.commands.places import current_folder
from composeguard.commands.progress import progress
from composeguard.commands.result import Judged, Result, without_secrets
from composeguard.commands.today import today
from composeguard.commands.unchanged import results
from composeguard.commands.wanted import Wanted
from composeguard.compose.discover import ProjectFiles
from composeguard.compose.files import Content, Files
from composeguard.compose.folders import Folders, below
from composeguard.compose.request import Request
from composeguard.config import Configuration, Settings
from composeguard.engine.finding import Finding
from composeguard.engine.overrides import OverrideRow, Overrides
from composeguard.engine.rule import Rule
from composeguard.engine.run import Outcome, Selection, check
from composeguard.engine.severity import Profile, Severity
from composeguard.errors import ConfigError, NoInputError, UsageError
from composeguard.model.read import read_project
from composeguard.report.escape import visible
from composeguard.report.sensitive import sensitive_spans
from composeguard.source import disk
from composeguard.source.collector import all_stays, collector_off

if TYPE_CHECKING:
    from composeguard.commands.planned import Planner
    from composeguard.commands.stream import Format

_FILES_KEPT = 64
"""Files of earlier projects that the next ones may share."""
_ROOTS_KEPT = 16
_WORTH_A_PROCESS = 32
"""Projects that take longer than a process takes to start."""


class Linter:
    """Checks what the options name. Rules are loaded once; files are read once a repository.

    `judging` runs the rules of the whole profile, also where few are selected: a fix of one must not bring others.
    `with_baseline` marks the findings that a baseline knows. `keeping` keeps what was read with each result; without
    it, many projects are checked on all processors, and memory holds what a report needs. `proving` proves the fix of
    each finding, for reports that carry what it changes. With a `format_`, results have what to report as text; with a
    `planner`, what to write.
    """

    def __init__(
        self,
        options: LintOptions,
        *,
        judging: bool = False,
        with_baseline: bool = True,
        keeping: bool = True,
        proving: bool = False,
        format_: Format | None = None,
        planner: Planner | None = None,
    ) -> None:
        self.options = options
        self.format = format_
        self._planner = planner
        self.proving = proving
        self._keeping = keeping
        self._with_baseline = with_baseline
        if options.environment or options.rule_folders or options.plugins:
            disk.unrepeatable()
        self._judging = judging
        self.failed = False
        """Some project could not be judged at all."""
        self.cwd = current_folder()
        self.today = today()
        self.equipment = Equipment(options)
        self.rules = self.equipment.rules
        self._here = str(self.cwd)
        self.folders = Folders()
        self.configurations = Configurations(options, self.equipment, self.cwd, self.folders)
        self.inputs = Inputs(options, self.equipment, self.configurations, self.cwd, self.folders, self._unreadable)
        self._wanted = Wanted(options, self.folders)
        self._files: dict[tuple[str, str], Files] = {}
        self._ran: dict[int, Selection] = {}
        """The rules that run under each configuration, by the `id` of what is remembered as long as this is."""
        self._overrides: dict[int, Overrides] = {}
        """Those of each configuration, in the same way."""
        self._bases: set[str] = set()
        """What names in reports of this run are relative to."""
        self.baselines = Baselines(options.baseline if isinstance(options, CheckOptions) else None, with_baseline)
        self.remembering = False
        """Each result has what a memory keeps of it."""
        self._outside: str | None = None
        """What the inputs that lie outside the current folder and any repository have in common."""

    def projects(self) -> list[ProjectFiles]:
        """The projects that the options name.

        Raises:
            NoInputError: there is none.
        """
        found = self.inputs.projects()
        if not found and not self.options.allow_no_files and not self.failed:
            where = ", ".join(self.options.paths) or "the current folder"
            raise NoInputError(f"no Compose file in {where}")
        folders = [project.directory for project in found if self._base(project.directory) is None]
        self._outside = os.path.commonpath(folders) if folders else None
        return found

    def _base(self, directory: str) -> str | None:
        """What names in reports are relative to: the repository, else the current folder."""
        return self.folders.repository(directory) or (None if below(directory, self._here) is None else self._here)

    def names_from(self, project: ProjectFiles) -> str:
        """What names in the report of a project are relative to."""
        return self._base(project.directory) or self._outside or project.directory

    def results(self) -> Generator[Result, None, None]:
        """Check every project, in order."""
        # A report that comes bit by bit on the same terminal is progress enough.
        seen = self.format is not None and sys.stdout.isatty()
        wanted = not (self.options.no_progress or self.options.quiet or seen)
        projects = self.projects()
        for project in projects:
            # What is wrong with a configuration is said before anything is judged.
            self._ready(self.configurations.of(project.directory))
        told = progress(results(self, projects), "checking project", total=len(projects), wanted=wanted)
        with all_stays():
            for project, result in zip(projects, told, strict=True):
                if isinstance(result, str):
                    self.fail(project, result)
                    continue
                self._bases.add(self.names_from(project))
                if self.inputs.hidden.holds(project) and not result.told.says_something:
                    continue
                self.baselines.saw(result)
                if self.options.verbose:
                    self._say(result)
                yield result

    def told(self, projects: list[ProjectFiles]) -> Generator[Result | str, None, None]:
        """Check projects, in order; a text says why one could not be."""
        jobs = 1 if self._keeping or self.inputs.overlay else self._jobs(projects)
        if jobs == 1:
            for project in projects:
                yield self.in_time(project)
            return
        # Imported only for many projects: it takes as long as checking ten.
        from composeguard.commands.workers import judged

        for project, told in zip(projects, judged(self, projects, jobs), strict=True):
            if isinstance(told, str):
                yield told
            else:
                equipped = self.configurations.of(project.directory)
                yield Result(project, equipped.selection, equipped.configuration, told)

    def _jobs(self, projects: list[ProjectFiles]) -> int:
        """How many processes check: as many as are asked for, else as many as pay.

        One, where repositories bring rules of their own or something is locked: a rule that comes back is known by its
        code, and what is hidden by this process alone.
        """
        wanted, count = self.options.jobs, len(projects)
        jobs = min(count, wanted) if wanted else max(1, min(count // _WORTH_A_PROCESS, processors()))
        if jobs == 1 or self.equipment.locks:
            return 1
        own = any(self.configurations.of(project.directory).rules is not self.rules for project in projects)
        return 1 if own else jobs

    def in_time(self, project: ProjectFiles) -> Result | str:
        """Check a project, or say why that could not be done."""
        if not self.remembering:
            return self._in_time(project)
        with disk.witnessed() as seen:
            result = self._in_time(project)
        if isinstance(result, str) or result.outcome.failures:
            return result
        from composeguard.commands.memory import Entry

        entry = Entry.of(result.told, seen)
        return result if entry is None else replace(result, told=replace(result.told, shown=None, entry=entry))

    def _in_time(self, project: ProjectFiles) -> Result | str:
        if self._planner is not None:
            return self._with_plan(project, self._planner)
        result = self._checked(project)
        if isinstance(result, str):
            return result
        if self.proving:
            from composeguard.report.proposals import proved_edits

            edits = proved_edits(result.reading.root, result.outcome.findings)
            result = replace(result, told=replace(result.told, edits=edits))
        if self.format is not None:
            result = replace(result, told=self._as_text(result, self.format))
        if not self._keeping:
            result = replace(result, kept=None)
            self._let_go()
        return result

    def _checked(self, project: ProjectFiles) -> Result | str:
        try:
            with deadline(self.options.timeout):
                return self.check(project)
        except OutOfTimeError:
            return f"not checked within {self.options.timeout:g} seconds"

    def _with_plan(self, project: ProjectFiles, planner: Planner) -> Result | str:
        """The result with what to write. Nothing is known from before: others may write what projects share."""
        self.forget()
        with disk.overheard(keeping=True) as seen:
            result = self._checked(project)
            if isinstance(result, str):
                return result
            planned = planner(self, result)
        reads = {path: answer for (question, path), answer in seen.items() if question.startswith(disk.READ)}
        return replace(result, told=replace(result.told, planned=planned, reads=reads), kept=None)

    def _as_text(self, result: Result, format_: Format) -> Judged:
        from composeguard.commands.outcome import code_of

        told = replace(result.told, shown=format_.shown(result, code_of(self, result)))
        told = replace(told, outcome=replace(told.outcome, findings=()))
        # Findings and notes bring the texts of their files along.
        return told if self.baselines.holds_for(result.configuration) else replace(told, judged=(), notes=())

    def again(self, project: ProjectFiles) -> tuple[Finding, ...] | None:
        """The findings of a project that was checked; None where that takes too long now."""
        # What is read here may be told to later projects, which are remembered with it (`Files`).
        with disk.overheard():
            result = self._checked(project)
        if isinstance(result, str):
            return None
        findings = result.outcome.findings
        self._let_go()
        return findings

    def _let_go(self) -> None:
        """Of what was read for earlier projects, keep what the next ones may share, and what a report needs."""
        *earlier, last = self._files
        gone = self._files[last].let_go(_FILES_KEPT)
        for key in earlier[: max(0, len(earlier) - _ROOTS_KEPT)]:
            gone += self._files.pop(key).let_go(0)
        for file in gone:
            if self.format is None:
                file.settle(sensitive_spans(file), file.is_parsed)
            else:
                # What is to be reported is a text already.
                file.release()

    def judge(self, project: ProjectFiles) -> Judged | str:
        """What a project comes to, or why it could not be judged: what a worker process is asked."""
        result = self.in_time(project)
        if isinstance(result, str):
            return result
        if result.told.planned is None:
            return result.told
        # What there is to say is in the plan; findings bring the texts of their files along.
        return replace(result.told, outcome=Outcome((), ()), judged=(), notes=())

    def __reduce__(self) -> tuple[object, ...]:
        """How a process that has no copy of this one makes its own."""
        parts = (self.options, self._judging, self._with_baseline, self.proving, self.format, self._planner)
        return _again, (*parts, self.remembering, self._outside)

    def _unreadable(self, path: str) -> None:
        self.failed = self.failed or not self.options.allow_partial
        sys.stderr.write(visible(f"error: {os.path.relpath(path, self.cwd)}: cannot be looked into") + "\n")

    def fail(self, project: ProjectFiles, reason: str) -> None:
        """A project that could not be judged: an error of the run, that does not stop the others."""
        self.failed = True
        sys.stderr.write(visible(f"error: {self.shown(project)[0]}: {reason}") + "\n")

    def _say(self, result: Result) -> None:
        """What was read, for `--verbose`."""
        settings = self.configurations.of(result.project.directory).configuration.origin or "the defaults"
        names = ", ".join(result.files)
        sys.stderr.write(visible(f"read {names} with {settings}: {len(result.selection.rules)} rules") + "\n")

    def check(self, project: ProjectFiles, overlay: Mapping[str, Content] | None = None) -> Result:
        """Read a project and run the rules; `overlay` (absolute path -> content) stands in for files on trial."""
        equipped = self.configurations.of(project.directory)
        configuration, chosen = equipped.configuration, equipped.selection
        reading = read_project(self._request(project), self._open(project, overlay))
        ran = self._ran.get(id(equipped))
        if ran is None:
            ran = judges(chosen, configuration.settings) if self._judging else chosen
            ran = self._ran[id(equipped)] = replace(ran, minimum=Severity.INFO)
        with collector_off():
            outcome = check(reading, ran, inline=not self.options.no_ignores, today=self.today)
        outcome = replace(outcome, findings=tuple(map(without_secrets, outcome.findings)))
        adjusted = self._ready(equipped).apply(outcome.findings)
        wanted = self.inputs.hidden.reveal(self._wanted.of(project, chosen, adjusted))
        root = self._base(project.directory) or self._here
        known = equipped.exempt(self.baselines.mark(configuration, wanted), self.today, root)
        marked = self._wanted.changed(project, known)
        reported = replace(outcome, findings=tuple(marked))
        told = Judged.of(reading, reported, outcome.findings)
        return Result(project, chosen, configuration, told, reading)

    def _ready(self, equipped: Equipped) -> Overrides:
        """The overrides of a configuration; what else it names is read too.

        Raises:
            ConfigError: something in it is wrong.
        """
        overrides = self._overrides.get(id(equipped))
        if overrides is None:
            configuration = equipped.configuration
            self.baselines.holds_for(configuration)
            overrides = self._overrides_of(configuration, equipped.selection.known)
            self._overrides[id(equipped)] = overrides
        return overrides

    def _overrides_of(self, configuration: Configuration, rules: tuple[Rule, ...]) -> Overrides:
        rows: list[OverrideRow] = []
        overrides = configuration.settings.overrides
        from_packs = len(overrides) - configuration.count("overrides")
        for number, override in enumerate(overrides):
            steps = ("overrides", number - from_packs) if number >= from_packs else ()
            folder = str(self.cwd / configuration.folder(steps))
            try:
                rows += Overrides.of([override], rules, folder).rows
            except UsageError as error:
                raise ConfigError(f"{configuration.place(steps)}: {error}") from None
        return Overrides(tuple(rows))

    def exists(self, name: str) -> bool:
        """Whether there is a file that reports of this run call so."""
        return any(disk.exists(posixpath.join(base, name)) for base in self._bases or {self._here})

    def forget(self) -> None:
        """Read files anew from now on: some were written. That changes no folder: none but regular files are."""
        for files in self._files.values():
            for file in files.let_go(0):
                file.release()
        self._files.clear()

    def shown(self, project: ProjectFiles) -> tuple[str, ...]:
        """The names of a project's files as a shell in the current folder has them."""
        return tuple(Path(os.path.relpath(path, self.cwd)).as_posix() for path in project.files)

    def _request(self, project: ProjectFiles) -> Request:
        options = self.options
        directory = project.directory
        if options.project_directory:
            directory = existing("--project-directory", options.project_directory)
        return Request(
            files=project.files,
            project_directory=directory,
            root=self.folders.repository(project.directory) or directory,
            environment=dict(os.environ) if options.environment else {},
            env_files=tuple(existing("--env-file", name) for name in options.env_files) or project.env_files,
            profiles=options.compose_profiles,
        )

    def _open(self, project: ProjectFiles, overlay: Mapping[str, Content] | None) -> Files:
        root = self.folders.repository(project.directory) or project.directory
        base = self.names_from(project)
        key = (root, base)
        if key not in self._files:
            self._files[key] = Files(root, names_from=base, overlay=self.inputs.overlay, folders=self.folders)
        files = self._files[key]
        return files if overlay is None else files.beside(overlay)


def _again(
    options: LintOptions,
    judging: bool,
    with_baseline: bool,
    proving: bool,
    format_: Format | None,
    planner: Planner | None,
    remembering: bool,
    outside: str | None,
) -> Linter:
    linter = Linter(
        options,
        judging=judging,
        with_baseline=with_baseline,
        keeping=False,
        proving=proving,
        format_=format_,
        planner=planner,
    )
    linter.remembering = remembering
    linter._outside = outside
    return linter


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def judges(chosen: Selection, settings: Settings) -> Selection:
    """The chosen rules and the rest of the profile, at any severity."""
    profile = Profile(settings.profile)
    codes = {rule.code for rule in chosen.rules}
    codes |= {rule.code for rule in chosen.known if profile.holds(rule.profiles)}
    return replace(chosen, rules=tuple(rule for rule in chosen.known if rule.code in codes), minimum=Severity.INFO)
