"""Putting proved texts in the place of files, each whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from composeguard.fix.refusal import Refusal
from composeguard.source.decode import encode
from composeguard.source.file import SourceFile
from composeguard.source.replacing import replacing
from composeguard.source.undisturbed import undisturbed

_MOST_OPEN = 64
"""New contents that wait on the disk at a time: each is an open file."""


class _Ready(Struct, frozen=True):
    """A new content that waits on the disk to take the place of a file."""

    file: SourceFile
    stream: BinaryIO
    ends: ExitStack
    """Replaces the file when it is left, and takes the new content away where that is by an error."""


class Writer:
    """Puts texts in the place of files, several at a time: the disk takes longer than all else about a file, and hardly
    longer for many than for one.

    A new content stands in a temporary file of the same folder until it is complete and on the disk. Mode is kept,
    owner and group where the system lets us. Folders are synchronised once, at the end.
    """

    def __init__(self) -> None:
        self._staged: list[tuple[SourceFile, str]] = []
        self._ready: list[_Ready] = []
        self._refused: dict[str, Refusal] = {}
        self._folders: dict[Path, None] = {}

    def stage(self, file: SourceFile, text: str) -> None:
        """Remember to replace the file at `file.path` by a text; `file` is what was read from there.

        Raises:
            Refusal: the file is a link, has other names, or is read-only.
        """
        _status(Path(file.path))
        self._staged.append((file, text))

    def commit(self) -> dict[str, Refusal]:
        """Replace all files that are staged; gives those, by path, that stay as they are, and why."""
        with undisturbed():
            for file, text in self._staged:
                if len(self._ready) >= _MOST_OPEN:
                    self._replace()
                self._prepare(file, text)
            self._staged.clear()
            self._replace()
        refused, self._refused = self._refused, {}
        return refused

    def _prepare(self, file: SourceFile, text: str) -> None:
        try:
            try:
                self._ready.append(_prepared(file, text))
            except OSError:
                if not self._ready:
                    raise
                # Once the others are in place, there may be room for this one.
                self._replace()
                self._ready.append(_prepared(file, text))
        except Refusal as refusal:
            self._refused[file.path] = refusal
        except OSError as error:
            self._refused[file.path] = _unwritten(error)

    def _replace(self) -> None:
        refused = self._refused
        for each in self._ready:
            try:
                os.fsync(each.stream.fileno())
            except OSError as error:
                refused[each.file.path] = _unwritten(error)
        for each in self._ready:
            path = each.file.path
            try:
                with each.ends:
                    if path in refused:
                        raise refused[path]
                    _is_as_read(each.file)
            except Refusal as refusal:
                refused[path] = refusal
            except OSError as error:
                refused[path] = _unwritten(error)
            else:
                self._folders[Path(path).parent] = None
        self._ready.clear()

    def end(self) -> None:
        """Nothing is left of what is not in place, and what was written stays, whatever becomes of the machine."""
        for each in self._ready:
            with suppress(_AbandonedError), each.ends:
                raise _AbandonedError
        self._ready.clear()
        self._staged.clear()
        for folder in self._folders:
            _sync_folder(folder)
        self._folders.clear()


def _prepared(file: SourceFile, text: str) -> _Ready:
    """A text in a temporary file.

    Raises:
        Refusal: the file that it is for cannot be replaced.
        OSError: it cannot be written.
    """
    path = Path(file.path)
    status = _status(path)
    with ExitStack() as ends:
        stream = ends.enter_context(replacing(path, stat.S_IMODE(status.st_mode)))
        stream.write(encode(file, text))
        stream.flush()
        with suppress(OSError, AttributeError):
            os.fchown(stream.fileno(), status.st_uid, status.st_gid)
        with suppress(OSError, AttributeError):
            # The disk may begin with it now.
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return _Ready(file, stream, ends.pop_all())


class _AbandonedError(Exception):
    """Takes a temporary file away."""


def write(file: SourceFile, text: str) -> None:
    """Replace the file at `file.path` by a text; `file` is what was read from there.

    Raises:
        Refusal: the file is a link, has other names, cannot be written, or is not what was read; it is untouched.
    """
    writer = Writer()
    try:
        writer.stage(file, text)
        for refusal in writer.commit().values():
            raise refusal
    finally:
        writer.end()


def _is_as_read(file: SourceFile) -> None:
    path = Path(file.path)
    _status(path)
    try:
        now = path.read_bytes()
    except OSError as error:
        raise _unread(error) from error
    if now != encode(file, file.text):
        raise Refusal("the file has changed since it was read")


def _unread(error: OSError) -> Refusal:
    return Refusal(f"the file cannot be read: {error.strerror}")


def _unwritten(error: OSError) -> Refusal:
    return Refusal(f"the file cannot be written: {error.strerror}")


def _status(path: Path) -> os.stat_result:
    """What the file is, which is one that can be replaced."""
    try:
        status = path.lstat()
    except OSError as error:
        raise _unread(error) from error
    if stat.S_ISLNK(status.st_mode):
        raise Refusal("the file is a symbolic link; name the file that it leads to")
    if not stat.S_ISREG(status.st_mode):
        raise Refusal("it is not a regular file")
    if status.st_nlink > 1:
        raise Refusal("the file has other names (hard links), which would keep the old text")
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
        raise Refusal("the file is read-only")
    return status


def _sync_folder(folder: Path) -> None:
    """Make the new name durable where folders can be synchronised."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
