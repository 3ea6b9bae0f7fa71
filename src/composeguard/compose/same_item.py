"""Which items of a list the reference takes for the same one, where a list may hold none twice."""

from __future__ import annotations

from composeguard.source.node import Node


def identity(node: Node) -> object:
    """Equal for values that are equal in JSON."""
    value = node.value
    if isinstance(value, dict):
        return frozenset((key, identity(child)) for key, child in value.items())
    if isinstance(value, list):
        return tuple(identity(child) for child in value)
    if isinstance(value, bool):
        return (value,)
    return value


def counts_as(later: Node, earlier: Node) -> bool:
    """Whether the reference takes two items for equal: to it, a number is equal to a text before it that reads as
    the same number, at any depth.
    """
    value, other = later.value, earlier.value
    if isinstance(value, dict):
        return (
            isinstance(other, dict)
            and value.keys() == other.keys()
            and all(counts_as(child, other[key]) for key, child in value.items())
        )
    if isinstance(value, list):
        return (
            isinstance(other, list)
            and len(value) == len(other)
            and all(counts_as(child, same) for child, same in zip(value, other, strict=True))
        )
    if isinstance(value, (int, float)) and not isinstance(value, bool) and isinstance(other, str):
        return _reads_as(other, value)
    return value == other and (type(value) is type(other) or _both_numbers(value, other))


def _both_numbers(*values: object) -> bool:
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


def _reads_as(text: str, number: float) -> bool:
    try:
        return (int(text, 0) if text[:2].lower() in ("0x", "0b", "0o") else float(text)) == number
    except ValueError:
        return False
