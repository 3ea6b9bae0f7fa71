"""A line of progress for people who wait: on a terminal only, and after a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

_PATIENCE = 1.0
_INTERVAL = 0.1


def progress(items: Iterable[Item], what: str, *, total: int, wanted: bool) -> Iterator[Item]:
    """The items, and a counter on standard error while they take long."""
    if not (wanted and sys.stderr.isatty()):
        yield from items
        return
    shown_at, shown = time.monotonic() + _PATIENCE, False
    for number, item in enumerate(items, 1):
        if time.monotonic() >= shown_at:
            sys.stderr.write(f"\r{what} {number}/{total}\x1b[K")
            sys.stderr.flush()
            shown_at, shown = time.monotonic() + _INTERVAL, True
        yield item
    if shown:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
