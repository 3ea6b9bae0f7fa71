"""The files of a run: read once, inside the repository only, and replaceable by texts that are not on disk."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from copy import copy
from enum import Enum

from composeguard.compose.folders import Folders, below
from composeguard.source import disk
from composeguard.source.decode import encode, is_read_so
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.limits import DEFAULT, Limits
from composeguard.source.read import read_source


class Reason(Enum):
    """Why a file was not read."""

    MISSING = "does not exist"
    OUTSIDE = "was not read: it lies outside the repository or, without one, the folder of the given files"
    NOT_REGULAR = "is not a regular file"
    TOO_LARGE = "is larger than the limit"
    DENIED = "cannot be read"


class UnavailableError(Exception):
    """A file that cannot be had. `uri` is its name for reports."""

    def __init__(self, uri: str, reason: Reason) -> None:
        super().__init__(f"{uri} {reason.value}")
        self.uri = uri
        self.reason = reason

    def again(self) -> UnavailableError:
        """The same, without the frames that this one has come through: what is kept would keep them."""
        return UnavailableError(self.uri, self.reason)


Content = bytes | SourceFile
"""What stands in for a file: its bytes, or a file on trial that is read already, which saves reading it again."""


class Files:
    """Reads files below `root` and keeps them for all projects of a run.

    A symbolic link counts as what it leads to: it must lie inside the root, and reports name it by its real place.
    `overlay` maps absolute paths to contents that stand in for those on disk (standard input, a fix on trial).
    Names in reports are relative to `names_from`, or to the root where a file is not below that. `folders` is what the
    run knows of folders already.
    """

    def __init__(
        self,
        root: str,
        *,
        names_from: str | None = None,
        overlay: Mapping[str, Content] | None = None,
        limits: Limits = DEFAULT,
        folders: Folders | None = None,
    ) -> None:
        self.limits = limits
        self._folders = Folders() if folders is None else folders
        self._root = self._folders.real(root)
        self._bases = (self._root,) if names_from is None else (self._folders.real(names_from), self._root)
        self._overlay = {self._folders.place(path): data for path, data in (overlay or {}).items()}
        self._sources: dict[str, SourceFile | SourceError | UnavailableError] = {}
        self._texts: dict[str, SourceFile | UnavailableError] = {}
        self._answers: dict[str, str | None] = {}
        """What reading each file came to, for whoever notes what a project depends on (`source.disk`)."""

    def beside(self, overlay: Mapping[str, Content]) -> Files:
        """The same files as they are known now, with more contents that stand in for some."""
        files = copy(self)
        files._overlay = self._overlay | {self._folders.place(path): content for path, content in overlay.items()}
        files._sources = {real: known for real, known in self._sources.items() if real not in files._overlay}
        files._texts = {real: known for real, known in self._texts.items() if real not in files._overlay}
        return files

    @property
    def root(self) -> str:
        """The folder that bounds what is read, links followed."""
        return self._root

    def place(self, path: str) -> str:
        """Where a path leads, links followed: the `path` of the file that is read there."""
        return self._folders.place(path)

    def source(self, path: str) -> SourceFile:
        """A YAML file with its documents.

        Raises:
            UnavailableError: it cannot be read.
            SourceError: it is no YAML.
        """
        real = self._folders.place(path)
        found = self._sources.get(real)
        if found is None:
            try:
                found = self._on_trial(real) or read_source(
                    self._uri(real), self._read(real), path=real, limits=self.limits
                )
            except (SourceError, UnavailableError) as error:
                found = error.again()
            self._sources[real] = found
        else:
            self._go_by(real)
        if isinstance(found, (SourceError, UnavailableError)):
            raise found.again()
        return found

    def _on_trial(self, real: str) -> SourceFile | None:
        """What stands in for a file and is read already, if its bytes would be read so under this name."""
        given = self._overlay.get(real)
        if not isinstance(given, SourceFile) or (given.uri, given.path) != (self._uri(real), real):
            return None
        return given if is_read_so(given, self._read(real), self.limits) else None

    def text(self, path: str) -> SourceFile:
        """A file of any other syntax, decoded and without byte order mark; it has no documents.

        Raises:
            UnavailableError: it cannot be read.
        """
        real = self._folders.place(path)
        found = self._texts.get(real)
        if found is None:
            try:
                text = self._read(real).decode("utf-8", "replace")
                bom = text.startswith("\ufeff")
                found = SourceFile(self._uri(real), text.removeprefix("\ufeff"), path=real, bom=bom)
            except UnavailableError as error:
                found = error.again()
            self._texts[real] = found
        else:
            self._go_by(real)
        if isinstance(found, UnavailableError):
            raise found.again()
        return found

    def let_go(self, kept: int) -> list[SourceFile]:
        """Remember only the last `kept` files of each sort; gives the others, which are read anew when asked for."""
        gone: list[SourceFile] = []
        for files in (self._sources, self._texts):
            for oldest in list(files)[: max(0, len(files) - kept)]:
                file = files.pop(oldest)
                if isinstance(file, SourceFile):
                    gone.append(file)
        return gone

    def placeholder(self, path: str) -> SourceFile:
        """An empty file of that name, for what is to be said about one that cannot be read."""
        return SourceFile(self._uri(self._folders.place(path)), "", path=path)

    def is_file(self, path: str) -> bool:
        """Whether it can be had as a regular file; its size does not count."""
        if not self._overlay and not disk.is_file(path):
            # Most of what is looked for is not there.
            return False
        real = self._folders.place(path)
        if real in self._overlay:
            return True
        try:
            return self._inside(real) and disk.is_file(real)
        except ValueError:
            return False

    def is_folder(self, path: str) -> bool:
        """Whether it is a folder below the root."""
        real = self._folders.place(path)
        try:
            return self._inside(real) and disk.is_folder(real)
        except ValueError:
            return False

    def uri(self, path: str) -> str:
        """The name of a path in reports, with forward slashes."""
        return self._uri(self._folders.place(path))

    def _go_by(self, real: str) -> None:
        """What was read for an earlier project counts for this one."""
        if real not in self._overlay:
            disk.note_again(self._question, real, self._answers.get(real))

    @property
    def _question(self) -> str:
        return f"{disk.READ}{self.limits.bytes + 1}"

    def _inside(self, real: str) -> bool:
        return below(real, self._root) is not None

    def _uri(self, real: str) -> str:
        for base in self._bases:
            name = below(real, base)
            if name is not None:
                return name
        return posixpath.basename(real)

    def _read(self, real: str) -> bytes:
        content = self._overlay.get(real)
        if content is not None:
            data = encode(content, content.text) if isinstance(content, SourceFile) else content
            if len(data) > self.limits.bytes:
                raise UnavailableError(self._uri(real), Reason.TOO_LARGE)
            return data
        if not self._inside(real):
            raise UnavailableError(self._uri(real), Reason.OUTSIDE)
        try:
            data = disk.read(real, self.limits.bytes + 1)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            # ValueError: the name has a character that no file name has.
            raise UnavailableError(self._uri(real), Reason.MISSING) from None
        except IsADirectoryError:
            raise UnavailableError(self._uri(real), Reason.NOT_REGULAR) from None
        except OSError:
            raise UnavailableError(self._uri(real), Reason.DENIED) from None
        finally:
            self._answers[real] = disk.noted(self._question, real)
        if len(data) > self.limits.bytes:
            raise UnavailableError(self._uri(real), Reason.TOO_LARGE)
        return data
