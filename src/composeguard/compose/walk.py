"""The Compose files below a folder, without those that git ignores."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from composeguard.compose.files import Files, UnavailableError
from composeguard.source import disk

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_NAME = re.compile(r"(?:(?:docker-|podman-|container-)?compose|stack).*\.ya?ml", re.DOTALL)
_NOT_COMPOSE = frozenset({"composer.yaml", "composer.yml"})
_GITIGNORE = ".gitignore"
_EXCLUDE = ".git/info/exclude"
_DEEPEST = 200
_MOST_STARS = 3
"""Wildcards in one part of a pattern: matching takes time to the power of their number."""


def is_compose_name(name: str) -> bool:
    """Whether a file is taken for a Compose file by its name alone."""
    return _NAME.fullmatch(name) is not None and name not in _NOT_COMPOSE


def patterns(lines: Iterable[str]) -> GitIgnoreSpec:
    """Patterns as in `.gitignore`. One that is broken, or could take very long to match, is left out."""
    # Imported only where there are patterns: a run on named files has none.
    from pathspec import GitIgnoreSpec

    kept = [line for line in lines if _is_tame(line)]
    with warnings.catch_warnings():
        # A character set that looks like one of a later Python.
        warnings.simplefilter("ignore")
        try:
            return GitIgnoreSpec.from_lines(kept)
        except (ValueError, re.error):
            return GitIgnoreSpec.from_lines(line for line in kept if _is_pattern(line))


def _is_tame(line: str) -> bool:
    parts = line.split("/")
    return parts.count("**") <= _MOST_STARS and all(part.count("*") <= _MOST_STARS for part in parts)


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True


class Walker:
    """Finds Compose files below folders of one repository. Symbolic links to folders are not followed."""

    def __init__(self, files: Files, root: str, *, respect_gitignore: bool = True, exclude: Iterable[str] = ()) -> None:
        self.files = files
        self.root = Path(root)
        self.respect_gitignore = respect_gitignore
        excluded = list(exclude)
        self.exclude = patterns(excluded) if excluded else None
        self.ignored: dict[Path, GitIgnoreSpec | None] = {}
        self.unreadable: list[str] = []
        """What could not be looked into: folders, and links that lead in a circle."""

    def walk(self, folder: str) -> Iterator[str]:
        """The Compose files and env files named `.env` at any depth below `folder`, sorted within each folder."""
        yield from self._walk(Path(folder), 0)

    def is_excluded(self, path: str) -> bool:
        """Whether the patterns that the caller gives exclude a file, or a folder that holds it."""
        return self._excludes(Path(path), folder=False)

    def _walk(self, folder: Path, depth: int) -> Iterator[str]:
        try:
            entries = disk.scan(str(folder))
        except OSError:
            self.unreadable.append(str(folder))
            return
        folders: list[Path] = []
        for entry in entries:
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                if not is_folder and entry.is_dir():
                    continue
            except OSError:
                if is_compose_name(entry.name):
                    self.unreadable.append(str(folder / entry.name))
                continue
            path = folder / entry.name
            if is_folder:
                if entry.name != ".git" and depth < _DEEPEST and not self._skips(path, folder=True):
                    folders.append(path)
            elif entry.name == ".env" or (is_compose_name(entry.name) and not self._skips(path, folder=False)):
                yield str(path)
        for path in folders:
            yield from self._walk(path, depth + 1)

    def _skips(self, path: Path, *, folder: bool) -> bool:
        return self._excludes(path, folder=folder) or (self.respect_gitignore and self._ignores(path, folder=folder))

    def _excludes(self, path: Path, *, folder: bool) -> bool:
        return self.exclude is not None and self.exclude.match_file(_relative(path, self.root, folder=folder))

    def _ignores(self, path: Path, *, folder: bool) -> bool:
        """The nearest `.gitignore` that speaks of the path decides, then the patterns of this clone alone."""
        for parent in path.parents:
            spec = self._spec(parent / _GITIGNORE)
            if spec is not None:
                said = spec.check_file(_relative(path, parent, folder=folder)).include
                if said is not None:
                    return said
            if parent == self.root:
                break
        spec = self._spec(self.root / _EXCLUDE)
        return spec is not None and bool(spec.check_file(_relative(path, self.root, folder=folder)).include)

    def _spec(self, file: Path) -> GitIgnoreSpec | None:
        if file not in self.ignored:
            path = str(file)
            spec = None
            if self.files.is_file(path):
                try:
                    spec = patterns(self.files.text(path).text.splitlines())
                except UnavailableError:
                    spec = None
            self.ignored[file] = spec
        return self.ignored[file]


def _relative(path: Path, base: Path, *, folder: bool) -> str:
    text = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
    return f"{text}/" if folder else text
