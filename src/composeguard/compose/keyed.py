"""`KEY=VALUE` texts, and lists in which an item replaces an earlier one of the same key."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence

from composeguard.compose.unresolved import Text, Unresolved, join, piece, shape
from composeguard.source.node import Node, Way
from composeguard.source.scalars import go_text

_LONGEST = 65_536
"""Characters of a collection where a text belongs."""


def entry_key(node: Node) -> str | None:
    """What stands before the first `=`; None for what is no text. An unknown part counts as it is written."""
    value = node.value
    if isinstance(value, str):
        return value.partition("=")[0]
    if isinstance(value, Unresolved):
        return str(piece(value, 0, len(value.text.partition("=")[0])))
    return None


def item_entry(node: Node) -> tuple[str, Node]:
    """The key and the value of a `KEY=VALUE` text. The value has the place of the whole; without `=` it is null."""
    value = node.value
    if not isinstance(value, (str, Unresolved)):
        return "", node
    key, separator, _ = shape(value).partition("=")
    rest = piece(value, len(key) + 1) if separator else None
    return str(piece(value, 0, len(key))), node.with_value(rest)


def key_value_text(key: str, entry: Node) -> list[Node]:
    """An entry of a mapping as `KEY=VALUE` texts: one a value, where it has several."""
    value = entry.value
    if value is None:
        return [entry.with_value(key)]
    values = value if isinstance(value, list) else [entry]
    return [item.with_value(join((f"{key}=", printed(item)))) for item in values]


def scalar_entry(entry: Node) -> Node | None:
    """The value of an entry as the reference has it once it is `KEY=VALUE`: the last of a list, a mapping as Go
    prints it. None where nothing is left of it.
    """
    value = entry.value
    if isinstance(value, list):
        return entry.with_value(printed(value[-1])) if value else None
    # An infinite number is none of JSON's: only its text gets past the schema.
    endless = isinstance(value, float) and not math.isfinite(value)
    return entry.with_value(printed(entry)) if isinstance(value, dict) or endless else entry


def printed(node: Node) -> Text:
    """A value as Go's `fmt` prints it, cut off where aliases make it endless."""
    parts: list[Text] = []
    size = 0
    for part in _printed(node):
        parts.append(part)
        size += len(shape(part))
        if size > _LONGEST:
            break
    return join(parts)


def _printed(node: Node) -> Iterator[Text]:
    value = node.value
    if isinstance(value, dict):
        yield "map["
        for index, key in enumerate(sorted(value)):
            yield f" {key}:" if index else f"{key}:"
            yield from _printed(value[key])
        yield "]"
    elif isinstance(value, list):
        yield "["
        for index, item in enumerate(value):
            if index:
                yield " "
            yield from _printed(item)
        yield "]"
    elif isinstance(value, Unresolved):
        yield value
    else:
        yield "<nil>" if value is None else go_text(value)


def last_wins(items: Sequence[Node], keys: Sequence[Hashable]) -> list[Node]:
    """One item a key: the last, at the position of the first. A key of None stands for itself only."""
    out: list[Node] = []
    positions: dict[Hashable, int] = {}
    for item, key in zip(items, keys, strict=True):
        position = None if key is None else positions.get(key)
        if position is not None:
            out[position] = item.with_via(Way.OVERRIDE, out[position])
            continue
        if key is not None:
            positions[key] = len(out)
        out.append(item)
    return out
