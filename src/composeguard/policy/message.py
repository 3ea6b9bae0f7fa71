"""Messages with expressions in braces: `{service.name} publishes {item.published}`; `{{` is a brace."""

from __future__ import annotations

from collections.abc import Mapping

from composeguard.policy.cel.check import type_of
from composeguard.policy.cel.evaluate import Frame, Run, compiled
from composeguard.policy.cel.parse import ExpressionError, parse
from composeguard.policy.cel.syntax import Expression, Name, Select, parts
from composeguard.policy.cel.types import ListType, MapType, Record, Type
from composeguard.policy.shown import MAY_BE_SECRET, shown
from composeguard.source.regex import regex

_PIECE = regex(r"\{\{|\}\}|\{(?P<expression>[^{}]*)\}|[{}]")


class Message:
    """A message, made for each finding.

    Raises:
        ExpressionError: what stands in braces cannot be shown. Its place is that in the whole text.
    """

    def __init__(self, text: str, names: Mapping[str, Type], *, item_is_secret: bool) -> None:
        self._pieces: list[str | Run] = []
        position = 0
        for found in _PIECE.finditer(text):
            self._pieces.append(text[position : found.start()])
            position = found.end()
            if found["expression"] is not None:
                start = found.start("expression")
                try:
                    self._pieces.append(_placeholder(found["expression"], names, item_is_secret))
                except ExpressionError as error:
                    raise ExpressionError(error.message, start + error.start, start + error.end) from None
            elif len(found[0]) == 2:
                self._pieces.append(found[0][0])
            else:
                raise ExpressionError("a brace without its other half; write {{ for one", found.start())
        self._pieces.append(text[position:])

    def of(self, frame: Frame) -> str:
        """The text for one item. What is not set reads `none`."""
        return "".join(piece if isinstance(piece, str) else shown(piece(frame)) for piece in self._pieces)


def _placeholder(text: str, names: Mapping[str, Type], item_is_secret: bool) -> Run:
    tree = parse(text)
    kind = type_of(tree, names)
    if isinstance(kind, (Record, MapType)) or (isinstance(kind, ListType) and isinstance(kind.item, Record)):
        raise ExpressionError(f"a {kind.name} cannot be shown; name one of its fields", 0, len(text))
    field = _secret_field(tree, item_is_secret)
    if field:
        raise ExpressionError(f"a message shows no values of {field}: they may be secrets", 0, len(text))
    return compiled(tree)


def _secret_field(tree: Expression, item_is_secret: bool) -> str:
    pending = [tree]
    while pending:
        part = pending.pop()
        if isinstance(part, Select) and part.field in MAY_BE_SECRET and not part.test:
            return f"`{part.field}`"
        if isinstance(part, Name) and part.name == "item" and item_is_secret:
            return "`item`"
        pending.extend(parts(part))
    return ""
