"""Numbers as Go's `strconv` and `fmt` read and write them; the Compose reference is a Go program."""

from __future__ import annotations

import math
import re
import struct

from composeguard.source.regex import regex

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1
UINT64_MAX = 2**64 - 1

_DECIMAL_INT = regex(r"([-+]?)0*([0-9]{1,20})")
_BASED_INT = regex(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|0([0-7]*)|([1-9][0-9]*))")
_MAX_BITS = 64
_DECIMAL_FLOAT = regex(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9][0-9_]*)?")
_HEX_FLOAT = regex(
    r"[-+]?0[xX](?:_?[0-9a-fA-F][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?|\.[0-9a-fA-F][0-9a-fA-F_]*)[pP][-+]?[0-9][0-9_]*"
)
_SPECIAL_FLOAT = regex(r"[-+]?inf(?:inity)?|nan", re.IGNORECASE | re.ASCII)
_LONE_UNDERSCORE = regex(r"_(?![0-9])|(?<![0-9])_")
_LONE_HEX_UNDERSCORE = regex(r"_(?![0-9a-fA-F])|(?<![0-9a-fA-FxX])_")


def parse_decimal_int(text: str) -> int | None:
    """A signed 64-bit integer in decimal, as `strconv.ParseInt(text, 10, 64)`; None where that fails."""
    match = _DECIMAL_INT.fullmatch(text)
    if match is None:
        return None
    value = int(match[2])
    if match[1] == "-":
        value = -value
    return value if INT64_MIN <= value <= INT64_MAX else None


def parse_based_int(text: str) -> int | None:
    """An integer whose prefix tells its base (`0x`, `0b`, `0o`, and a leading `0` for octal), without underscores.

    None where it is no such number, or neither a signed nor an unsigned 64-bit one. A `+` or `-` is for the
    signed range only.
    """
    match = _BASED_INT.fullmatch(text)
    if match is None:
        return None
    sign, hexadecimal, binary, octal, zero_octal, decimal = match.groups()
    written = ((decimal, 10), (zero_octal, 8), (hexadecimal, 16), (octal, 8), (binary, 2))
    digits, base = next((digits, base) for digits, base in written if digits is not None)
    digits = digits.lstrip("0") or "0"
    if len(digits) > _MAX_BITS:
        return None
    value = int(digits, base)
    if sign:
        value = -value if sign == "-" else value
        return value if INT64_MIN <= value <= INT64_MAX else None
    return value if value <= UINT64_MAX else None


def parse_float(text: str) -> float | None:
    """A floating-point number as `strconv.ParseFloat(text, 64)`; None where that fails, which an overflow does too.

    `inf`, `infinity` and `nan` count, underscores may stand between digits, and a hexadecimal one needs its exponent.
    """
    if _DECIMAL_FLOAT.fullmatch(text):
        if "_" in text:
            if _LONE_UNDERSCORE.search(text):
                return None
            text = text.replace("_", "")
        value = float(text)
        return None if math.isinf(value) else value
    if _SPECIAL_FLOAT.fullmatch(text):
        return float(text)
    if _HEX_FLOAT.fullmatch(text):
        if "_" in text:
            if _LONE_HEX_UNDERSCORE.search(text):
                return None
            text = text.replace("_", "")
        try:
            return float.fromhex(text)
        except OverflowError:
            return None
    return None


def round_to_float32(value: float) -> float | None:
    """The nearest single-precision number, given by its shortest digits; None where the range does not hold it."""
    if math.isnan(value) or math.isinf(value):
        return value
    single = _as_float32(value)
    if single is None:
        return None
    candidates = (float(f"{single:.{digits}g}") for digits in range(1, 9))
    return next((short for short in candidates if _as_float32(short) == single), float(f"{single:.9g}"))


def _as_float32(value: float) -> float | None:
    try:
        single: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return None
    return single


def format_float(value: float) -> str:
    """As Go's `%v`: the shortest digits, with an exponent (two digits at least) below 1e-4 and from 1e+06 on."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    mantissa, _, written_exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits.strip("0"):
        return sign + "0"
    leading_zeros = len(whole + fraction) - len(digits)
    exponent = int(written_exponent or 0) + len(whole) - leading_zeros - 1
    digits = digits.rstrip("0")
    if exponent < -4 or exponent >= 6:
        tail = "." + digits[1:] if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    digits = digits.ljust(exponent + 1, "0")
    head, tail = digits[: exponent + 1], digits[exponent + 1 :]
    return f"{sign}{head}.{tail}" if tail else sign + head
