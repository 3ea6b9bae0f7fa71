"""Writing a file whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from secrets import token_hex
from typing import Literal

from composeguard.errors import UsageError
from composeguard.source import disk

_STREAMS = (("/", "dev"), ("/", "proc"))
"""Folders of open files and devices, however they look."""


def write_whole(target: Path, pieces: Iterable[str]) -> None:
    """Through a temporary file: a run that is interrupted leaves the old text or the new one, never half of one.
    A pipe or a device is written to as it is: `/dev/stdout` must not become a file.

    Raises:
        UsageError: it cannot be written.
    """
    disk.unrepeatable()
    # A name that nobody knows before, and never one that is there: a link would lead elsewhere.
    temporary = target.with_name(f".{target.name}.{token_hex(6)}.tmp")
    try:
        if target.parts[:2] in _STREAMS or (target.exists() and not (target.is_file() or target.is_dir())):
            _write(target, "w", pieces)
            return
        try:
            _write(temporary, "x", pieces)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from None


def _write(path: Path, mode: Literal["w", "x"], pieces: Iterable[str]) -> None:
    with path.open(mode, encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
        stream.writelines(pieces)
