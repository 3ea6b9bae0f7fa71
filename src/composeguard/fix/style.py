"""How a file is written: indentation, lists, quotes. Learnt once from what stands there; a fix writes the same."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from composeguard.fix.index import SourceIndex, Spot
from composeguard.fix.text import bare_start, column
from composeguard.source.node import Node

_ENOUGH = 2_000


class Style(Struct, frozen=True):
    """`sequence` is the column of `- ` relative to the key that holds the list: 0 for a list without indentation.

    `flow_lists`: lists of plain values are written `[a, b]`. `quote` is the quote of strings that need one.
    """

    indent: int = 2
    sequence: int = 2
    quote: str = '"'
    flow_lists: bool = False


def learn(index: SourceIndex) -> Style:
    """The prevailing style of a file, from its first values."""
    indents: Counter[int] = Counter()
    sequences: Counter[int] = Counter()
    quotes: Counter[str] = Counter()
    seen = 0
    pending: list[Spot] = list(reversed(index.roots))
    while pending and seen < _ENOUGH:
        spot = pending.pop()
        seen += 1
        node = spot.node
        if node.style in ("'", '"'):
            quotes[node.style] += 1
        children = _children(index, spot)
        if node.style == "block" and node.key_start >= 0 and children:
            step = _offset(node)
            if step is not None:
                (sequences if isinstance(node.value, list) else indents)[step] += 1
        pending.extend(reversed(children))
    indent = _most(indents, 2)
    return Style(max(1, indent), max(0, _most(sequences, indent)), _most_quote(quotes))


def beside(style: Style, mapping: Spot) -> Style:
    """The style for a new entry of a mapping: its siblings decide before the file does."""
    value = mapping.node.value
    if not isinstance(value, dict):
        return style
    siblings = [node for key, node in value.items() if key != "<<" and node.style != "*"]
    lists = [node for node in siblings if isinstance(node.value, list) and node.value]
    blocks = [step for node in lists if node.style == "block" and (step := _offset(node)) is not None]
    flows = [node for node in lists if node.style == "flow"]
    deeper = [
        step
        for node in value.values()
        if isinstance(node.value, dict) and node.style == "block" and (step := _offset(node)) is not None
    ]
    return Style(
        max(1, deeper[0]) if deeper else style.indent,
        max(0, blocks[0]) if blocks else style.sequence,
        style.quote,
        bool(flows) and not blocks,
    )


def _children(index: SourceIndex, spot: Spot) -> list[Spot]:
    if spot.is_alias:
        return []
    value = spot.node.value
    nodes = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [found for node in nodes if (found := index.find(node)) is not None]


def _offset(node: Node) -> int | None:
    """The column of a block collection relative to its key; None where both stand on one line or it is empty."""
    file = node.file
    start = first_child_start(node)
    if start is None or file.line_of(start) == file.line_of(node.key_start):
        return None
    step = column(file, start) - column(file, node.key_start)
    return step if 0 <= step <= 16 else None


def first_child_start(node: Node) -> int | None:
    """The offset of the first key, or of the first `-`, of a block collection."""
    if isinstance(node.value, dict):
        return next((child.key_start for child in node.value.values()), None)
    return bare_start(node) if isinstance(node.value, list) and node.value else None


def _most(counts: Counter[int], default: int) -> int:
    return counts.most_common(1)[0][0] if counts else default


def _most_quote(counts: Counter[str]) -> str:
    return counts.most_common(1)[0][0] if counts else '"'
