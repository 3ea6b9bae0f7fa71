"""What git leaves out of a repository, as its `.gitignore` files say; git itself is not asked."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from composeguard.compose.files import Files, UnavailableError

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
        self.root = Path(root)
        self._files = files
        self._specs: dict[Path, GitIgnoreSpec | None] = {}

    @property
    def is_repository(self) -> bool:
        """Whether the root is a working tree of git; of a linked one, `.git` is a file."""
        git = str(self.root / _GIT)
        return self._files.is_folder(git) or self._files.is_file(git)

    def ignores(self, path: Path, *, folder: bool) -> bool:
        """Whether a path whose folders are not ignored is. The nearest `.gitignore` that speaks of it decides."""
        for parent in path.parents:
            spec = self._spec(parent / _GITIGNORE)
            if spec is not None:
                said = spec.check_file(relative(path, parent, folder=folder)).include
                if said is not None:
                    return said
            if parent == self.root:
                break
        spec = self._spec(self.root / _EXCLUDE)
        return spec is not None and bool(spec.check_file(relative(path, self.root, folder=folder)).include)

    def ignores_file(self, path: Path) -> bool:
        """Whether a file is ignored, or a folder that holds it: git does not look for exceptions in such a folder."""
        above = [parent for parent in path.parents if parent != self.root and parent.is_relative_to(self.root)]
        return any(self.ignores(parent, folder=True) for parent in reversed(above)) or self.ignores(path, folder=False)

    def _spec(self, file: Path) -> GitIgnoreSpec | None:
        if file not in self._specs:
            path = str(file)
            spec = None
            if self._files.is_file(path):
                try:
                    spec = patterns(self._files.text(path).text.splitlines())
                except UnavailableError:
                    spec = None
            self._specs[file] = spec
        return self._specs[file]


def relative(path: Path, base: Path, *, folder: bool) -> str:
    """A path as patterns see it from a folder: with a slash at the end, if it is a folder."""
    text = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
    return f"{text}/" if folder else text
