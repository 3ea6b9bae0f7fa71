"""Text with parts that nothing in the project sets: known where it is known, and never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

from composeguard.source.regex import regex

MARK = "\ufdd0"
"""Stands for one unknown part. It is a noncharacter, so no text that people write holds it."""

_NAME = regex(r"\$\{?([_A-Za-z\u017f\u212a][_A-Za-z0-9\u017f\u212a]*)")


class Unresolved(Struct, frozen=True):
    """Text in which each unknown part is one `MARK`.

    `variables` holds the parts as written (`${BIND}`), in the order of their marks. A mark that the input itself
    holds is known text: its entry is `MARK`, so that the text is given back exactly and `piece` can tell it apart.
    """

    text: str
    variables: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.text.count(MARK) != len(self.variables):
            raise ValueError("one variable for each mark")

    def __str__(self) -> str:
        """The text as written."""
        known = self.text.split(MARK)
        parts = [known[0]]
        for variable, after in zip(self.variables, known[1:], strict=True):
            parts += (variable, after)
        return "".join(parts)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the unknown variables, each once, in order of appearance."""
        found = (_NAME.match(part) for part in self.variables)
        return tuple(dict.fromkeys(match[1] for match in found if match))

    @property
    def head(self) -> str:
        """The known text before the first unknown part."""
        return self.text.partition(MARK)[0]

    @property
    def tail(self) -> str:
        """The known text after the last unknown part."""
        return self.text.rpartition(MARK)[2]

    def piece(self, start: int, end: int | None = None) -> Text:
        """A slice of `text` by code points; a plain string when nothing in it is unknown."""
        part = self.text[start:end]
        count = part.count(MARK)
        if not count:
            return part
        first = self.text.count(MARK, 0, start)
        variables = self.variables[first : first + count]
        return part if all(variable == MARK for variable in variables) else Unresolved(part, variables)


Text: TypeAlias = str | Unresolved
"""A string of the project: known, or known in part."""


def shape(text: Text) -> str:
    """The text with a mark for each unknown part: what may be searched for separators."""
    return text if isinstance(text, str) else text.text


def piece(text: Text, start: int, end: int | None = None) -> Text:
    """A slice by code points of `shape(text)`."""
    return text[start:end] if isinstance(text, str) else text.piece(start, end)


def join(parts: Iterable[Text]) -> Text:
    """The parts in a row. A mark that a known part holds stays known."""
    parts = tuple(parts)
    if len(parts) == 1:
        return parts[0]
    texts: list[str] = []
    for part in parts:
        if not isinstance(part, str):
            return _joined(parts)
        texts.append(part)
    return "".join(texts)


def _joined(parts: Iterable[Text]) -> Unresolved:
    texts: list[str] = []
    variables: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            if MARK in part:
                variables += [MARK] * part.count(MARK)
        else:
            texts.append(part.text)
            variables += part.variables
    return Unresolved("".join(texts), tuple(variables))


def split(text: Text, separator: str, limit: int = -1) -> list[Text]:
    """As `str.split(separator, limit)`; an unknown part counts as text without a separator."""
    if isinstance(text, str):
        return list(text.split(separator, limit))
    pieces: list[Text] = []
    start = 0
    for part in text.text.split(separator, limit):
        pieces.append(text.piece(start, start + len(part)))
        start += len(part) + len(separator)
    return pieces
