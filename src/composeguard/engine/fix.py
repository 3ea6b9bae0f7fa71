"""What a fix changes, as data on paths of the resolved project. `composeguard.fix` makes and proves the text edits."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from composeguard.source.file import SourceFile
from composeguard.source.node import Path

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]
"""A value as YAML writes it."""


class Safety(Enum):
    """A safe fix cannot change what the container does; an unsafe one may, and says how in its note."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Set(Struct, frozen=True, gc=False):
    """Give the key at the end of `path` this value, whether or not it has one."""

    path: Path
    value: Plain


class Append(Struct, frozen=True, gc=False):
    """Put a value at the end of the sequence at `path`; make the sequence where there is none."""

    path: Path
    value: Plain


class Remove(Struct, frozen=True, gc=False):
    """Take away the key or the item at `path`."""

    path: Path


class Rename(Struct, frozen=True, gc=False):
    """Give the key at the end of `path` another name."""

    path: Path
    name: str


class RemoveComment(Struct, frozen=True, gc=False):
    """Take away a comment, or a part of one: `file.text[start:end]`.

    A comment of which nothing would be left goes whole, with its line where it has one of its own; a word that goes
    from a list takes its comma with it. `path` leads to what the comment is about: no data change there.
    """

    path: Path
    file: SourceFile
    start: int
    end: int


Operation = Set | Append | Remove | Rename | RemoveComment
"""One change that a fix consists of."""


class Fix(Struct, frozen=True, gc=False):
    """`title` says what is done, in the imperative; `note` what an unsafe fix can break.

    `first`: what somebody has to do before, in the imperative; without it Compose refuses the project afterwards. Such
    a fix is made where it is asked for by name only. It is "" where that is done already.
    """

    title: str
    operations: tuple[Operation, ...]
    safety: Safety = Safety.SAFE
    note: str = ""
    first: str = ""

    def __post_init__(self) -> None:
        if self.safety is Safety.UNSAFE and not self.note:
            raise ValueError(f"the unsafe fix {self.title!r} does not say what it can break")
