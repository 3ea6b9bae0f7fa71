"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from composeguard.errors import UsageError
from composeguard.source import disk


def write_whole(target: Path, pieces: Iterable[str]) -> None:
    """Through a temporary file: a run that is interrupted leaves the old text or the new one, never half of one.

    Raises:
        UsageError: it cannot be written.
    """
    disk.unrepeatable()
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            stream.writelines(pieces)
        temporary.replace(target)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)
