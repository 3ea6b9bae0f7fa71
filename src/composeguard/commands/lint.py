"""From the command line to findings: inputs, projects, readings, rules. `check` and `fix` both start here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from composeguard.commands.deadline import OutOfTimeError, deadline
from composeguard.commands.known import Baselines
from composeguard.commands.options import CheckOptions, LintOptions
from composeguard.commands.progress import progress
from composeguard.commands.today import today
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.discover import ProjectFiles, Walk, projects_of, repository_root
from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.config import DEFAULT, Configuration, Settings, discover, load, selection
from composeguard.engine.finding import Finding
from composeguard.engine.overrides import OverrideRow, Overrides
from composeguard.engine.registry import load_builtin, load_folder, near
from composeguard.engine.rule import Rule
from composeguard.engine.run import Outcome, Selection, check
from composeguard.engine.severity import Profile, Severity
from composeguard.errors import ConfigError, NoInputError, UsageError
from composeguard.model.read import read_project
from composeguard.model.reading import Reading
from composeguard.report.escape import visible
from composeguard.source import disk

if TYPE_CHECKING:
    from composeguard.commands.since import Changes

STDIN = "-"
COMMANDS = ("check", "fix", "explain", "rules", "resolve", "baseline", "init", "config", "completion")
"""What a path that does not exist may be a misspelling of."""
STDIN_NAME = "<stdin>"
_MAXIMUM_STDIN = 16 * 1024 * 1024


class Result(Struct, frozen=True):
    """One project, checked."""

    project: ProjectFiles
    reading: Reading
    selection: Selection
    configuration: Configuration
    outcome: Outcome
    """What to report."""
    judged: tuple[Finding, ...]
    """All that the rules that ran have found, in whichever file: what a fix must not make worse."""

    @property
    def settings(self) -> Settings:
        return self.configuration.settings

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(file.uri for file in self.reading.files)

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        """What could not be seen, and what is worth a word."""
        kinds = (Kind.UNREADABLE, Kind.GAP, Kind.NOTE)
        return tuple(diagnostic for diagnostic in self.reading.diagnostics if diagnostic.kind in kinds)


class Linter:
    """Checks what the options name. Rules are loaded once; files are read once a repository.

    `judging` runs the rules of the whole profile, also where few are selected: a fix of one must not bring others.
    `with_baseline` marks the findings that a baseline knows.
    """

    def __init__(self, options: LintOptions, *, judging: bool = False, with_baseline: bool = True) -> None:
        self.options = options
        if options.environment or options.rule_folders:
            disk.unrepeatable()
        self._judging = judging
        self.failed = False
        """Some project could not be judged at all."""
        self.cwd = _current_folder()
        self.today = today()
        self.overlay: dict[str, bytes] = {}
        self.rules = _load_rules(options.rule_folders)
        self._configurations: dict[Path | None, tuple[Configuration, Selection]] = {}
        self._changes: dict[Path, Changes] = {}
        self._files: dict[tuple[Path, Path], Files] = {}
        self._given = self._load_given()
        self.baselines = Baselines(options.baseline if isinstance(options, CheckOptions) else None, with_baseline)
        self._outside: Path | None = None
        """What the inputs that lie outside the current folder and any repository have in common."""

    def projects(self) -> list[ProjectFiles]:
        """The projects that the options name.

        Raises:
            NoInputError: there is none.
        """
        found = self._find_projects()
        if not found and not self.options.allow_no_files and not self.failed:
            where = ", ".join(self.options.paths) or "the current folder"
            raise NoInputError(f"no Compose file in {where}")
        folders = [project.directory for project in found if self._base(Path(project.directory)) is None]
        self._outside = Path(os.path.commonpath(folders)) if folders else None
        return found

    def _base(self, directory: Path) -> Path | None:
        """What names in reports are relative to: the repository, else the current folder."""
        return repository(directory) or (self.cwd if directory.is_relative_to(self.cwd) else None)

    def results(self) -> Iterator[Result]:
        """Check every project, in order."""
        wanted = not (self.options.no_progress or self.options.quiet)
        for project in progress(self.projects(), "checking project", wanted=wanted):
            try:
                with deadline(self.options.timeout):
                    result = self.check(project)
            except OutOfTimeError:
                self.fail(project, f"not checked within {self.options.timeout:g} seconds")
                continue
            self.baselines.saw(result)
            if self.options.verbose:
                self._say(result)
            yield result

    def _unreadable(self, path: str) -> None:
        self.failed = self.failed or not self.options.allow_partial
        sys.stderr.write(visible(f"error: {os.path.relpath(path, self.cwd)}: cannot be looked into") + "\n")

    def fail(self, project: ProjectFiles, reason: str) -> None:
        """A project that could not be judged: an error of the run, that does not stop the others."""
        self.failed = True
        sys.stderr.write(visible(f"error: {self.shown(project)[0]}: {reason}") + "\n")

    def _say(self, result: Result) -> None:
        """What was read, for `--verbose`."""
        settings = self._configured(Path(result.project.directory))[0].origin or "the defaults"
        names = ", ".join(result.files)
        sys.stderr.write(visible(f"read {names} with {settings}: {len(result.selection.rules)} rules") + "\n")

    def check(self, project: ProjectFiles, overlay: Mapping[str, bytes] | None = None) -> Result:
        """Read a project and run the rules; `overlay` (absolute path -> content) stands in for files on trial."""
        configuration, chosen = self._configured(Path(project.directory))
        reading = read_project(self._request(project), self._open(project, overlay))
        ran = judges(chosen, configuration.settings, self.rules) if self._judging else chosen
        ran = replace(ran, minimum=Severity.INFO)
        outcome = check(reading, ran, inline=not self.options.no_ignores, today=self.today)
        wanted = self._wanted(project, chosen, self._overrides(configuration).apply(outcome.findings))
        marked = self._changed(project, self.baselines.mark(configuration, wanted))
        reported = replace(outcome, findings=tuple(marked))
        return Result(project, reading, chosen, configuration, reported, outcome.findings)

    def _overrides(self, configuration: Configuration) -> Overrides:
        rows: list[OverrideRow] = []
        for number, override in enumerate(configuration.settings.overrides):
            steps = ("overrides", number)
            folder = str(self.cwd / configuration.folder(steps))
            try:
                rows += Overrides.of([override], self.rules, folder).rows
            except UsageError as error:
                raise ConfigError(f"{configuration.place(steps)}: {error}") from None
        return Overrides(tuple(rows))

    def _changed(self, project: ProjectFiles, findings: list[Finding]) -> list[Finding]:
        """With `--since`, the findings of what changed."""
        reference = self.options.since if isinstance(self.options, CheckOptions) else None
        if reference is None:
            return findings
        from composeguard.commands.since import Changes, kept

        if STDIN in self.options.paths:
            raise UsageError("--since compares files; standard input is none")
        root = repository(Path(project.directory))
        if root is None:
            raise UsageError(f"--since {reference}: {project.directory} is in no git repository")
        if root not in self._changes:
            self._changes[root] = Changes(root, reference)
        return kept(findings, self._changes[root])

    def exists(self, name: str) -> bool:
        """Whether there is a file that reports of this run call so."""
        bases = {base for _, base in self._files} or {self.cwd}
        return any(disk.exists(str(base / name)) for base in bases)

    def forget(self) -> None:
        """Read files anew from now on: some were written."""
        self._files.clear()

    def shown(self, project: ProjectFiles) -> tuple[str, ...]:
        """The names of a project's files as a shell in the current folder has them."""
        return tuple(Path(os.path.relpath(path, self.cwd)).as_posix() for path in project.files)

    def _wanted(self, project: ProjectFiles, chosen: Selection, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Only what was selected, in the files that were asked for; a gap that is allowed is information."""
        codes = {rule.code for rule in chosen.rules}
        asked = {disk.real(path) for path in project.report_on}
        others = {disk.real(path) for path in project.files} - asked if asked else set()
        for finding in findings:
            if finding.code not in codes or finding.severity < chosen.minimum:
                continue
            if others and disk.real(finding.file.path) not in asked:
                continue
            if self.options.allow_partial and finding.rule.code == "CG902":
                yield replace(finding, severity=Severity.INFO)
            else:
                yield finding

    def _find_projects(self) -> list[ProjectFiles]:
        options = self.options
        if options.files:
            if options.paths:
                raise UsageError("give PATHS or --file, not both: --file makes one project of several files")
            files = tuple(self._input(name) for name in options.files)
            return [ProjectFiles(files=files, report_on=(), directory=str(Path(files[0]).parent))]
        walk = Walk(
            exclude=(*options.exclude, *self._configured(self.cwd)[0].settings.exclude),
            force_exclude=options.force_exclude,
            gitignore=not options.no_respect_gitignore,
            unreadable=self._unreadable,
        )
        found: list[ProjectFiles] = []
        named = [path for path in options.paths if path != STDIN]
        if STDIN in options.paths:
            file = self._input(STDIN)
            found.append(ProjectFiles(files=(file,), report_on=(), directory=str(Path(file).parent)))
        if named or not options.paths:
            asked = tuple(self._input(path) for path in named) or (str(self.cwd),)
            environment = dict(os.environ) if options.environment else {}
            found.extend(projects_of(asked, walk, environment=environment))
        return found

    def _existing(self, option: str, name: str) -> str:
        """The absolute path that an option gives, which must exist."""
        if not disk.exists(name):
            raise UsageError(f"{option} {name} does not exist")
        return _absolute(name)

    def _input(self, name: str) -> str:
        """The absolute path of a named input, which must exist; standard input gets a name and stands in for that."""
        if name != STDIN:
            if not disk.exists(name):
                hint = near(name, COMMANDS) if os.sep not in name else ""
                raise UsageError(f"{name} does not exist{hint}")
            return _absolute(name)
        disk.unrepeatable()
        if sys.stdin is None:
            raise UsageError("standard input is closed")
        path = _absolute(self.options.stdin_filename or STDIN_NAME)
        data = sys.stdin.buffer.read(_MAXIMUM_STDIN + 1)
        self.overlay[path] = data
        return path

    def _request(self, project: ProjectFiles) -> Request:
        options = self.options
        directory = project.directory
        if options.project_directory:
            directory = self._existing("--project-directory", options.project_directory)
        return Request(
            files=project.files,
            project_directory=directory,
            root=str(repository(Path(project.directory)) or directory),
            environment=dict(os.environ) if options.environment else {},
            env_files=tuple(self._existing("--env-file", name) for name in options.env_files) or project.env_files,
            profiles=options.compose_profiles,
        )

    def _open(self, project: ProjectFiles, overlay: Mapping[str, bytes] | None) -> Files:
        directory = Path(project.directory)
        root = repository(directory) or directory
        base = self._base(directory) or self._outside or directory
        if overlay is not None:
            return Files(str(root), names_from=str(base), overlay={**self.overlay, **overlay})
        key = (root, base)
        if key not in self._files:
            self._files[key] = Files(str(root), names_from=str(base), overlay=self.overlay)
        return self._files[key]

    def _load_given(self) -> Path | None:
        if self.options.config is None:
            return None
        given = Path(self.options.config)
        if not disk.is_file(str(given)):
            raise UsageError(f"--config {given}: no such file")
        return given

    def configuration(self, folder: Path | None = None) -> Configuration:
        """The configuration that holds for a folder; for the current one, where none is named."""
        return self._configured(folder or self.cwd)[0]

    def _configured(self, directory: Path) -> tuple[Configuration, Selection]:
        """The configuration that holds for a folder: the nearest one upward."""
        path = self._given
        if path is None and not self.options.no_config:
            path = discover(directory, repository(directory) or Path(directory.anchor))
        if path not in self._configurations:
            configuration = DEFAULT if path is None else self._load(path)
            configuration = replace(configuration, settings=_with_options(configuration.settings, self.options))
            self._configurations[path] = (configuration, selection(configuration, self.rules))
        return self._configurations[path]

    def _load(self, path: Path) -> Configuration:
        folder = Path(_absolute(str(path.parent)))
        return load(path, os.path.relpath(path, self.cwd), repository(folder) or folder)


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("the current folder does not exist any more") from None


def _absolute(name: str) -> str:
    """Links stay: reports name a file as the user does, and `..` counts by name as in the shell."""
    return os.path.abspath(name)  # noqa: PTH100 -- Path.resolve() would follow links


@cache
def repository(folder: Path) -> Path | None:
    """The nearest folder upward that holds `.git`."""
    root = repository_root(str(folder))
    return None if root is None else Path(root)


def judges(chosen: Selection, settings: Settings, rules: tuple[Rule, ...]) -> Selection:
    """The chosen rules and the rest of the profile, at any severity."""
    profile = Profile(settings.profile)
    codes = {rule.code for rule in chosen.rules} | {rule.code for rule in rules if profile.holds(rule.profiles)}
    return replace(chosen, rules=tuple(rule for rule in rules if rule.code in codes), minimum=Severity.INFO)


def _load_rules(folders: tuple[str, ...]) -> tuple[Rule, ...]:
    rules = list(load_builtin())
    for number, folder in enumerate(folders):
        rules.extend(load_folder(Path(folder), f"composeguard_rules_{number}"))
    return tuple(rules)


def _with_options(settings: Settings, options: LintOptions) -> Settings:
    """What the command line says wins; its lists of exceptions add to those of the file."""
    changes: dict[str, object] = {}
    if options.profile is not None:
        changes["profile"] = options.profile
    if options.select:
        changes["select"] = list(options.select)
    if options.min_severity is not None:
        changes["min_severity"] = options.min_severity
    if isinstance(options, CheckOptions) and options.fail_on is not None:
        changes["fail_on"] = options.fail_on
    changes["extend_select"] = [*settings.extend_select, *options.extend_select]
    changes["ignore"] = [*settings.ignore, *options.ignore]
    return settings.model_copy(update=changes)
