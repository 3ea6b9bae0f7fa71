"""Other forms of values, in which two sides of a merge are alike. What a form adds has the place of its text."""

from __future__ import annotations

from collections.abc import Callable

from composeguard.compose.keyed import entry_key, key_value_text
from composeguard.source.node import Node


def entries(node: Node) -> dict[str, Node]:
    """The entries of a mapping; none for what is no mapping."""
    return node.value if isinstance(node.value, dict) else {}


def as_list(node: Node) -> list[Node]:
    """A text counts as a list of one, a mapping as a sorted list of `KEY=VALUE`."""
    value = node.value
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        pairs = [pair for key, entry in value.items() for pair in key_value_text(key, entry)]
        return sorted(pairs, key=lambda pair: str(pair.value))
    return [node] if entry_key(node) is not None else []


def as_build(node: Node) -> Node:
    """A text is the context."""
    return node.with_value({"context": _bare(node)}) if entry_key(node) is not None else node


def as_names(node: Node, settings: Callable[[Node], Node]) -> Node | None:
    """A mapping from names; None where the value has no names."""
    value = node.value
    if isinstance(value, dict):
        return node
    items = [] if value is None else value if isinstance(value, list) else [node]
    named: dict[str, Node] = {}
    for item in items:
        if entry_key(item) is None:
            return None
        named[str(item.value)] = settings(item)
    return node.with_value(named)


def started(item: Node) -> Node:
    """The settings of a dependency that is only named."""
    bare = _bare(item)
    return bare.with_value({"condition": bare.with_value("service_started"), "required": bare.with_value(True)})


def unset(item: Node) -> Node:
    """The settings of a network or model that is only named."""
    return _bare(item).with_value(None)


def _bare(node: Node) -> Node:
    """The place of a node without how it came."""
    return Node(node.value, node.file, node.start, node.end, style=node.style)
