"""What the reference accepts and reads otherwise than it looks, as facts."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from composeguard.model.reading import Place
from composeguard.model.types import Json
from composeguard.source.node import Path


class Change(Struct, frozen=True):
    """One step of a repair, on a path of the resolved project."""

    kind: Literal["set", "append", "remove"]
    path: Path
    value: Json = None


class Repair(Struct, frozen=True):
    """What makes the file say what it looks like; `note` tells what then changes for the container, `first` what has to
    be done before, or Compose refuses the project."""

    title: str
    note: str
    changes: tuple[Change, ...]
    first: str = ""


class Hazard(Struct, frozen=True):
    """One place. `case` is a word for the kind of surprise; no text here repeats a value that a program gets."""

    case: str
    path: Path
    message: str
    label: str
    repair: Repair | None = None
    related: tuple[Path, ...] = ()
    place: Place | None = None
    """Where it is no value of the resolved project."""
    key_only: bool = False
    """Reports show the key alone: what follows may hold a secret."""
    redact: bool = False
    minor: bool = False
    """The surprise harms little, or may be meant."""


def put(title: str, note: str, path: Path, value: Json, first: str = "") -> Repair:
    """The repair that gives one path another value."""
    return Repair(title, note, (Change("set", path, value),), first)
