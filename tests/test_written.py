"""What a file says of a value with variables: with each of them unknown, and with its default."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composeguard.compose.interpolate import InterpolationError, Unset, interpolate_any
from composeguard.compose.unresolved import MARK, Text, Unresolved, shape
from composeguard.model.written import Readings, written_text

_PIECES = (
    "a",
    "$",
    "$$",
    "${",
    "}",
    "X",
    "${X}",
    ":-",
    "-",
    "?",
    ":+",
    "\n",
    "${X:-b}",
    "$Y",
    "${Y:?b}",
    "${Y-}",
    MARK,
)


class _Every(dict[str, Text]):
    """Sets each variable to what is not known."""

    def get(self, name: str, default: object = None) -> Text:
        return Unresolved(MARK, (f"${name}",))


def _as_compose_reads(text: str) -> Readings:
    lookups: tuple[Mapping[str, Text], ...] = (_Every(), {})
    try:
        literal, default = (shape(interpolate_any(text, each, unset=Unset.UNRESOLVED).value) for each in lookups)
    except InterpolationError:
        return ()
    return ((literal, False),) if literal == default else ((literal, False), (default, True))


@given(st.lists(st.sampled_from(_PIECES), max_size=8).map("".join))
def test_the_usual_text_is_read_as_any_other(text: str) -> None:
    assert written_text(text) == _as_compose_reads(text)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("a", (("a", False),)),
        ("$A", ((MARK, False),)),
        ("a${A}b${B:?c}", ((f"a{MARK}b{MARK}", False),)),
        ("a${A:-b}$C", ((f"a{MARK}{MARK}", False), (f"ab{MARK}", True))),
        ("${A:-}", ((MARK, False), ("", True))),
        ("${A:-${B:-c}}$$", ((f"{MARK}$", False), ("c$", True))),
        ("${A:+b}${B+c}", ((f"{MARK}c", False), ("", True))),
        ("${A", ()),
        ("$A" * 40_000, ()),
    ],
)
def test_readings(text: str, readings: Readings) -> None:
    assert written_text(text) == readings
