"""A file in the place of another, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_LONGEST = 100
"""Characters of the name that the temporary one keeps; a file system has a limit."""


@contextmanager
def replacing(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A stream whose content takes the place of the file when the block ends; after an error nothing is left of it.

    The temporary file lies in the same folder under a name that nobody can foresee: a link of that name would lead the
    text elsewhere.

    Raises:
        OSError: it cannot be written.
    """
    # Imported where something is written: it brings all that packs and unpacks archives.
    import tempfile

    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:_LONGEST]}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
