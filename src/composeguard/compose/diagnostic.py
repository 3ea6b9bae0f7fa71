"""What the reader has to say about a project. Rules turn these into findings; `resolve` refuses on some of them."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from composeguard.source.file import SourceFile
from composeguard.source.node import Path


class Kind(Enum):
    """One rule reads each kind."""

    UNREADABLE = "unreadable"  # CG901: the file is no YAML, or not a mapping
    GAP = "gap"  # CG902: a part of the project that could not be seen
    SCHEMA = "schema"  # CG801: an unknown key, a wrong type, a value that the reference cannot bind
    REFERENCE = "reference"  # CG803: something named that is not defined
    CONFLICT = "conflict"  # CG808: keys or values that contradict each other
    CYCLE = "cycle"  # CG809: a dependency cycle
    DUPLICATE_NAME = "duplicate-name"  # CG805
    VARIABLE = "variable"  # CG806: a variable without value or default
    NOTE = "note"  # worth a word on stderr, no finding: a missing env file


class Diagnostic(Struct, frozen=True):
    """`start`/`end` are code-point offsets into `file.text`; `path` is that of the resolved project, where known."""

    kind: Kind
    message: str
    file: SourceFile
    start: int
    end: int
    path: Path = ()
    suggestion: str | None = None
    """The near name of a misspelt key, to put in its place."""
    refused: bool = True
    """The reference refuses the project for it."""
