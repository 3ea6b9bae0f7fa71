"""Values of expressions: those of the model as they are, and the ways in which one can fail to be."""

from __future__ import annotations

from collections.abc import Iterable

from composeguard.compose.unresolved import Unresolved
from composeguard.policy import limits

STOPPED = "stopped"
"""How messages about limits start: no other operand makes up for such an error."""


class UnknownError(Exception):
    """The answer depends on a variable that nothing sets: there is nothing to judge."""


class EvaluationError(Exception):
    """An expression fails on this item. The message holds names of the expression, never a value."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


def known(value: object) -> object:
    """The value, unless a variable hides it."""
    if type(value) is Unresolved:
        raise UnknownError
    return value


def is_number(value: object) -> bool:
    """Whether a value is an int or a double; in Python, a boolean would be one, too."""
    return type(value) is int or type(value) is float


class Work:
    """What one comparison may still cost: lists that hold the same list twice grow without growing."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = limits.ITEMS

    def spend(self) -> None:
        """One more.

        Raises:
            EvaluationError: there is nothing left.
        """
        self.left -= 1
        if self.left < 0:
            raise EvaluationError(f"{STOPPED}: a comparison of more than {limits.ITEMS:,} values")


def equal(left: object, right: object, work: Work | None = None) -> bool:
    """Equality as CEL has it: numbers by value, all else within its type, lists and maps by what they hold.

    Raises:
        UnknownError: it depends on what a variable hides.
        EvaluationError: it takes too long.
    """
    if type(left) is Unresolved or type(right) is Unresolved:
        return _partly_equal(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and _all(zip(left, right, strict=True), work or Work())
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and _all(
            ((value, right[key]) for key, value in left.items()), work or Work()
        )
    if is_number(left) and is_number(right):
        return left == right
    return type(left) is type(right) and left == right


def _all(pairs: Iterable[tuple[object, object]], work: Work) -> bool:
    unknown = False
    for left, right in pairs:
        work.spend()
        try:
            if not equal(left, right, work):
                return False
        except UnknownError:
            unknown = True
    if unknown:
        raise UnknownError
    return True


def _partly_equal(left: object, right: object) -> bool:
    """A text whose known ends differ is another text."""
    text, other = (left, right) if isinstance(left, Unresolved) else (right, left)
    assert isinstance(text, Unresolved)
    if other is None:
        return False  # it is set, to whatever
    if isinstance(other, str) and not (other.startswith(text.head) and other.endswith(text.tail)):
        return False
    raise UnknownError
