"""What a file may cost: input is hostile, and every limit is an error with a place rather than a hang."""

from __future__ import annotations

from msgspec import Struct


class Limits(Struct, frozen=True):
    """Bounds of one run. The defaults are far above every real file and far below what hurts a machine."""

    bytes: int = 16 * 1024 * 1024
    """Size of one file."""
    depth: int = 100
    """Nesting of collections. Compose itself needs about ten levels."""
    nodes: int = 4_000_000
    """Values written in one file."""
    expanded: int = 1_000_000
    """Values that aliases and merge keys add to those written."""
    files: int = 1_000
    """Files that one project reads."""
    hops: int = 50
    """Length of a chain of `extends`, and of `include` in `include`."""


DEFAULT = Limits()
