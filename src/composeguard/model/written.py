"""Values as their files say them: what is literal, what is a default, and what a variable brings from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from composeguard.compose.interpolate import NAME, InterpolationError, Unset, interpolate
from composeguard.compose.shellwords import ShellwordsError
from composeguard.compose.shellwords import split as split_words
from composeguard.compose.unresolved import MARK, Text, Unresolved, shape
from composeguard.source.node import Node, Via, Way
from composeguard.source.regex import regex
from composeguard.source.scalars import Timestamp, go_text


class _Unknown(Mapping[str, Text]):
    """Every variable has a value, and none is known: no default counts."""

    def __getitem__(self, name: str) -> Text:
        return Unresolved(MARK, (f"${{{name}}}",))

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


_UNKNOWN = _Unknown()
_LONGEST = 64 * 1024
"""Characters of a text with variables that is read anew; what is longer holds a document, and is passed over."""
_USUAL = regex(rf"\$(?:{NAME}|\{{{NAME}(?:\}}|:?-([^${{}}\n]*)\}}|:?\?[^${{}}\n]*\}}))")
"""A variable as nearly all are: with a default, if any, that is only text."""

Readings = tuple[tuple[str, bool], ...]
"""The texts of one value to look at, each with whether it is a default; a `MARK` is in the place of what is not known.

The first knows of no variable; the second, where it is another one, has each variable's default. What the environment
or `.env` sets is in neither.
"""


def written(node: Node, *, pair: bool = False) -> Readings:
    """What the file says of a scalar; nothing of a collection and of nothing. `pair`: the text begins with `KEY=`."""
    if node.via is None and type(node.value) is str:
        return ((node.value, False),)  # so are nearly all
    raw = raw_text(node)
    if raw is None:
        value = _text(node)
        return () if value is None else ((shape(value), False),)
    return written_text(raw.partition("=")[2] if pair else raw)


def written_text(raw: str) -> Readings:
    """What a text with variables says; nothing where it cannot be read."""
    literal, default = _both(raw)
    if literal is None or default is None:
        return ()
    return ((literal, False),) if literal == default else ((literal, False), (default, True))


def written_words(node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a command, as in `Readings`: the literal ones, and those with defaults.

    A command in one string is split after its variables are replaced: each reading has words of its own.
    """
    raw = raw_text(node)
    if raw is not None:
        literal, default = _both(raw)
        return _split(literal), _split(default)
    items = node.value if isinstance(node.value, list) else []
    both = [found for item in items if (found := written(item))]
    return tuple(each[0][0] for each in both), tuple(each[-1][0] for each in both)


def raw_text(node: Node) -> str | None:
    """The text of a value in which variables were replaced; None where none were."""
    via: Via | None = node.via
    while via is not None:
        if via.way in (Way.INTERPOLATION, Way.DEFAULT) and via.at is not None and isinstance(via.at.value, str):
            return via.at.value
        via = via.before
    return None


def _text(node: Node) -> Text | None:
    value = node.value
    if value is None or isinstance(value, (dict, list)):
        return None
    if node.via is not None and node.via.way is Way.ENV_FILE:
        return None
    if isinstance(value, (bool, int, float, Timestamp)):
        return go_text(value)
    return value


def _both(raw: str) -> tuple[str | None, str | None]:
    """A text that knows of no variable, and with the default of each."""
    if len(raw) > _LONGEST:
        return None, None
    pieces = _USUAL.split(raw)
    literal = MARK.join(pieces[::2])
    if "$" not in literal:
        return literal, "".join([MARK if piece is None else piece for piece in pieces])
    return _interpolated(raw, _UNKNOWN), _interpolated(raw, {})


def _interpolated(raw: str, lookup: Mapping[str, Text]) -> str | None:
    try:
        return shape(interpolate(raw, lookup, unset=Unset.UNRESOLVED).value)
    except InterpolationError:
        return None


def _split(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    try:
        return tuple(map(shape, split_words(text).words))
    except ShellwordsError:
        return (text,)
