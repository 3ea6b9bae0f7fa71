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
_REMEMBERED = 1_000


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


@lru_cache(_REMEMBERED)
def _matcher(pattern: str) -> Callable[[str], bool]:
    if len(pattern) > limits.PATTERN:
        raise ExpressionError(f"a pattern of {len(pattern):,} characters; the limit is {limits.PATTERN:,}")
    if cost(pattern) > limits.PATTERN_COST:
        raise ExpressionError("a pattern with too many or too large repetitions")
    found = _matches()

    # The library compiles the pattern for each match (25-200 µs), and the same names come again and again.
    @lru_cache(_REMEMBERED)
    def matches(text: str) -> bool:
        result = found.eval(data={"text": text, "pattern": pattern}).value()
        if isinstance(result, bool):
            return result
        raise ExpressionError(f"no regular expression: {str(result).partition(_INVALID)[2] or 'too large'}")

    matches("")
    return matches
