"""Text to tree, by the parser of Google's CEL library, which comes with the extra `policy`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from composeguard.errors import ComposeguardError
from composeguard.policy import limits
from composeguard.policy.cel import wire
from composeguard.policy.cel.syntax import Expression, Loop, parts
from composeguard.source.regex import regex

if TYPE_CHECKING:
    from cel_expr_python.cel import Env

MISSING = "expressions and patterns in policies need the extra: pip install 'composeguard[policy]'"

_ERROR = regex(r"ERROR: [^:]*:(?P<line>-?\d+):(?P<column>-?\d+): (?P<message>[^\n]*)")
_EXPECTING = regex(r" expecting .*| at .*")


class MissingLibraryError(ComposeguardError):
    """The CEL library is not installed."""


class ExpressionError(Exception):
    """What is wrong with an expression, at a code-point offset in it."""

    def __init__(self, message: str, start: int = 0, end: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = start + 1 if end is None else end


@cache
def library() -> Env:
    """An environment of the library that knows no names: they are checked against the model.

    Raises:
        MissingLibraryError: it is not installed.
    """
    try:
        from cel_expr_python import cel
    except ImportError:
        raise MissingLibraryError(MISSING) from None
    return cel.NewEnv(variables={"text": cel.Type.STRING, "pattern": cel.Type.STRING})


def parse(text: str) -> Expression:
    """The tree of an expression.

    Raises:
        ExpressionError: it is no expression, or beyond the limits.
    """
    if len(text) > limits.EXPRESSION:
        raise ExpressionError(f"an expression of {len(text):,} characters; the limit is {limits.EXPRESSION:,}")
    environment = library()
    try:
        tree = wire.expression(environment.compile(text, True).serialize())
    except (RuntimeError, ValueError) as error:
        raise _explained(str(error), text) from None
    except wire.WireError as error:
        raise ExpressionError(f"{error} is no part of policies") from None
    _measure(tree)
    return tree


def _measure(tree: Expression) -> None:
    count = 0
    pending = [(tree, 0)]
    while pending:
        part, loops = pending.pop()
        count += 1
        if count > limits.NODES:
            raise ExpressionError(f"an expression of more than {limits.NODES:,} parts", part.at)
        inner = loops + isinstance(part, Loop)
        if inner > limits.LOOPS:
            raise ExpressionError(f"macros nested deeper than {limits.LOOPS}", part.at)
        # What a macro goes over is evaluated once, so a chain of macros is not deep.
        pending += [(below, loops if isinstance(part, Loop) and below is part.over else inner) for below in parts(part)]


def _explained(message: str, text: str) -> ExpressionError:
    """The first error of the library, in a reader's words."""
    found = _ERROR.search(message)
    if found is None or int(found["line"]) < 1:
        if "recursion" in message:
            return ExpressionError("nested too deep")
        return ExpressionError("no CEL expression")
    lines = text.split("\n")
    line = min(int(found["line"]), len(lines))
    at = sum(len(each) + 1 for each in lines[: line - 1]) + int(found["column"]) - 1
    said = _EXPECTING.sub("", found["message"].removeprefix("Syntax error: "))
    if "recursion" in said:
        return ExpressionError("nested too deep")
    if "<EOF>" in said or at >= len(text):
        said = "the expression ends too early"
    return ExpressionError(f"syntax error: {said}", min(at, len(text)))
