"""Values with their place: the one tree that the reader, the loader and the fixer share."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from composeguard.compose.unresolved import Unresolved
    from composeguard.source.file import SourceFile
    from composeguard.source.scalars import Scalar

Path = tuple[str | int, ...]
"""Steps from the root of a tree: keys of mappings and indexes of sequences."""


class Way(Enum):
    """How a value came to stand where it takes effect; a value without one was written right there."""

    ALIAS = "anchor"
    MERGE_KEY = "merge key"
    EXTENDS = "extends"
    INCLUDE = "include"
    OVERRIDE = "override"
    INTERPOLATION = "interpolation"
    DEFAULT = "default"
    ENV_FILE = "env file"


class Via(Struct, frozen=True, eq=False):
    """One step of the way: what brought the value, the place that asked for it, and the step before."""

    way: Way
    at: Node | None = None
    before: Via | None = None


class Node(Struct, eq=False):
    """A value and the text that it was read from.

    `value` is a scalar, a `dict[str, Node]` or a `list[Node]`. `start`/`end` are code-point offsets into
    `file.text`; `key_start`/`key_end` are those of the mapping key that leads here (-1 in a sequence or at the root).
    An alias is a node of its own place that shares the value of its anchor. Treat a node as immutable once built.
    """

    value: Scalar | Unresolved | dict[str, Node] | list[Node]
    file: SourceFile
    start: int
    end: int
    key_start: int = -1
    key_end: int = -1
    style: str = ""
    """Scalars: '' plain, "'", '"', '|' or '>'. Collections: 'block' or 'flow'. Aliases: '*'."""
    tag: str | None = None
    anchor: str | None = None
    via: Via | None = None

    if TYPE_CHECKING:

        def __copy__(self) -> Node: ...

    def with_value(self, value: Scalar | Unresolved | dict[str, Node] | list[Node]) -> Node:
        """The same place with another value."""
        copy = self.__copy__()
        copy.value = value
        return copy

    def with_via(self, way: Way, at: Node | None = None) -> Node:
        """The same value, come by one more step."""
        return self.brought(self.value, Via(way, at, self.via))

    def brought(self, value: Scalar | Unresolved | dict[str, Node] | list[Node], via: Via | None) -> Node:
        """The same place with another value, come by the way `via`."""
        copy = self.__copy__()
        copy.value = value
        copy.via = via
        return copy

    def __repr__(self) -> str:
        return f"Node({self.value!r} @{self.file.uri}:{self.start}-{self.end})"


def child(node: Node, step: str | int) -> Node | None:
    """The node one step below; None where nothing stands."""
    value = node.value
    if isinstance(value, dict):
        return value.get(step)  # type: ignore[arg-type]  # keys are texts: no number is one
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return None


def items(node: Node | None) -> list[Node]:
    """The items of a sequence; of all else none."""
    return node.value if node is not None and isinstance(node.value, list) else []


def are_texts(items: list[Node], *, unique: bool = False) -> bool:
    """Whether all items are texts, and no two of them alike where that counts: so are nearly all lists."""
    for item in items:
        if type(item.value) is not str:
            return False
    return not unique or len(items) < 2 or len({item.value for item in items}) == len(items)


def size(root: Node) -> int:
    """The values of a tree, those that aliases share counted each time."""
    count = 0
    stack = [root]
    while stack:
        value = stack.pop().value
        count += 1
        if isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value
    return count
