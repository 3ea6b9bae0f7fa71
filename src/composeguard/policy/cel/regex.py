"""Regular expressions with the semantics of RE2: no text makes a pattern take more than linear time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from composeguard.policy import limits
from composeguard.policy.cel.parse import ExpressionError, library
from composeguard.policy.cel.pattern_cost import cost

if TYPE_CHECKING:
    from cel_expr_python.cel import Expression

_INVALID = "invalid regular expression: "
_PATTERNS = 1_000
_ANSWERS = 10_000
_SHORT = 200
"""Characters: names. The answers for longer texts are not kept."""


@cache
def _matches() -> Expression:
    return library().compile("text.matches(pattern)")


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text holds what the pattern means; the pattern is checked at once.

    Raises:
        ExpressionError: it is no regular expression, or too large a one.
    """
    library()
    return _matcher(pattern)


@lru_cache(_PATTERNS)
def _matcher(pattern: str) -> Callable[[str], bool]:
    if len(pattern) > limits.PATTERN:
        raise ExpressionError(f"a pattern of {len(pattern):,} characters; the limit is {limits.PATTERN:,}")
    if cost(pattern) > limits.PATTERN_COST:
        raise ExpressionError("a pattern with too many or too large repetitions")

    def matches(text: str) -> bool:
        return _remembered(text, pattern) if len(text) <= _SHORT else _asked(text, pattern)

    matches("")
    return matches


def _asked(text: str, pattern: str) -> bool:
    result = _matches().eval(data={"text": text, "pattern": pattern}).value()
    if isinstance(result, bool):
        return result
    raise ExpressionError(f"no regular expression: {str(result).partition(_INVALID)[2] or 'too large'}")


_remembered = lru_cache(_ANSWERS)(_asked)
"""The library compiles the pattern for each match (25-200 µs), and the same names come again and again."""
