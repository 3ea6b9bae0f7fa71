"""The parts of an expression, as the parser gives them. `at` is the code-point offset in the expression."""

from __future__ import annotations

from msgspec import Struct

Literal = str | int | float | bool | bytes | None


class Constant(Struct, frozen=True):
    at: int
    value: Literal


class Name(Struct, frozen=True):
    at: int
    name: str


class Select(Struct, frozen=True):
    """`operand.field`, or with `test` the macro `has(operand.field)`."""

    at: int
    operand: Expression
    field: str
    test: bool


class Call(Struct, frozen=True):
    """A function or operator (`_&&_`, `_[_]`, `@in`); of a method, the first argument is what it is called on."""

    at: int
    function: str
    arguments: tuple[Expression, ...]


class ListOf(Struct, frozen=True):
    at: int
    items: tuple[Expression, ...]


class MapOf(Struct, frozen=True):
    at: int
    entries: tuple[tuple[Expression, Expression], ...]


class Loop(Struct, frozen=True):
    """A macro: `all`, `exists`, `exists_one`, `map` or `filter` of a list or of the keys of a map."""

    at: int
    kind: str
    variable: str
    over: Expression
    condition: Expression | None
    result: Expression | None
    """What `map` makes of each."""


Expression = Constant | Name | Select | Call | ListOf | MapOf | Loop


def parts(expression: Expression) -> list[Expression]:
    """What an expression is made of."""
    match expression:
        case Select(operand=operand):
            return [operand]
        case Call(arguments=arguments):
            return list(arguments)
        case ListOf(items=items):
            return list(items)
        case MapOf(entries=entries):
            return [part for entry in entries for part in entry]
        case Loop(over=over, condition=condition, result=result):
            return [part for part in (over, condition, result) if part is not None]
        case _:
            return []
