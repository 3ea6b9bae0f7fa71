"""The parts of an expression, as the parser gives them. `at` is the code-point offset in the expression."""

from __future__ import annotations

from dataclasses import dataclass

Literal = str | int | float | bool | bytes | None


@dataclass(frozen=True, slots=True)
class Constant:
    at: int
    value: Literal


@dataclass(frozen=True, slots=True)
class Name:
    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """`operand.field`, or with `test` the macro `has(operand.field)`."""

    at: int
    operand: Expression
    field: str
    test: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator (`_&&_`, `_[_]`, `@in`); of a method, the first argument is what it is called on."""

    at: int
    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    at: int
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    at: int
    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Loop:
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
