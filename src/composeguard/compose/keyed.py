"""`KEY=VALUE` texts, and lists in which an item replaces an earlier one of the same key."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from composeguard.compose.unresolved import Unresolved, join, piece, shape
from composeguard.source.node import Node, Way
from composeguard.source.scalars import Timestamp, go_text


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
    texts: list[Node] = []
    for item in values:
        text = item.value
        if isinstance(text, Unresolved):
            texts.append(item.with_value(join((f"{key}=", text))))
        elif text is None or isinstance(text, (str, bool, int, float, Timestamp)):
            texts.append(item.with_value(f"{key}={go_text(text)}"))
    return texts


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
