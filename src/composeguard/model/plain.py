"""A tree of nodes to the plain data that pydantic binds, without the `x-*` keys that may stand anywhere."""

from __future__ import annotations

from composeguard.compose.schema import PROJECT
from composeguard.compose.shape import Shape
from composeguard.compose.unresolved import Unresolved
from composeguard.source.node import Node
from composeguard.source.scalars import Scalar

Plain = Scalar | Unresolved | list["Plain"] | dict[str, "Plain"]

PROCESSED = {"version", "include", "extends"}
"""Keys that have done their work when files are merged."""


def plain(node: Node, shape: Shape | None = PROJECT) -> Plain:
    """The data of a canonical tree whose root has `shape`. Keys that authors choose stay, `x-*` ones among them."""
    value = node.value
    if isinstance(value, dict):
        if shape is None or (shape.keys is None and shape.named is None):
            return {key: plain(child, None) for key, child in value.items()}
        keys = shape.keys or {}
        named = shape.named
        out: dict[str, Plain] = {}
        for key, child in value.items():
            below = keys.get(key)
            if below is None:
                if shape.extensions and key.startswith("x-"):
                    continue
                below = named
            elif key in PROCESSED and (shape is PROJECT or key == "extends"):
                continue
            inner = child.value
            # Most children are scalars, which need no call.
            out[key] = plain(child, below) if isinstance(inner, (dict, list)) else inner
        return out
    if isinstance(value, list):
        item = shape.items if shape is not None else None
        return [plain(child, item) if isinstance(child.value, (dict, list)) else child.value for child in value]
    return value
