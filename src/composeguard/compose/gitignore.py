"""What git leaves out of a repository, as its `.gitignore` files say; git itself is not asked."""

from __future__ import annotations

import posixpath
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from composeguard.compose.files import Files, UnavailableError
from composeguard.compose.folders import below

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_GITIGNORE = ".gitignore"
_GIT = ".git"
_EXCLUDE = ".git/info/exclude"
_MOST_STARS = 3
"""Wildcards in one part of a pattern: matching takes time to the power of their number."""


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


class GitIgnore:
    """The `.gitignore` files of one repository at any depth, and the patterns of this clone alone.

    What a machine ignores everywhere (`core.excludesFile`) is not known.
    """

    def __init__(self, files: Files, root: str) -> None:
        self.root = root
        self._files = files
        self._specs: dict[str, GitIgnoreSpec | None] = {}

    @property
    def is_repository(self) -> bool:
        """Whether the root is a working tree of git; of a linked one, `.git` is a file."""
        git = posixpath.join(self.root, _GIT)
        return self._files.is_folder(git) or self._files.is_file(git)

    def ignores(self, path: str, *, folder: bool) -> bool:
        """Whether a path whose folders are not ignored is. The nearest `.gitignore` that speaks of it decides."""
        for parent in _above(path):
            spec = self._spec(parent, _GITIGNORE)
            if spec is not None:
                said = spec.check_file(relative(path, parent, folder=folder)).include
                if said is not None:
                    return said
            if parent == self.root:
                break
        spec = self._spec(self.root, _EXCLUDE)
        return spec is not None and bool(spec.check_file(relative(path, self.root, folder=folder)).include)

    def ignores_file(self, path: str) -> bool:
        """Whether a file is ignored, or a folder that holds it: git does not look for exceptions in such a folder."""
        above = [parent for parent in _above(path) if below(parent, self.root) not in (None, posixpath.curdir)]
        return any(self.ignores(parent, folder=True) for parent in reversed(above)) or self.ignores(path, folder=False)

    def _spec(self, folder: str, name: str) -> GitIgnoreSpec | None:
        file = posixpath.join(folder, name)
        if file not in self._specs:
            spec = None
            if self._files.is_file(file):
                try:
                    spec = patterns(self._files.text(file).text.splitlines())
                except UnavailableError:
                    spec = None
            self._specs[file] = spec
        return self._specs[file]


def relative(path: str, base: str, *, folder: bool) -> str:
    """A path as patterns see it from a folder: with a slash at the end, if it is a folder."""
    text = below(path, base) or posixpath.basename(path)
    return f"{text}/" if folder else text


def _above(path: str) -> Iterator[str]:
    """The folders that hold an absolute path, the nearest first."""
    while path != (path := posixpath.dirname(path)):
        yield path
