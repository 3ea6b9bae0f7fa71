"""Casts, units and command strings, beyond the reference's vectors."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composeguard.compose import units
from composeguard.compose.shellwords import ShellwordsError, Words, split
from composeguard.compose.units import Ulimit, UnitError
from composeguard.compose.unresolved import MARK, Text, Unresolved
from composeguard.model.whole_number import BEYOND, whole_number
from composeguard.source.scalars import Scalar, Timestamp

HOUR = 3600 * 10**9


@pytest.mark.parametrize(
    ("convert", "value", "expected"),
    [
        (units.parse_bytes, "+5", 5),
        (units.parse_bytes, "1_000.5kb", 1024512),
        (units.parse_bytes, "1e30", -(2**63)),
        (units.parse_bytes, 1.5, None),
        (units.parse_bytes, 2**63, None),
        (units.parse_int, 1.9, 1),
        (units.parse_int, -1.9, -1),
        (units.parse_int, "+7", 7),
        (units.parse_cpus, 3.4e38, 3.4e38),
        (units.parse_cpus, "1_0.5", 10.5),
        (units.parse_umask, "0_22", 18),
        (units.parse_umask, "0b11", 3),
        (units.parse_mode, "+0440", 0o440),
        (units.parse_device_count, "ALL", -1),
        (units.parse_device_count, "2", 2),
        (units.parse_duration, "1.0000000000000000000000001h", HOUR),
        (units.parse_duration, "1w1d", 8 * 24 * HOUR),
        (units.parse_duration, "-1.5h", -HOUR * 3 // 2),
        (units.parse_duration, "." + "0" * 500 + "1s", 0),
        (units.parse_pull_policy, "every_1d12h", "every_1d12h"),
        (units.cast_float, "0x1p-2", 0.25),
    ],
)
def test_accepted(convert: Callable[[Scalar], object], value: Scalar, expected: object) -> None:
    assert convert(value) == expected


@pytest.mark.parametrize(
    ("convert", "value"),
    [
        (units.cast_bool, "1"),
        (units.cast_int, "1_0"),
        (units.cast_int, "9223372036854775808"),
        (units.cast_int, "\u0663"),
        (units.cast_float, "inf"),
        (units.cast_float, "1__0"),
        (units.parse_int, True),
        (units.parse_int, None),
        (units.parse_int, 1e30),
        (units.parse_int, Timestamp(2020, 1, 1)),
        (units.parse_count, "-1"),
        (units.parse_cpus, "1e39"),
        (units.parse_cpus, True),
        (units.parse_bytes, "1__0k"),
        (units.parse_bytes, False),
        (units.parse_bytes, "-0.5"),
        (units.parse_umask, "-1"),
        (units.parse_umask, "0o40000000000"),
        (units.parse_umask, "_1"),
        (units.parse_mode, 1.0),
        (units.parse_mode, "8"),
        (units.parse_mode, "7" * 100),
        (units.parse_tmpfs_mode, "0777"),
        (units.parse_duration, "."),
        (units.parse_duration, "+"),
        (units.parse_duration, "9" * 5000 + "s"),
        (units.parse_duration, "106751d23h47m17s"),
        (units.parse_pull_policy, "always\n"),
        (units.parse_project_name, "--__"),
        (units.parse_device_count, 1.0),
        (units.parse_ulimit, 1.0),
    ],
)
def test_refused(convert: Callable[[Scalar], object], value: Scalar) -> None:
    with pytest.raises(UnitError) as caught:
        convert(value)
    assert not isinstance(value, str) or len(value) < 3 or value not in str(caught.value)


def test_ulimit() -> None:
    assert units.parse_ulimit("5") == Ulimit(single=5)
    assert units.parse_ulimit({"soft": 1, "hard": "2"}) == Ulimit(soft=1, hard=2)
    with pytest.raises(UnitError):
        units.parse_ulimit({"soft": 1})


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1500, "1.5µs"),
        (-1_000_001, "-1.000001ms"),
        (60 * 10**9, "1m0s"),
        (HOUR + 1, "1h0m0.000000001s"),
    ],
)
def test_printed_durations(nanoseconds: int, text: str) -> None:
    assert units.format_duration(nanoseconds) == text


@given(st.integers(-(2**62), 2**62))
def test_a_printed_duration_reads_back(nanoseconds: int) -> None:
    assert units.parse_duration(units.format_duration(nanoseconds)) == nanoseconds


@given(st.text(alphabet="0123456789._-+ekmgtpbiBx hdswnuµ", max_size=30) | st.text())
def test_only_unit_errors(text: str) -> None:
    for convert in (
        units.cast_bool,
        units.cast_int,
        units.cast_float,
        units.cast_umask,
        units.parse_bytes,
        units.parse_duration,
        units.parse_mode,
        units.parse_pull_policy,
        units.parse_project_name,
        units.parse_device_count,
    ):
        with contextlib.suppress(UnitError):
            convert(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("run | tee x", Words(("run",), 4)),
        ("run 2>&1", Words(("run",), 4)),
        ("run '2'>&1", Words(("run", "2"), 7)),
        ("run x2>f", Words(("run", "x2"), 6)),
        ("run $(a;b) `c|d`", Words(("run", "$(a;b)", "`c|d`"))),
        ("a\\;b", Words(("a;b",))),
    ],
)
def test_command_strings(text: str, words: Words) -> None:
    assert split(text) == words


def test_unknown_parts_of_a_command() -> None:
    text = Unresolved(f"run --a={MARK} {MARK} '{MARK}' | {MARK}", ("$A", MARK, "$C", "$D"))
    assert split(text) == Words(("run", Unresolved(f"--a={MARK}", ("$A",)), MARK, Unresolved(MARK, ("$C",))), 16)


@pytest.mark.parametrize("text", ["$(a", "`a", "$((a))", "$(a(b))", "a\\", "x '"])
def test_command_strings_that_are_refused(text: str) -> None:
    with pytest.raises(ShellwordsError):
        split(text)


@given(st.text(alphabet="ab $()`'\"\\|;<>12\n" + MARK, max_size=25))
def test_words_hold_nothing_that_the_text_does_not(text: str) -> None:
    unknown: Text = Unresolved(text, tuple(f"${index}" for index in range(text.count(MARK)))) if MARK in text else text
    try:
        words = split(unknown)
    except ShellwordsError:
        return
    kept = text if words.cut_at is None else text[: words.cut_at]
    assert sum(str(word).count("$") for word in words.words) == kept.count("$") + kept.count(MARK)


@given(st.integers(0, 10**30), st.integers(0, 6000))
def test_whole_numbers(number: int, zeros: int) -> None:
    assert whole_number("0" * zeros + str(number)) == min(number, BEYOND)


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", " 1", "1_0", "٣", "²", "1e3"])
def test_texts_that_are_no_whole_number(text: str) -> None:
    assert whole_number(text) is None
