"""Plain and tagged scalars, beyond the reference's vectors."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composeguard.source.numbers import format_float, parse_based_int, parse_float, round_to_float32
from composeguard.source.scalars import Scalar, ScalarError, Timestamp, go_text, resolve_plain, resolve_tagged

DAY = Timestamp(2020, 1, 2)
MOMENT = Timestamp(2020, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("off", "off"),
        ("0755", 493),
        ("08", 8.0),
        ("-0_0", 0),
        ("+9223372036854775808", 9.223372036854775808e18),
        ("0x1p4", "0x1p4"),
        ("1e400", "1e400"),
        ("._5", "._5"),
        (".5_0", 0.5),
        ("2020-02-30", "2020-02-30"),
        ("2000-02-29", Timestamp(2000, 2, 29)),
        ("1900-02-29", "1900-02-29"),
        ("0000-02-29", Timestamp(0, 2, 29)),
        ("2020-1-2   3:4:5", MOMENT),
        ("2020-1-2 3:4:5Z", "2020-1-2 3:4:5Z"),
        ("2020-1-2T3:4:5", "2020-1-2T3:4:5"),
        ("2020-1-2T3:4:5,25Z", Timestamp(2020, 1, 2, 3, 4, 5, 250_000_000)),
        ("2020-1-2T24:00:00Z", "2020-1-2T24:00:00Z"),
        ("2020-1-2T3:4:5+25:00", "2020-1-2T3:4:5+25:00"),
        ("<<", None),
        ("٣", "٣"),
        ("1٣", "1٣"),
        ("9" * 5000, "9" * 5000),
        ("0" * 5000 + "7", 7),
    ],
)
def test_plain(text: str, value: Scalar) -> None:
    got = resolve_plain(text)
    assert (type(got), got) == (type(value), value)


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [
        ("!!str", "0755", "0755"),
        ("tag:yaml.org,2002:str", "~", "~"),
        ("!!int", "0755", 493),
        ("tag:yaml.org,2002:int", "12", 12),
        ("!!float", "9223372036854775807", 9223372036854775807.0),
        ("!!float", ".5", 0.5),
        ("!!bool", "TRUE", True),
        ("!!null", "", None),
        ("!!timestamp", "2020-01-02", DAY),
        ("!!binary", "aGVs\nbG8=", "hello"),
        ("!!binary", "/w==", "\ufffd"),
        ("!mine", "12", "12"),
        ("!", "", ""),
    ],
)
def test_tagged(tag: str, text: str, value: Scalar) -> None:
    got = resolve_tagged(tag, text)
    assert (type(got), got) == (type(value), value)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("!!bool", "yes"),
        ("!!bool", "1"),
        ("!!int", "true"),
        ("!!int", "-0"),
        ("!!int", ""),
        ("!!float", "9223372036854775808"),
        ("!!null", "<<"),
        ("!!timestamp", "2020"),
        ("!!binary", "aGVsbG8"),
        ("!!binary", "a b="),
    ],
)
def test_tag_that_does_not_fit(tag: str, text: str) -> None:
    with pytest.raises(ScalarError):
        resolve_tagged(tag, text)


@pytest.mark.parametrize(
    ("value", "text", "json"),
    [
        (DAY, "2020-01-02 00:00:00 +0000 UTC", "2020-01-02T00:00:00Z"),
        (
            Timestamp(2020, 1, 2, 3, 4, 5, 120, -330),
            "2020-01-02 03:04:05.00000012 -0530 -0530",
            "2020-01-02T03:04:05.00000012-05:30",
        ),
    ],
)
def test_timestamp(value: Timestamp, text: str, json: str) -> None:
    assert (go_text(value), value.as_json()) == (text, json)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (10**18, str(10**18)), (999999.5, "999999.5"), (1e6, "1e+06"), (1e-4, "0.0001"),
     (1e-5, "1e-05"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (-12.5, "-12.5"),
     (math.nan, "NaN"), (-math.inf, "-Inf")],
)  # fmt: skip
def test_go_text(value: Scalar, text: str) -> None:
    assert go_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_float_reads_back(value: float) -> None:
    assert float(format_float(value)) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_single_precision_is_kept(value: float) -> None:
    short = round_to_float32(value)
    assert short is not None
    assert round_to_float32(short) == short
    assert len(repr(short)) <= len(repr(value))


@given(st.integers(-(2**63), 2**64 - 1), st.sampled_from(["d", "o", "x", "b"]))
def test_integers_in_every_base(value: int, base: str) -> None:
    prefix = {"d": "", "o": "0", "x": "0X", "b": "0b"}[base]
    assert parse_based_int(("-" if value < 0 else "") + prefix + format(abs(value), base)) == value


@given(st.text())
def test_any_text_resolves(text: str) -> None:
    value = resolve_plain(text)
    assert isinstance(go_text(value), str)
    assert not isinstance(value, str) or value == text


@given(st.text(alphabet="0123456789._eExXpP+-infa", max_size=12))
def test_a_float_is_never_an_overflow(text: str) -> None:
    value = parse_float(text)
    assert value is None or not math.isinf(value) or "inf" in text
