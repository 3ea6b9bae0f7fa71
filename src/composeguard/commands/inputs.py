"""The projects that a command line names: paths, folders to walk, standard input, one project of several files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from composeguard.commands.configured import Configurations
from composeguard.commands.equipment import Equipment
from composeguard.commands.hidden import Hidden
from composeguard.commands.names import COMMANDS
from composeguard.commands.options import LintOptions
from composeguard.commands.places import absolute
from composeguard.compose.discover import ProjectFiles, Walk, projects_of
from composeguard.compose.folders import Folders
from composeguard.engine.registry import near
from composeguard.errors import UsageError
from composeguard.source import disk

STDIN = "-"
_STDIN_NAME = "<stdin>"
_MAXIMUM_STDIN = 16 * 1024 * 1024


class Inputs:
    """What is to be checked. `unreadable` is told of folders that cannot be looked into."""

    def __init__(
        self,
        options: LintOptions,
        equipment: Equipment,
        configurations: Configurations,
        cwd: Path,
        folders: Folders,
        unreadable: Callable[[str], None],
    ) -> None:
        self._options = options
        self._equipment = equipment
        self._configurations = configurations
        self._cwd = cwd
        self._folders = folders
        self._unreadable = unreadable
        self.overlay: dict[str, bytes] = {}
        """What stands in for files: standard input, by the name that it is given, links followed as files are read."""
        self.hidden = Hidden()

    def projects(self) -> list[ProjectFiles]:
        """The projects that the options name; none is no error here."""
        options = self._options
        if options.files:
            if options.paths:
                raise UsageError("give PATHS or --file, not both: --file makes one project of several files")
            files = tuple(self._input(name) for name in options.files)
            return [ProjectFiles(files=files, report_on=(), directory=str(Path(files[0]).parent))]
        excluded = tuple(self._configurations.of(str(self._cwd)).configuration.settings.exclude)
        if self._equipment.locks and excluded != self._equipment.exclude:
            found = self._find_outside((*options.exclude, *self._equipment.exclude))
            self.hidden = Hidden(found, self._find_outside((*options.exclude, *excluded)))
            return found
        return self._find_outside((*options.exclude, *excluded))

    def _find_outside(self, exclude: tuple[str, ...]) -> list[ProjectFiles]:
        """The projects of all paths, without what is excluded."""
        options = self._options
        walk = Walk(
            exclude=exclude,
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
            asked = tuple(self._input(path) for path in named) or (str(self._cwd),)
            environment = dict(os.environ) if options.environment else {}
            found.extend(projects_of(asked, walk, environment=environment, folders=self._folders))
        return found

    def _input(self, name: str) -> str:
        """The absolute path of a named input, which must exist; standard input gets a name and stands in for that."""
        if name != STDIN:
            if not disk.exists(name):
                hint = near(name, COMMANDS) if os.sep not in name else ""
                if name in COMMANDS:
                    hint = f"; the command comes before its options: composeguard {name} …"
                raise UsageError(f"{name} does not exist{hint}")
            return absolute(name)
        disk.unrepeatable()
        if sys.stdin is None:
            raise UsageError("standard input is closed")
        path = absolute(self._options.stdin_filename or _STDIN_NAME)
        real = self._folders.place(path)
        if real not in self.overlay:
            self.overlay[real] = sys.stdin.buffer.read(_MAXIMUM_STDIN + 1)
        return path


def existing(option: str, name: str) -> str:
    """The absolute path that an option gives, which must exist."""
    if not disk.exists(name):
        raise UsageError(f"{option} {name} does not exist")
    return absolute(name)
