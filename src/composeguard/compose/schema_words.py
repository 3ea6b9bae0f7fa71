"""What the schema check says, in plain words."""

from __future__ import annotations

from composeguard.compose.shape import BOOLEAN, INTEGER, NULL, NUMBER, STRING, Shape
from composeguard.source.node import Node
from composeguard.source.scalars import Timestamp

_LONGEST_SHOWN = 40


def expected(shape: Shape) -> str:
    """What may stand at a place, in words."""
    words: list[str] = []
    scalars = shape.scalars
    if scalars & BOOLEAN:
        words.append("true or false")
    if scalars & NUMBER:
        words.append("a number")
    elif scalars & INTEGER:
        words.append("a whole number")
    # A text is let through beside a boolean or a whole number for the sake of variables only.
    if scalars & STRING and not scalars & (BOOLEAN | INTEGER):
        words.append(either([f'"{choice}"' for choice in shape.choices]) if shape.choices else "a text")
    elif scalars & STRING and scalars & NULL and scalars & BOOLEAN:
        words.append("a text")
    if shape.items is not None:
        words.append("a list")
    if shape.keys is not None:
        words.append("a mapping")
    if scalars & NULL and not words:
        words.append("nothing")
    return either(words)


def stands(node: Node) -> str:
    """What a value is, in words."""
    value = node.value
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "a number"
    return "a date" if isinstance(value, Timestamp) else "a text"


def either(words: list[str]) -> str:
    """`a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


def short(text: str) -> str:
    """A text of the file, cut off where it is long."""
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def closest(word: str, words: tuple[str, ...]) -> str | None:
    """The one of `words` that `word` may be a misspelling of."""
    if len(word) > _LONGEST_SHOWN:
        return None
    # Loaded only where something is misspelt.
    import difflib

    plain = word.lower().replace("-", "_")
    found = difflib.get_close_matches(plain, words, n=1, cutoff=0.75)
    return found[0] if found else None
