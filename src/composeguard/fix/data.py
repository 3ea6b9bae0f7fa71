"""The plain data of a source tree: what a proof compares.

Nothing is expanded: an alias is its name, a merge key is the key `<<`, and tags and anchors are part of the data, so
that two texts with equal data mean the same to every reader.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from composeguard.compose.unresolved import Unresolved
from composeguard.engine.fix import Plain
from composeguard.source.node import Node
from composeguard.source.scalars import Scalar, Timestamp


class Alias(Struct, frozen=True):
    """`*name`."""

    name: str


class Marked(Struct, frozen=True):
    """A value with a tag, an anchor, or both."""

    value: Data
    tag: str | None
    anchor: str | None


Data: TypeAlias = "Scalar | Alias | Marked | list[Data] | dict[str, Data]"


def read_data(node: Node) -> Data:
    """The data of a node of a source tree (one that `read_source` made)."""
    if node.style == "*":
        return Alias(node.anchor or "")
    value = node.value
    data: Data
    if isinstance(value, dict):
        data = {key: read_data(child) for key, child in value.items()}
    elif isinstance(value, list):
        data = [read_data(child) for child in value]
    elif isinstance(value, Unresolved):
        raise TypeError("a source tree holds no unresolved text")
    else:
        data = value
    if node.tag is not None or node.anchor is not None:
        return Marked(data, node.tag, node.anchor)
    return data


def copy_data(data: Data) -> Data:
    """A copy that can be changed without changing the original."""
    if isinstance(data, dict):
        return {key: copy_data(value) for key, value in data.items()}
    if isinstance(data, list):
        return [copy_data(value) for value in data]
    if isinstance(data, Marked):
        return Marked(copy_data(data.value), data.tag, data.anchor)
    return data


def from_plain(value: Plain) -> Data:
    """The data that a plain value becomes once it is written; a copy."""
    if isinstance(value, dict):
        return {key: from_plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_plain(item) for item in value]
    return value


def to_plain(data: Data) -> Plain | Alias:
    """The value to write for data; an `Alias` where it holds what cannot be written a second time as it is:
    an alias, an anchor, a tag, a date."""
    if isinstance(data, Alias | Marked | Timestamp):
        return Alias("")
    if isinstance(data, dict):
        entries: dict[str, Plain] = {}
        for key, item in data.items():
            plain = to_plain(item)
            if isinstance(plain, Alias) or key == "<<":
                return Alias("")
            entries[key] = plain
        return entries
    if isinstance(data, list):
        items: list[Plain] = []
        for item in data:
            plain = to_plain(item)
            if isinstance(plain, Alias):
                return plain
            items.append(plain)
        return items
    return data


def same(one: Data, other: Data) -> bool:
    """Equal in value and type: 1, 1.0 and true differ, a NaN is itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Marked) and isinstance(other, Marked):
        return (one.tag, one.anchor) == (other.tag, other.anchor) and same(one.value, other.value)
    if isinstance(one, float):
        return repr(one) == repr(other)
    return one == other
