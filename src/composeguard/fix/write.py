"""Putting a proved text in the place of a file, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from composeguard.fix.refusal import Refusal
from composeguard.source.decode import encode
from composeguard.source.file import SourceFile
from composeguard.source.replacing import replacing


def write(file: SourceFile, text: str) -> None:
    """Replace the file at `file.path` by a text; `file` is what was read from there.

    The new content stands in a temporary file of the same folder until it is complete and on the disk. Mode is kept,
    owner and group where the system lets us.

    Raises:
        Refusal: the file is a link, has other names, cannot be written, or is not what was read; it is untouched.
    """
    path = Path(file.path)
    try:
        status = path.lstat()
    except OSError as error:
        raise Refusal(f"the file cannot be read: {error.strerror}") from error
    _check(path, status)
    try:
        before = path.read_bytes()
    except OSError as error:
        raise Refusal(f"the file cannot be read: {error.strerror}") from error
    if before != encode(file, file.text):
        raise Refusal("the file has changed since it was read")
    try:
        _replace(path, encode(file, text), status)
    except OSError as error:
        raise Refusal(f"the file cannot be written: {error.strerror}") from error


def _check(path: Path, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise Refusal("the file is a symbolic link; name the file that it leads to")
    if not stat.S_ISREG(status.st_mode):
        raise Refusal("it is not a regular file")
    if status.st_nlink > 1:
        raise Refusal("the file has other names (hard links), which would keep the old text")
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
        raise Refusal("the file is read-only")


def _replace(path: Path, data: bytes, status: os.stat_result) -> None:
    with replacing(path, stat.S_IMODE(status.st_mode)) as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
        if hasattr(os, "fchown"):
            with contextlib.suppress(OSError):
                os.fchown(stream.fileno(), status.st_uid, status.st_gid)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable where folders can be synchronised."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
