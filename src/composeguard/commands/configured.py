"""The configuration that holds for each folder, with the rules that it brings and what the command line says."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from composeguard.commands.equipment import Equipment, Equipped
from composeguard.commands.options import CheckOptions, LintOptions
from composeguard.commands.places import absolute
from composeguard.compose.folders import Folders
from composeguard.config import DEFAULT, Configuration, Settings, discover, load, selection
from composeguard.engine.rule import Rule
from composeguard.errors import UsageError
from composeguard.source import disk


class Configurations:
    """Each is loaded once a run.

    Raises:
        UsageError: the command line names a file that is not there.
    """

    def __init__(self, options: LintOptions, equipment: Equipment, cwd: Path, folders: Folders) -> None:
        self._options = options
        self._equipment = equipment
        self._cwd = cwd
        self._folders = folders
        self._given = _given(options)
        self._known: dict[Path | None, Equipped] = {}
        self._nearest: dict[str, Path | None] = {}
        """The configuration file that holds for a folder."""

    def of(self, directory: str) -> Equipped:
        """The configuration that holds for a folder: the nearest one upward."""
        path = self._given
        if path is None and not self._options.no_config:
            path = discover(directory, self._folders.repository(directory), self._nearest)
        if path not in self._known:
            with disk.overheard() as seen:
                configuration = DEFAULT if path is None else self._load(path)
                root = self._folders.repository(directory) or (directory if path is None else path.parent)
                equipped = self._equipment.under(configuration, Path(root))
            settings = _with_options(equipped.configuration.settings, self._options)
            configuration = replace(equipped.configuration, settings=settings)
            chosen = self._equipment.held(selection(configuration, equipped.rules))
            self._known[path] = replace(
                equipped,
                configuration=configuration,
                selection=chosen,
                contents=self._equipment.contents + disk.contents(seen),
            )
        return self._known[path]

    def expired(self, day: date) -> list[str]:
        """A line for each exemption of a pack that has expired, in any project of the run."""
        lines = [line for each in self._known.values() for line in each.expired(day)]
        return list(dict.fromkeys(lines))

    def _load(self, path: Path) -> Configuration:
        folder = absolute(str(path.parent))
        return load(path, os.path.relpath(path, self._cwd), Path(self._folders.repository(folder) or folder))


def rules_here(options: LintOptions) -> tuple[Rule, ...]:
    """The rules that the command line, and the configuration and packs of the working folder, bring."""
    here = Path.cwd()
    return Configurations(options, Equipment(options), here, Folders()).of(str(here)).rules


def _given(options: LintOptions) -> Path | None:
    if options.config is None:
        return None
    given = Path(options.config)
    if not disk.is_file(str(given)):
        raise UsageError(f"--config {given}: no such file")
    return given


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
