"""The data of a node without its places, as something that sets and dicts can hold."""

from __future__ import annotations

from collections.abc import Hashable

from composeguard.source.node import Node


def freeze(node: Node) -> Hashable:
    """Equal for equal data: mappings in any order; `1`, `1.0` and `true` are different."""
    value = node.value
    if isinstance(value, dict):
        return frozenset((key, freeze(entry)) for key, entry in value.items())
    if isinstance(value, list):
        return tuple(freeze(item) for item in value)
    return (type(value), value)


def same_data(one: Node, other: Node) -> bool:
    """Whether two nodes have equal data, wherever they stand."""
    return one.value is other.value or freeze(one) == freeze(other)
