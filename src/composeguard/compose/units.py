"""The casts, units and formats of Compose values, with the reference's tolerances.

Every function raises `UnitError` for a value that the reference refuses.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from msgspec import Struct

from composeguard.compose.duration import format_duration, parse_duration
from composeguard.compose.value_errors import UnitError
from composeguard.source.numbers import (
    INT64_MAX,
    INT64_MIN,
    parse_based_int,
    parse_decimal_int,
    parse_float,
    round_to_float32,
)
from composeguard.source.regex import regex
from composeguard.source.scalars import Scalar

_TRUE = frozenset(("true", "y", "yes", "on"))
_FALSE = frozenset(("false", "n", "no", "off"))
_UINT32_MAX = 2**32 - 1
_OCTAL = regex(r"[-+]?[0-7]+")
_UMASK_UNDERSCORE = regex(r"_(?![0-9a-fA-F])|(?<![0-9a-fA-FxXbBoO])_")
_PULL_POLICY = regex(r"always|never|build|if_not_present|missing|refresh|daily|weekly|every_(?:[0-9]+[wdhms])+")
_PROJECT_NAME = regex(r"[^a-z0-9_-]")
_SIZE_SEPARATOR = regex(r".*[0-9. ]", re.DOTALL)
_SIZE_FACTORS = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40, "p": 2**50}


def cast_bool(text: str) -> bool:
    """A string where a boolean belongs: true, yes, on, y and their opposites, in any case."""
    word = text.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise UnitError("not a boolean")


def cast_int(text: str) -> int:
    """A string where an integer belongs: plain decimal, 64 bits."""
    value = parse_decimal_int(text)
    if value is None:
        raise UnitError("not a decimal integer")
    return value


def cast_float(text: str) -> float:
    """A string where a number belongs. Infinity and NaN are refused, if only because JSON has none."""
    value = parse_float(text)
    if value is None or math.isinf(value) or math.isnan(value):
        raise UnitError("not a number")
    return value


def cast_umask(text: str) -> int:
    """A string where a umask belongs: as YAML has integers, so that a leading zero makes it octal."""
    plain = text
    if "_" in text:
        plain = "" if _UMASK_UNDERSCORE.search(text) else text.replace("_", "")
    value = parse_based_int(plain)
    if value is None or plain[:1] in ("+", "-"):
        raise UnitError("not an octal or decimal number")
    return parse_umask(value)


def parse_umask(value: Scalar) -> int:
    """A umask: a string by `cast_umask`, an integer as it is."""
    if isinstance(value, str):
        return cast_umask(value)
    number = parse_int(value)
    if not 0 <= number <= _UINT32_MAX:
        raise UnitError("not in the range of a umask")
    return number


def parse_int(value: Scalar) -> int:
    """An integer field: strings by `cast_int`, and a fraction is cut off, as the reference binds it."""
    if isinstance(value, str):
        return cast_int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnitError("not a number")
    if isinstance(value, float):
        return _truncate(value)
    if not INT64_MIN <= value <= INT64_MAX:
        raise UnitError("not in the range of 64 bits")
    return value


def parse_count(value: Scalar) -> int:
    """An integer field that cannot be negative, such as `healthcheck.retries`."""
    number = parse_int(value)
    if number < 0:
        raise UnitError("negative")
    return number


def parse_cpus(value: Scalar) -> float:
    """`cpus`, of a service or in `deploy.resources`: a number or a string of one, in single precision; 0 is unset."""
    if isinstance(value, str):
        number = cast_float(value)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnitError("not a number")
    else:
        number = float(value)
    single = round_to_float32(number)
    if single is None or math.isinf(single) or math.isnan(single):
        raise UnitError("not in the range of a number of CPUs")
    return single


def parse_bytes(value: Scalar) -> int | None:
    """A size in bytes. None for a float or an integer beyond 64 bits: the reference drops both without a word."""
    if isinstance(value, str):
        whole = parse_decimal_int(value)
        return _size(value) if whole is None else whole
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnitError("not a size")
    if isinstance(value, float):
        if math.isinf(value) or math.isnan(value):
            raise UnitError("not a size")
        return None
    return value if INT64_MIN <= value <= INT64_MAX else None


def _size(text: str) -> int:
    head = _SIZE_SEPARATOR.match(text)
    if head is None:
        raise UnitError("not a size: no digit")
    end = head.end()
    number = parse_float(text[: end - 1] if text[end - 1] == " " else text[:end])
    if number is None:
        raise UnitError("not a size: not a number before the unit")
    if number < 0:
        raise UnitError("not a size: negative with a unit or a fraction")
    suffix = text[end:]
    if not suffix:
        return _to_int64(number)
    lower = suffix.lower()
    if len(suffix.encode("utf-8", "surrogatepass")) > 3:
        raise UnitError("not a size: unknown unit")
    if lower == "b":
        return _to_int64(number)
    factor = _SIZE_FACTORS.get(lower[0])
    if factor is None or lower[1:] not in ("", "b", "ib"):
        raise UnitError("not a size: unknown unit")
    return _to_int64(number * factor)


def parse_mode(value: Scalar) -> int:
    """The mode of a secret or config: a string is octal, an integer is its value (`440` is 0670)."""
    if isinstance(value, str):
        if not _OCTAL.fullmatch(value):
            raise UnitError("not an octal mode")
        digits = value.lstrip("+-").lstrip("0") or "0"
        number = int(digits, 8) if len(digits) <= 22 else INT64_MAX + 1
        number = -number if value[0] == "-" else number
        if not INT64_MIN <= number <= INT64_MAX:
            raise UnitError("not in the range of 64 bits")
        return number
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnitError("a mode is an integer or a string")
    return value


def format_mode(mode: int) -> str:
    """As the reference prints a mode: `0440`."""
    return f"0{mode:o}"


def parse_tmpfs_mode(value: Scalar) -> int:
    """The mode of a tmpfs mount: a YAML number, never a string."""
    if isinstance(value, str):
        raise UnitError("the mode of a tmpfs mount must be a number without quotes")
    mode = parse_int(value)
    if not 0 <= mode <= _UINT32_MAX:
        raise UnitError("not in the range of a mode")
    return mode


class Ulimit(Struct, frozen=True):
    """One limit for both (`single`), or a soft and a hard one."""

    single: int | None = None
    soft: int | None = None
    hard: int | None = None


def parse_ulimit(value: Scalar | Mapping[str, Scalar]) -> Ulimit:
    """An integer, a string of one, or a mapping with `soft` and `hard`."""
    if not isinstance(value, Mapping):
        return Ulimit(single=_whole(value))
    if "soft" not in value or "hard" not in value:
        raise UnitError("a ulimit needs both soft and hard")
    return Ulimit(soft=_whole(value["soft"]), hard=_whole(value["hard"]))


def _whole(value: Scalar) -> int:
    if isinstance(value, float):
        raise UnitError("not an integer")
    return parse_int(value)


def parse_device_count(value: Scalar) -> int:
    """`count` of a device request: an integer, or `all`, which is -1."""
    if isinstance(value, str):
        return -1 if value.lower() == "all" else cast_int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnitError("not an integer or all")
    return parse_int(value)


def parse_pull_policy(text: str) -> str:
    """The policy under its current name: `if_not_present` is `missing`."""
    if not _PULL_POLICY.fullmatch(text):
        raise UnitError("not a pull policy")
    return "missing" if text == "if_not_present" else text


def normalize_project_name(text: str) -> str:
    """Lower-case, with letters, digits, `_` and `-` alone, and no `_` or `-` in front; "" when nothing is left."""
    return _PROJECT_NAME.sub("", text.lower()).lstrip("_-")


def parse_project_name(text: str) -> str:
    """The normalised name of a project."""
    name = normalize_project_name(text)
    if not name:
        raise UnitError("no letter or digit is left of the project name")
    return name


def _truncate(value: float) -> int:
    if math.isnan(value) or math.isinf(value) or not INT64_MIN <= value < 2.0**63:
        raise UnitError("not in the range of 64 bits")
    return int(value)


def _to_int64(value: float) -> int:
    """Go's conversion, which gives the smallest integer for every float out of range (amd64)."""
    if math.isnan(value) or not INT64_MIN <= value < 2.0**63:
        return INT64_MIN
    return int(value)


__all__ = [
    "Ulimit",
    "UnitError",
    "cast_bool",
    "cast_float",
    "cast_int",
    "cast_umask",
    "format_duration",
    "format_mode",
    "normalize_project_name",
    "parse_bytes",
    "parse_count",
    "parse_cpus",
    "parse_device_count",
    "parse_duration",
    "parse_int",
    "parse_mode",
    "parse_project_name",
    "parse_pull_policy",
    "parse_tmpfs_mode",
    "parse_ulimit",
    "parse_umask",
]
