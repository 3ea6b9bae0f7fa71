"""Which files make a project: the default names, their override, and what `COMPOSE_FILE` says."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field

from composeguard.compose.dotenv import DotenvError, parse_dotenv
from composeguard.compose.files import Files, UnavailableError
from composeguard.compose.folders import Folders
from composeguard.compose.paths import join_path
from composeguard.compose.unresolved import Text
from composeguard.compose.walk import Walker, is_compose_name
from composeguard.source import disk

DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
_PAIRED = frozenset((*DEFAULT_NAMES, *OVERRIDE_NAMES))
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})


class ProjectFiles(Struct, frozen=True):
    """One project, with absolute paths. It is what a `Request` needs to know of files."""

    files: tuple[str, ...]
    report_on: tuple[str, ...]
    """Those of `files` that were asked for; the others are there to see what deploys."""
    directory: str
    env_files: tuple[str, ...] | None = None
    """None: `.env` in the project directory."""
    passed_over: tuple[str, ...] = ()
    """Files with a default name that another one wins over."""


class Walk(Struct, frozen=True):
    """How folders are walked."""

    exclude: tuple[str, ...] = ()
    """Patterns as in `.gitignore`, relative to the repository."""
    force_exclude: bool = False
    """They hold for files that are named one by one too."""
    gitignore: bool = True
    """Leave out what git ignores."""
    unreadable: Callable[[str], None] | None = None
    """Is told of each folder or link that could not be looked into."""


def projects_of(
    paths: Iterable[str],
    walk: Walk | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folders: Folders | None = None,
) -> list[ProjectFiles]:
    """The projects of absolute paths of files and folders, ordered by path.

    A file brings the whole project that it belongs to, so that the result does not depend on what else is asked for;
    `report_on` says what was. `COMPOSE_FILE` of `environment` holds for the folders given, that of an `.env` for its
    own folder.
    """
    walk = walk or Walk()
    environment = environment or {}
    folders = folders or Folders()
    finders: dict[str, _Finder] = {}
    projects: dict[tuple[str, ...], _Project] = {}
    for given in paths:
        path = join_path("/", given)
        is_folder = disk.is_folder(path)
        folder = path if is_folder else posixpath.dirname(path)
        root = folders.repository(folder) or folder
        if root not in finders:
            finders[root] = _Finder(root, walk, folders)
        finder = finders[root]
        for asked in finder.below(path, environment) if is_folder else finder.named(path):
            project = finder.project(asked)
            projects.setdefault(project.files, project).asked[asked] = None
    if walk.unreadable:
        for path in sorted({path for finder in finders.values() for path in finder.walker.unreadable}):
            walk.unreadable(path)
    return sorted((project.result() for project in projects.values()), key=lambda project: project.files)


def find_project(
    directory: str,
    *,
    environment: Mapping[str, str],
    root: str | None = None,
    files: Files | None = None,
    given: Sequence[str] = (),
    env_files: Sequence[str] = (),
    project_directory: str | None = None,
) -> ProjectFiles | None:
    """The project that the reference finds from `directory`, going upwards; None where there is none.

    All paths are absolute. `root` ends the way up, and `files` reads what is looked at; else there is no bound.
    `given` are the files of `-f` and win over everything; `COMPOSE_FILE` of the environment or of an env file wins
    over the default names.
    """
    files = files or Files(root or posixpath.sep)
    chosen_env = _env_files(directory, env_files, environment)
    start = project_directory or (posixpath.dirname(given[0]) if given else directory)
    paths = tuple(given)
    if not paths:
        known = {**_read_env(files, _or_default(chosen_env, start)), **environment}
        paths = tuple(_listed(directory, known))
    passed_over: tuple[str, ...] = ()
    if not paths:
        folder = directory
        while not (names := _present(files, folder, DEFAULT_NAMES)):
            if folder == root or folder == (folder := posixpath.dirname(folder)):
                return None
        overrides = _present(files, folder, OVERRIDE_NAMES)
        paths = (names[0], *overrides[:1])
        passed_over = (*names[1:], *overrides[1:])
    project = project_directory or posixpath.dirname(paths[0])
    if chosen_env is None and project != start:
        chosen_env = _nearest_first(files, (start, project))
    return ProjectFiles(paths, paths, project, chosen_env, passed_over)


class _Project(Struct):
    files: tuple[str, ...]
    directory: str
    env_files: tuple[str, ...] | None = None
    passed_over: tuple[str, ...] = ()
    asked: dict[str, None] = field(default_factory=dict)

    def result(self) -> ProjectFiles:
        report_on = tuple(path for path in self.files if path in self.asked)
        return ProjectFiles(self.files, report_on, self.directory, self.env_files, self.passed_over)


class _Pair(Struct, frozen=True):
    """The base and its override that a folder has, if it has that, and the files that these win over."""

    files: tuple[str, ...]
    passed_over: tuple[str, ...]


class _Finder:
    """Groups files into projects; remembers what each `.env` says."""

    def __init__(self, root: str, walk: Walk, folders: Folders) -> None:
        self.files = Files(root, folders=folders)
        self.root = root
        self.walk = walk
        self.walker = Walker(self.files, root, respect_gitignore=walk.gitignore, exclude=walk.exclude)
        self.claims: dict[str, tuple[str, ...]] = {}
        """Folder to the files that its `COMPOSE_FILE` names."""
        self.pairs: dict[str, _Pair | None] = {}

    def named(self, path: str) -> list[str]:
        """The file that is named, unless it is excluded nevertheless."""
        return [] if self.walk.force_exclude and self.walker.is_excluded(path) else [path]

    def below(self, path: str, environment: Mapping[str, str]) -> list[str]:
        """The files that a folder stands for."""
        if chosen := tuple(_listed(path, environment)):
            self.claims[path] = chosen
        asked = dict.fromkeys(chosen)
        for found in self.walker.walk(path):
            folder, name = posixpath.split(found)
            if name == ".env":
                asked.update(dict.fromkeys(self.claimed(folder)))
            elif not self.loses(found):
                asked[found] = None
        return list(asked)

    def project(self, path: str) -> _Project:
        """The project that a file belongs to."""
        for folder in self.parents(posixpath.dirname(path)):
            claimed = self.claimed(folder)
            if path in claimed:
                directory = posixpath.dirname(claimed[0])
                env_files = None if folder == directory else _nearest_first(self.files, (folder, directory))
                return _Project(claimed, directory, env_files)
        folder, name = posixpath.split(path)
        pair = self.pair(folder) if name in _PAIRED else None
        if pair and path in pair.files:
            return _Project(pair.files, folder, passed_over=pair.passed_over)
        return _Project((path,), folder)

    def pair(self, folder: str) -> _Pair | None:
        """The file with the first default name that a folder has, and its override."""
        if folder not in self.pairs:
            bases = _present(self.files, folder, DEFAULT_NAMES)
            overrides = _present(self.files, folder, OVERRIDE_NAMES) if bases else []
            found = _Pair((*bases[:1], *overrides[:1]), (*bases[1:], *overrides[1:]))
            self.pairs[folder] = found if bases else None
        return self.pairs[folder]

    def loses(self, path: str) -> bool:
        """Whether the reference passes over a file: another name wins, or `COMPOSE_FILE` has the base alone."""
        folder, name = posixpath.split(path)
        pair = self.pair(folder) if name in _PAIRED else None
        if pair is None or path in (claimed := self.claimed(folder)):
            return False
        return path not in pair.files or (path != pair.files[0] and pair.files[0] in claimed)

    def claimed(self, folder: str) -> tuple[str, ...]:
        """The files that the folder's `.env` names."""
        if folder not in self.claims:
            path = join_path(folder, ".env")
            known = _read_env(self.files, (path,)) if self.files.is_file(path) else {}
            self.claims[folder] = tuple(_listed(folder, known))
        return self.claims[folder]

    def parents(self, folder: str) -> list[str]:
        """The folders from the root down to this one."""
        found = [folder]
        while folder != self.root and folder != (parent := posixpath.dirname(folder)):
            folder = parent
            found.append(folder)
        return found[::-1]


def _listed(folder: str, environment: Mapping[str, Text]) -> list[str]:
    """The files of `COMPOSE_FILE`, seen from `folder`."""
    listed = environment.get("COMPOSE_FILE")
    if not isinstance(listed, str) or not listed:
        return []
    separator = environment.get("COMPOSE_PATH_SEPARATOR")
    if not isinstance(separator, str) or not separator:
        separator = os.pathsep
    return [join_path(folder, path) for path in listed.split(separator)]


def _env_files(directory: str, given: Sequence[str], environment: Mapping[str, str]) -> tuple[str, ...] | None:
    """The env files that are named; () where the default is switched off."""
    if given:
        return tuple(given)
    listed = [path for path in environment.get("COMPOSE_ENV_FILES", "").split(",") if path]
    if listed:
        return tuple(join_path(directory, path) for path in listed)
    return () if environment.get("COMPOSE_DISABLE_ENV_FILE") in _TRUE else None


def _or_default(env_files: tuple[str, ...] | None, folder: str) -> tuple[str, ...]:
    return (join_path(folder, ".env"),) if env_files is None else env_files


def _nearest_first(files: Files, folders: tuple[str, str]) -> tuple[str, ...] | None:
    """The `.env` of where the search starts wins over that of the project directory."""
    outer, inner = (join_path(folder, ".env") for folder in folders)
    if not files.is_file(outer):
        return None
    return (inner, outer) if files.is_file(inner) else (outer,)


def _read_env(files: Files, paths: Iterable[str]) -> dict[str, Text]:
    """What env files set. What is wrong with them is said when the project is loaded."""
    values: dict[str, Text] = {}
    for path in paths:
        try:
            values.update(parse_dotenv(files.text(path).text, {}, earlier=values).values)
        except DotenvError as error:
            values.update(error.partial.values)
        except UnavailableError:
            continue
    return values


def _present(files: Files, folder: str, names: Iterable[str]) -> list[str]:
    return [path for name in names if files.is_file(path := posixpath.join(folder, name))]


__all__ = [
    "DEFAULT_NAMES",
    "OVERRIDE_NAMES",
    "ProjectFiles",
    "Walk",
    "find_project",
    "is_compose_name",
    "projects_of",
]
