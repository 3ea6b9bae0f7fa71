"""Regular expressions as parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from composeguard.base import Field
from composeguard.policy.cel.parse import ExpressionError

Pattern = Annotated[str, Field(min_length=1, max_length=1_000)]


def matching(pattern: str | None, fail: Callable[..., Exception], key: str) -> Callable[[str], bool] | None:
    """What a parameter `key` matches; None where it is not given.

    Raises:
        what `fail` makes of the reason why it is no regular expression.
    """
    if pattern is None:
        return None
    from composeguard.policy.cel.regex import matcher

    try:
        return matcher(pattern)
    except ExpressionError as error:
        raise fail(error.message, key) from None
