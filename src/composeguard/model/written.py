"""Values as their files say them: what is literal, what is a default, and what a variable brings from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from composeguard.compose.interpolate import InterpolationError, Unset, interpolate
from composeguard.compose.shellwords import ShellwordsError
from composeguard.compose.shellwords import split as split_words
from composeguard.compose.unresolved import MARK, Text, Unresolved, shape
from composeguard.source.node import Node, Via, Way
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


class Written(Struct, frozen=True):
    """The two readings of one value: `literal` knows of no variable; `default` has each variable's default.

    Where a value has no variable, both are the value. What the environment or `.env` sets is in neither.
    """

    literal: Text
    default: Text

    def readings(self) -> tuple[tuple[str, bool], ...]:
        """The texts to look at, each with whether it is a default; a `MARK` is in the place of what is not known."""
        literal, default = shape(self.literal), shape(self.default)
        return ((literal, False),) if literal == default else ((literal, False), (default, True))


def written(node: Node, *, pair: bool = False) -> Written | None:
    """What the file says of a scalar; None of a collection and of nothing. `pair`: the text begins with `KEY=`."""
    raw = raw_text(node)
    if raw is None:
        value = _text(node)
        return None if value is None else Written(value, value)
    return written_text(raw.partition("=")[2] if pair else raw)


def written_text(raw: str) -> Written | None:
    """What a text with variables says; None where it cannot be read."""
    literal, default = _interpolated(raw, _UNKNOWN), _interpolated(raw, {})
    return None if literal is None or default is None else Written(literal, default)


def written_words(node: Node) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    """The words of a command: the literal ones, and those with defaults.

    A command in one string is split after its variables are replaced: each reading has words of its own.
    """
    raw = raw_text(node)
    if raw is not None:
        return _split(_interpolated(raw, _UNKNOWN)), _split(_interpolated(raw, {}))
    items = node.value if isinstance(node.value, list) else []
    both = [found for item in items if (found := written(item)) is not None]
    return tuple(each.literal for each in both), tuple(each.default for each in both)


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


def _interpolated(raw: str, lookup: Mapping[str, Text]) -> Text | None:
    if len(raw) > _LONGEST:
        return None
    try:
        return interpolate(raw, lookup, unset=Unset.UNRESOLVED).value
    except InterpolationError:
        return None


def _split(text: Text | None) -> tuple[Text, ...]:
    if text is None:
        return ()
    try:
        return split_words(text).words
    except ShellwordsError:
        return (text,)
