"""What is wrong with a project as a whole, before it has a place in a file."""

from __future__ import annotations

from msgspec import Struct

from composeguard.compose.diagnostic import Kind
from composeguard.source.node import Path


class Fault(Struct, frozen=True):
    """A diagnostic by path; the reference refuses the project for it."""

    kind: Kind
    message: str
    path: Path
