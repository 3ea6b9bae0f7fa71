"""From a resolved value back to the file's own node: its text, its style and the type that YAML gave it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter

from composeguard.source.node import Node
from composeguard.source.scalars import Scalar, resolve_plain

_START = attrgetter("start")


def source_text(node: Node) -> str:
    """The characters at the place of a value, quotes included."""
    return node.file.text[node.start : node.end]


def verbatim(node: Node) -> str | None:
    """The characters at the place of a value, where `source_node` can have no others in it but blanks; None where
    escapes or an alias may bring some. What is not in them need not be looked for in the tree."""
    text = source_text(node)
    return None if "\\" in text or text.startswith("*") else text


def plain_value(node: Node) -> Scalar:
    """What YAML alone makes of the plain scalar at the place of a value: a number where the project has its text.

    The text itself where it is quoted, tagged, an alias, or made of variables.
    """
    text = source_text(node)
    return text if node.style or node.tag is not None else resolve_plain(text)


def _holder(level: Sequence[Node], at: int) -> Node | None:
    """The last node around an offset: nodes stand in order, unless a key stands twice."""
    index = bisect_right(level, at, key=_START) - 1
    if index >= 0 and level[index].start <= at <= level[index].end:
        return level[index]
    return next((each for each in reversed(level) if each.start <= at <= each.end), None)


def source_node(node: Node) -> Node | None:
    """The node of the file's tree at the place of a resolved value: the scalar that a short syntax, a list of
    `KEY=VALUE` or a command stands in, before variables. None where nothing of the file stands there."""
    at = node.start
    found: Node | None = None
    level = list(node.file.documents)
    while level:
        holder = _holder(level, at)
        if holder is None:
            break
        if holder.start == at:
            found = holder
        value = holder.value
        if holder.style == "*" or not isinstance(value, (dict, list)):
            break
        level = list(value.values()) if isinstance(value, dict) else value
    return found if found is not None and found.start == at else None
