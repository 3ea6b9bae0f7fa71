"""What a run knows of folders: where each of them really is, and the repository that it lies in.

Most files of a run lie in few folders, and all of these below the same ones: each is asked about once.
"""

from __future__ import annotations

import posixpath

from composeguard.source import disk

_MOST = 1 << 14
"""Folders that are remembered; more are forgotten together and asked about again."""
_LONGEST = 4096
"""Characters of a path that is taken apart: no longer one leads anywhere."""
_NO_NAMES = ("", posixpath.curdir, posixpath.pardir)


class Folders:
    """The folders of one run. Those that change meanwhile are seen as they were at first."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}
        self._repositories: dict[str, str | None] = {}

    def repository(self, folder: str) -> str | None:
        """The nearest folder upward that holds `.git`; of an absolute path."""
        known = self._repositories
        if folder in known:
            return known[folder]
        passed: list[str] = []
        found, place = None, folder
        while place not in known:
            passed.append(place)
            if disk.exists(posixpath.join(place, ".git")):
                found = place
                break
            above = posixpath.dirname(place)
            if above == place:
                break
            place = above
        else:
            found = known[place]
        if len(known) > _MOST:
            known.clear()
        known.update(dict.fromkeys(passed, found))
        return found

    def real(self, folder: str) -> str:
        """The path of a folder without symbolic links."""
        if len(folder) > _LONGEST:
            return without_links(folder)
        real = self._real.get(folder)
        if real is None:
            real = self._found(folder)
        disk.note_again("real", folder, real)
        return real

    def _found(self, folder: str) -> str:
        known = self._real
        passed: list[tuple[str, str]] = []
        place = folder
        while (real := known.get(place)) is None:
            above, name = posixpath.split(place)
            if name in _NO_NAMES:
                real = known[place] = without_links(place)
                break
            passed.append((place, name))
            place = above
        if len(known) > _MOST:
            known.clear()
        for place, name in reversed(passed):
            real = known[place] = _step(real, name)
        return real

    def place(self, path: str) -> str:
        """The path of a file without symbolic links. Its own name is looked at each time: it may be a link by now."""
        folder, name = posixpath.split(path)
        return without_links(path) if name in _NO_NAMES else _step(self.real(folder), name)


def without_links(path: str) -> str:
    """A path with all symbolic links followed; as it is, where they lead in a circle, or no file has such a name."""
    try:
        return disk.real(path)
    except (OSError, ValueError):
        # Reading it fails with a reason.
        return path


def _step(real: str, name: str) -> str:
    path = posixpath.join(real, name)
    return without_links(path) if disk.is_link(path) else path


def below(path: str, folder: str) -> str | None:
    """What a path says after that of a folder: "." for the folder itself, None where it is not below it."""
    if path == folder:
        return posixpath.curdir
    start = folder if folder.endswith(posixpath.sep) else folder + posixpath.sep
    return path[len(start) :] if path.startswith(start) else None


__all__ = ["Folders", "below", "without_links"]
