"""What is wrong with a project as a whole, before it has a place in a file."""

from __future__ import annotations

from dataclasses import dataclass

from composeguard.compose.diagnostic import Kind
from composeguard.source.node import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """A diagnostic by path; the reference refuses the project for it."""

    kind: Kind
    message: str
    path: Path
