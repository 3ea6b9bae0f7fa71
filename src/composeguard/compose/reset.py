"""What `!reset` and `!override` of one document do to the model of the documents before it."""

from __future__ import annotations

from collections.abc import Iterable

from composeguard.compose.expand import LIST_FORM
from composeguard.source.node import Node, Path


class _Branch(dict["str | int", "_Branch"]):
    """The paths below one step; `ends` where one of them ends."""

    ends = False


def apply_resets(root: Node, resets: Iterable[Path]) -> Node:
    """The model without the values at these paths. Only mappings are reached into: paths match no list items."""
    tree = _Branch()
    for path in resets:
        branch = tree
        for step in path:
            branch = branch.setdefault(step, _Branch())
        branch.ends = bool(path)
    return _without(root, tree) if tree else root


def _without(node: Node, tree: _Branch) -> Node:
    entries = node.value
    if not isinstance(entries, dict) or node.tag == LIST_FORM:
        return node
    changed: dict[str, Node] | None = None
    for key, branch in tree.items():
        entry = entries.get(key) if isinstance(key, str) else None
        if entry is None or not isinstance(key, str):
            continue
        new = None if branch.ends else _without(entry, branch)
        if new is entry:
            continue
        if changed is None:
            changed = dict(entries)
        if new is None:
            del changed[key]
        else:
            changed[key] = new
    return node if changed is None else node.with_value(changed)
