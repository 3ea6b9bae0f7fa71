"""YAML scalars as the Compose reference resolves them: neither YAML 1.1 nor 1.2.

Only `true` and `false` in three spellings are booleans, a leading zero is octal, `22:22` is a string, and a date is
a timestamp.
"""

from __future__ import annotations

import binascii
import math
from typing import TypeAlias

from msgspec import Struct

from composeguard.source.numbers import format_float, parse_based_int, parse_float
from composeguard.source.regex import regex


class ScalarError(ValueError):
    """A tag asks for a type that its text has not."""


class Timestamp(Struct, frozen=True):
    """A date as Go's `time.Time` holds it. `offset` is in minutes east of UTC; the fields are that zone's clock."""

    year: int
    month: int
    day: int
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanosecond: int = 0
    offset: int = 0

    def __str__(self) -> str:
        """How Go prints it, which is what lands in a string-valued map: `2020-01-01 00:00:00 +0000 UTC`."""
        zone = self._zone("")
        return f"{self._date()} {self._clock()} {zone} {zone if self.offset else 'UTC'}"

    def as_json(self) -> str:
        """RFC 3339, as Go's JSON encoder writes it."""
        return f"{self._date()}T{self._clock()}{self._zone(':') if self.offset else 'Z'}"

    def _date(self) -> str:
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"

    def _clock(self) -> str:
        fraction = f".{self.nanosecond:09d}".rstrip("0") if self.nanosecond else ""
        return f"{self.hour:02d}:{self.minute:02d}:{self.second:02d}{fraction}"

    def _zone(self, colon: str) -> str:
        minutes = abs(self.offset)
        return f"{'-' if self.offset < 0 else '+'}{minutes // 60:02d}{colon}{minutes % 60:02d}"


Scalar: TypeAlias = str | int | float | bool | Timestamp | None

_NUMERIC_STARTS = frozenset("+-0123456789")
RESOLVABLE_STARTS = _NUMERIC_STARTS | frozenset((*".nNtTfF~<", ""))
"""First characters of the plain scalars that may be something else than their text."""
_EXACT: dict[str, Scalar] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL", "<<"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys(("-0", "-0.0"), -0.0),
}
_FLOAT = regex(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TIMESTAMP = regex(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"(?:(?P<separator>[Tt]| +)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2}):(?P<second>[0-9]{1,2})"
    r"(?:[.,](?P<fraction>[0-9]+))?(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?)?"
)
_LONE_BYTE = regex("[\udc80-\udcff]")
_CORE_TAG = "tag:yaml.org,2002:"


def resolve_plain(text: str) -> Scalar:
    """The value of an untagged plain scalar. `<<` as a value is null, as it is for the reference."""
    if text[:1] not in RESOLVABLE_STARTS:
        return text
    if text in _EXACT:
        return _EXACT[text]
    first = text[0]
    if first in _NUMERIC_STARTS:
        if first != "0" and len(text) < 19 and text.isdecimal() and text.isascii():
            return int(text)
        if text[4:5] == "-":
            moment = _timestamp(text)
            if moment is not None:
                return moment
        return _number(text)
    if first == ".":
        value = parse_float(text)
        return text if value is None else value
    return text


def resolve_tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with an explicit tag, whatever its style; `tag` is `!!int` or its long form.

    Raises:
        ScalarError: the text is not of the tag's type.
    """
    kind = tag.removeprefix(_CORE_TAG) if tag.startswith(_CORE_TAG) else tag.removeprefix("!!")
    if kind == "binary":
        return _binary(text)
    check = _TAGGED.get(kind)
    if check is None:
        return text
    value = resolve_plain(text)
    if kind == "float" and type(value) is int and value < 2**63:
        value = float(value)
    if text == "<<" or not isinstance(value, check):
        raise ScalarError(f"the value is not a !!{kind}")
    if kind == "int" and isinstance(value, bool):
        raise ScalarError("the value is not a !!int")
    return value


_TAGGED: dict[str, type | tuple[type, ...]] = {
    "bool": bool,
    "int": int,
    "float": float,
    "null": type(None),
    "timestamp": Timestamp,
}


def go_text(value: Scalar) -> str:
    """The text of a scalar in a string-valued map (labels, environment, options), as Go's `fmt.Sprint` prints it.

    Null is "": callers for which null means unset must ask before.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_float(value)
    return str(value)


def _number(text: str) -> Scalar:
    plain = text.replace("_", "")
    whole = parse_based_int(plain)
    if whole is not None:
        return whole
    if _FLOAT.fullmatch(plain):
        value = float(plain)
        if not math.isinf(value):
            return value
    return text


def _timestamp(text: str) -> Timestamp | None:
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    # A zone belongs to the form with T and is missing from the one with spaces; neither may have it otherwise.
    separator, zone = match["separator"], match["zone"]
    if separator and (separator in "Tt") != (zone is not None):
        return None
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    from calendar import monthrange

    # Year 0 is a leap year of the proleptic calendar, as 2000 is; `calendar` starts at year 1.
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year or 2000, month)[1]:
        return None
    if not separator:
        return Timestamp(year, month, day)
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    if hour > 23 or minute > 59 or second > 59:
        return None
    nanosecond = int((match["fraction"] or "0")[:9].ljust(9, "0"))
    offset = 0
    if zone and zone != "Z":
        zone_hours, zone_minutes = int(zone[1:3]), int(zone[4:6])
        if zone_hours > 24 or zone_minutes > 60:
            return None
        offset = (zone_hours * 60 + zone_minutes) * (-1 if zone[0] == "-" else 1)
    return Timestamp(year, month, day, hour, minute, second, nanosecond, offset)


def _binary(text: str) -> str:
    import base64

    try:
        data = base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (binascii.Error, ValueError):
        raise ScalarError("the value is not base64") from None
    # One replacement character for each byte that is not UTF-8, as Go's JSON encoder has it.
    return _LONE_BYTE.sub("\ufffd", data.decode("utf-8", "surrogateescape"))
