"""From the scalars of the canonical tree to what the reference binds them to.

Each takes any value and raises ValueError with a message for people; an `Unresolved` stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from composeguard.compose import units
from composeguard.compose.unresolved import Unresolved
from composeguard.source.scalars import Scalar

Bound = TypeVar("Bound")
Parser = Callable[[Scalar | Unresolved], Bound | Unresolved]


def known(parse: Callable[[Scalar], Bound]) -> Parser[Bound]:
    """The parser for values of which some are unresolved."""

    def convert(value: Scalar | Unresolved) -> Bound | Unresolved:
        return value if isinstance(value, Unresolved) else parse(value)

    return convert


def text(value: Scalar | Unresolved) -> str | Unresolved:
    """No other scalar stands for a text."""
    if isinstance(value, (str, Unresolved)):
        return value
    raise units.UnitError("not a text")


def _flag(value: Scalar) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return units.cast_bool(value)
    raise units.UnitError("not a boolean")


def _count(value: Scalar) -> int:
    if isinstance(value, str):
        raise units.UnitError("not a number")
    return units.parse_count(value)


def _duration(value: Scalar) -> int:
    if isinstance(value, str):
        return units.parse_duration(value)
    raise units.UnitError("not a duration")


flag = known(_flag)
integer = known(units.parse_int)
count = known(_count)
number = known(units.parse_cpus)
size = known(units.parse_bytes)
duration = known(_duration)
mode = known(units.parse_mode)
tmpfs_mode = known(units.parse_tmpfs_mode)
device_count = known(units.parse_device_count)
umask = known(units.parse_umask)
