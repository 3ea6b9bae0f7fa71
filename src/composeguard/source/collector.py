"""The cyclic garbage collector, off while trees are built."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_off() -> Iterator[None]:
    """Reading a project makes many objects that stay and hardly any garbage: the cyclic collector, which looks at
    all of them again and again, would only cost time. What is garbage later is found once it is on again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def all_stays() -> Iterator[None]:
    """For a block that makes and drops much: what there is now stays, and the collector need not look at it again.

    A process that is forked meanwhile shares these pages, which nobody touches.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
