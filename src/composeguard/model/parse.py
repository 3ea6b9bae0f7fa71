"""From the scalars of the canonical tree to what the reference binds them to.

Each takes any value and raises ValueError with a message for people; an `Unresolved` stays as it is.
"""

from __future__ import annotations

import math

from composeguard.compose.unresolved import Unresolved
from composeguard.source.numbers import INT64_MAX, INT64_MIN, parse_decimal_int


def flag(value: object) -> bool:
    """A boolean from the words that the reference takes where it does not cast after interpolation."""
    if isinstance(value, str):
        word = value.lower()
        if word in ("true", "y", "yes", "on"):
            return True
        if word in ("false", "n", "no", "off"):
            return False
    raise ValueError("must be true or false")


def integer(value: object) -> int:
    """A whole number; a float loses its fraction."""
    if isinstance(value, float) and math.isfinite(value):
        return int(value)
    if isinstance(value, str):
        number = parse_decimal_int(value)
        if number is not None:
            return number
    raise ValueError("must be a whole number")


def number(value: object) -> float:
    """A floating-point number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        from composeguard.source.numbers import parse_float

        parsed = parse_float(value)
        if parsed is not None:
            return parsed
    raise ValueError("must be a number")


def size(value: object) -> int | Unresolved | None:
    """A size in bytes; None for a float or what is beyond 64 bits, which the reference drops."""
    from composeguard.compose import units

    if isinstance(value, Unresolved):
        return value
    if isinstance(value, bool) or value is None:
        raise ValueError("must be a size such as 512m")
    if isinstance(value, float):
        return None
    if isinstance(value, int):
        return value if INT64_MIN <= value <= INT64_MAX else None
    return units.parse_bytes(str(value))


def duration(value: object) -> int | Unresolved:
    """Nanoseconds of a text such as 1m30s."""
    from composeguard.compose import units

    if isinstance(value, Unresolved):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a duration such as 1m30s")
    return units.parse_duration(value)


def duration_text(value: int) -> str:
    """As the reference prints it: 1h0m0s."""
    from composeguard.compose import units

    return units.format_duration(value)


def mode(value: object) -> int | Unresolved:
    """File mode bits: a text is octal, a number is itself."""
    if isinstance(value, Unresolved):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value, 8)
        except ValueError:
            pass
    raise ValueError("must be an octal mode such as 0440")


def mode_text(value: int) -> str:
    """Four octal digits."""
    return f"{value:#06o}".replace("0o", "", 1).rjust(4, "0")
