"""Durations as Go reads and prints them, with days and weeks besides."""

from __future__ import annotations

from composeguard.compose.value_errors import UnitError
from composeguard.source.numbers import INT64_MAX
from composeguard.source.regex import regex

_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
    "d": 24 * 3600 * 10**9,
    "w": 168 * 3600 * 10**9,
}
_DURATION_PART = regex(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)")


def parse_duration(text: str) -> int:
    """Nanoseconds of `1h30m`, `1.5s`, `1d`, … A number without unit is refused, except 0."""
    negative = text.startswith("-")
    body = text[1:] if text[:1] in ("-", "+") else text
    if body == "0":
        return 0
    if not body:
        raise UnitError("not a duration: empty")
    total = at = 0
    while at < len(body):
        part = _DURATION_PART.match(body, at)
        whole, fraction, unit = part.groups() if part else ("", None, "")
        if not whole and not fraction:
            raise UnitError("not a duration: a number must come first")
        if not unit:
            raise UnitError("not a duration: a number without a unit")
        nanoseconds = _NANOSECONDS.get(unit)
        if nanoseconds is None:
            raise UnitError("not a duration: unknown unit")
        total += _duration_part(whole, fraction or "", nanoseconds)
        if total > INT64_MAX:
            raise UnitError("not a duration: too long")
        at += len(whole) + len(unit) + (0 if fraction is None else 1 + len(fraction))
    return -total if negative else total


def _duration_part(whole: str, fraction: str, nanoseconds: int) -> int:
    digits = whole.lstrip("0")
    if len(digits) > 19:
        raise UnitError("not a duration: too long")
    value = int(digits or "0") * nanoseconds
    # Digits of the fraction count as far as they fit 64 bits; the division is in floating point, as in Go.
    counted, scale = 0, 1.0
    for digit in fraction:
        longer = counted * 10 + int(digit)
        if longer > INT64_MAX:
            break
        counted = longer
        scale *= 10
    return value + int(counted * (nanoseconds / scale)) if counted else value


def format_duration(nanoseconds: int) -> str:
    """As Go prints a duration: `1h0m0s`, `1.5s`, `100µs`."""
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    if not rest:
        return "0s"
    for unit, size in (("ns", 10**3), ("µs", 10**6), ("ms", 10**9)):
        if rest < size:
            return f"{sign}{_decimal(rest, size // 1000)}{unit}"
    minutes, rest = divmod(rest, 60 * 10**9)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{_decimal(rest, 10**9)}s"
    if hours:
        return f"{sign}{hours}h{minutes}m{seconds}"
    return f"{sign}{minutes}m{seconds}" if minutes else sign + seconds


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    return f"{whole}.{str(rest).rjust(len(str(unit)) - 1, '0').rstrip('0')}" if rest else str(whole)
