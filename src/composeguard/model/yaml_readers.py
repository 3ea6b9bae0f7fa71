"""What readers of YAML other than the reference make of a plain scalar.

The reference follows neither YAML 1.1 nor 1.2. Readers of 1.1 (PyYAML, the Go and Ruby libraries of the 2010s, and with
them many tools around Compose) have more booleans and base-60 numbers; those of 1.2 know no octal number without `0o`.
"""

from __future__ import annotations

from composeguard.source.regex import regex
from composeguard.source.scalars import Scalar

_BOOLEAN = regex(r"y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF")
"""https://yaml.org/type/bool.html, without the words that all readers take for booleans."""
_BASE_60 = regex(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*")
"""https://yaml.org/type/int.html and https://yaml.org/type/float.html."""
_MOMENT = regex(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
)
"""https://yaml.org/type/timestamp.html."""
_OCTAL = regex(r"[-+]?0[0-7_]+")
_PREFIX = regex(r"[-+]?0[xXoObB][0-9a-fA-F_]+")
_EXPONENT = regex(r"[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?(?:[0-9][0-9_]*)?\.[0-9_]*[eE][0-9]+")
_DECIMAL_LOOK = regex(r"[-+]?0[0-9]*[89][0-9]*")


def base_60(text: str) -> int | None:
    """The whole number that a reader of YAML 1.1 makes of `22:22`; None where it sees none."""
    if not _BASE_60.fullmatch(text) or "." in text:
        return None
    number = 0
    for part in text.replace("_", "").lstrip("+-").split(":"):
        number = number * 60 + int(part)
    return -number if text.startswith("-") else number


def other_readings(text: str, value: Scalar) -> str | None:
    """What some other reader takes a plain scalar for, in words; None where all agree. `value` is the reference's."""
    if isinstance(value, str):
        if _BOOLEAN.fullmatch(text):
            return "a boolean"
        if _BASE_60.fullmatch(text):
            return "a number in base 60"
        return "a date" if _MOMENT.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if _OCTAL.fullmatch(text):
        return "an octal number to some, a decimal one to others"
    if _DECIMAL_LOOK.fullmatch(text):
        return "a number to some, text to others"
    if _PREFIX.fullmatch(text):
        return "a number in another base to some, text to others"
    if _EXPONENT.fullmatch(text):
        return "a number with an exponent to some, text to others"
    return "a number to some, text to others" if "_" in text else None
