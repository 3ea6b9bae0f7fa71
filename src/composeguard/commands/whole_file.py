"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from composeguard.errors import UsageError
from composeguard.source import disk
from composeguard.source.replacing import replacing

_NEW = 0o666
"""The mode of a new file, less what the umask takes."""
_KERNELS = ("/dev/", "/proc/")


def write_whole(target: Path, pieces: Iterable[str]) -> None:
    """Through a temporary file: a run that is interrupted leaves the old text or the new one, never half of one.

    A device, a pipe and what the kernel shows as a file (`/dev/stdout`) are written to; nothing can take their place.

    Raises:
        UsageError: it cannot be written.
    """
    disk.unrepeatable()
    try:
        if _is_written_to(target):
            with target.open("wb") as stream:
                _write(stream, pieces)
        else:
            with replacing(target, _mode(target)) as stream:
                _write(stream, pieces)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from None


def _write(stream: BinaryIO, pieces: Iterable[str]) -> None:
    text = TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="\n")
    text.writelines(pieces)
    text.detach()


def _is_written_to(target: Path) -> bool:
    if os.path.abspath(target).startswith(_KERNELS):  # noqa: PTH100 -- by name: what it leads to may be a file
        return True
    try:
        mode = target.stat().st_mode
    except OSError:
        return False
    if stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
        raise UsageError(f"{target}: is neither a file nor a pipe")
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)


def _mode(target: Path) -> int:
    """That of the file in whose place it comes."""
    try:
        return stat.S_IMODE(target.lstat().st_mode) if not target.is_symlink() else _new_mode()
    except OSError:
        return _new_mode()


def _new_mode() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return _NEW & ~mask
