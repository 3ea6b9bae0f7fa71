"""The Compose files below a folder, without those that git ignores."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from composeguard.compose.files import Files
from composeguard.compose.gitignore import GitIgnore, patterns, relative
from composeguard.source import disk
from composeguard.source.regex import regex

_NAME = regex(r"(?:(?:docker-|podman-|container-)?compose|stack).*\.ya?ml", re.DOTALL)
_NOT_COMPOSE = regex(r"composer\.ya?ml|composeguard.*", re.DOTALL)
"""Configurations of Composer, and our own: `init` writes a workflow `composeguard.yml`."""
_DEEPEST = 200


def is_compose_name(name: str) -> bool:
    """Whether a file is taken for a Compose file by its name alone."""
    return _NAME.fullmatch(name) is not None and _NOT_COMPOSE.fullmatch(name) is None


class Walker:
    """Finds Compose files below folders of one repository. Symbolic links to folders are not followed."""

    def __init__(self, files: Files, root: str, *, respect_gitignore: bool = True, exclude: Iterable[str] = ()) -> None:
        self.root = root
        self.respect_gitignore = respect_gitignore
        excluded = list(exclude)
        self.exclude = patterns(excluded) if excluded else None
        self.gitignore = GitIgnore(files, root)
        self.unreadable: list[str] = []
        """What could not be looked into: folders, and links that lead in a circle."""

    def walk(self, folder: str) -> Iterator[str]:
        """The Compose files and env files named `.env` at any depth below `folder`, sorted within each folder."""
        yield from self._walk(folder, 0)

    def is_excluded(self, path: str) -> bool:
        """Whether the patterns that the caller gives exclude a file, or a folder that holds it."""
        return self._excludes(path, folder=False)

    def _walk(self, folder: str, depth: int) -> Iterator[str]:
        try:
            entries = disk.scan(folder)
        except OSError:
            self.unreadable.append(folder)
            return
        folders: list[str] = []
        for entry in entries:
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                if not is_folder and entry.is_dir():
                    continue
            except OSError:
                if is_compose_name(entry.name):
                    self.unreadable.append(entry.path)
                continue
            if is_folder:
                if entry.name != ".git" and depth < _DEEPEST and not self._skips(entry.path, folder=True):
                    folders.append(entry.path)
            elif entry.name == ".env" or (is_compose_name(entry.name) and not self._skips(entry.path, folder=False)):
                yield entry.path
        for path in folders:
            yield from self._walk(path, depth + 1)

    def _skips(self, path: str, *, folder: bool) -> bool:
        return self._excludes(path, folder=folder) or (
            self.respect_gitignore and self.gitignore.ignores(path, folder=folder)
        )

    def _excludes(self, path: str, *, folder: bool) -> bool:
        return self.exclude is not None and self.exclude.match_file(relative(path, self.root, folder=folder))
