"""Interpolation with unknown variables, its limits, and text with unknown parts."""

from __future__ import annotations

import contextlib
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composeguard.compose import interpolate as module
from composeguard.compose.interpolate import (
    InterpolationError,
    InterpolationLimit,
    InvalidInterpolation,
    RequiredVariable,
    Unset,
    Use,
    interpolate,
    interpolate_any,
)
from composeguard.compose.unresolved import MARK, Text, Unresolved, join, piece, shape, split

ENV: dict[str, Text] = {
    "SET": "s",
    "EMPTY": "",
    "HALF": Unresolved(f"a{MARK}", ("${X}",)),
    "DARK": Unresolved(MARK, ("${X}",)),
}

TOKENS = ("$", "{", "}", "$$", ":", "-", "?", "+", "SET", "NO", "EMPTY", "HALF", "\n", "é", MARK, "${")
WORDS = st.lists(st.sampled_from(TOKENS), max_size=20).map("".join)


@pytest.mark.parametrize(
    ("text", "known", "variables"),
    [
        ("${NO}", MARK, ("${NO}",)),
        ("$NO:80", f"{MARK}:80", ("$NO",)),
        ("${NO:-d}", "d", ()),
        ("${NO-d}", "d", ()),
        ("${NO:-}", "", ()),
        ("${NO:+x}", "", ()),
        ("${NO+x}", "", ()),
        ("${SET:+x}", "x", ()),
        ("${SET:+$NO}", MARK, ("$NO",)),
        ("${NO:?why}", MARK, ("${NO:?why}",)),
        ("${NO?}", MARK, ("${NO?}",)),
        ("${NO:-${TOO}}/${SET}", f"{MARK}/s", ("${TOO}",)),
        ("${A}:${B}/$$", f"{MARK}:{MARK}/$", ("${A}", "${B}")),
        ("${HALF}b", f"a{MARK}b", ("${X}",)),
        ("${HALF:-d}", f"a{MARK}", ("${X}",)),
        ("${DARK:-d}", MARK, ("${DARK:-d}",)),
        ("${DARK-d}", MARK, ("${X}",)),
        ("${DARK:+d}", MARK, ("${DARK:+d}",)),
        ("${DARK:?d}", MARK, ("${DARK:?d}",)),
        (f"{MARK}$$", f"{MARK}$", ()),
        (f"{MARK}$NO", MARK * 2, (MARK, "$NO")),
    ],
)
def test_unresolved(text: str, known: str, variables: tuple[str, ...]) -> None:
    value = interpolate(text, ENV, unset=Unset.UNRESOLVED).value
    assert value == (Unresolved(known, variables) if variables else known)


def test_names_and_source() -> None:
    value = interpolate(f"{MARK}${{A:-}}${{B}}x$C${{B:?no}}", {}, unset=Unset.UNRESOLVED).value
    assert isinstance(value, Unresolved)
    assert str(value) == f"{MARK}${{B}}x$C${{B:?no}}"
    assert value.names == ("B", "C")


@pytest.mark.parametrize(
    ("text", "error", "offset"),
    [
        ("ab${", InvalidInterpolation, 2),
        ("$A${A.B}", InvalidInterpolation, 2),
        ("${NO:-x${1}}", InvalidInterpolation, 7),
        ("${NO:-a\n}", InvalidInterpolation, 0),
        ("-${EMPTY:?why}", RequiredVariable, 1),
    ],
)
@pytest.mark.parametrize("unset", Unset)
def test_errors_tell_where(text: str, error: type[InterpolationError], offset: int, unset: Unset) -> None:
    with pytest.raises(error) as caught:
        interpolate(text, ENV, unset=unset)
    assert caught.value.offset == offset


def test_required_message_is_interpolated() -> None:
    with pytest.raises(RequiredVariable) as caught:
        interpolate("${NO?need $SET}", ENV, unset=Unset.EMPTY)
    assert (caught.value.name, caught.value.reason) == ("NO", "need s")


def test_variables() -> None:
    text = "$SET ${NO:-${EMPTY}} ${NO} ${NO:+$SKIPPED} ${SET:?why}"
    uses = interpolate(text, ENV, unset=Unset.EMPTY).variables
    assert uses == (
        Use("SET", True, False, None, "", 0, 4),
        Use("NO", False, True, None, ":-", 5, 20),
        Use("EMPTY", True, False, None, "", 11, 19),
        Use("NO", False, False, None, "", 21, 26),
        Use("NO", False, False, None, ":+", 27, 42),
        Use("SET", True, False, "why", ":?", 43, 54),
    )
    assert [use.warned for use in uses] == [False, False, False, True, False, False]


def test_values_are_literal() -> None:
    assert interpolate("$A", {"A": "${B}$$"}, unset=Unset.EMPTY).value == "${B}$$"


@pytest.mark.parametrize("unset", Unset)
def test_nesting_has_a_limit(unset: Unset) -> None:
    def nested(depth: int) -> str:
        return "${A:-" * depth + "x" + "}" * depth

    assert interpolate(nested(module.MAX_DEPTH), {}, unset=unset).value == "x"
    with pytest.raises(InterpolationLimit):
        interpolate(nested(module.MAX_DEPTH + 1), {}, unset=unset)


def test_output_has_a_limit() -> None:
    with pytest.raises(InterpolationLimit):
        interpolate("$A" * 1100, {"A": "x" * 1000}, unset=Unset.EMPTY)


@pytest.mark.parametrize(
    "text",
    [
        "${A:-}" * 50_000,
        "${A:-" + "{}" * 200_000 + "}",
        "${A:-" * 150 + "{a}" * 20_000 + "}" * 150,
        "${A:-" * 60_000,
        "$" * 300_000,
        "${" + "A" * 300_000,
        "${A:-\n}" * 40_000,
    ],
    ids=["row", "braces", "deep and wide", "open", "dollars", "name", "lines"],
)
def test_hostile_text_takes_no_long_time(text: str) -> None:
    start = time.process_time()
    for unset in Unset:
        with contextlib.suppress(InterpolationError):
            interpolate(text, {}, unset=unset)
    assert time.process_time() - start < 10


@given(st.text())
def test_text_without_a_dollar_sign_is_unchanged(text: str) -> None:
    text = text.replace("$", "")
    for unset in Unset:
        assert interpolate(text, ENV, unset=unset).value == text


@given(st.text())
def test_escaped_text_is_given_back(text: str) -> None:
    assert interpolate(text.replace("$", "$$"), ENV, unset=Unset.UNRESOLVED).value == text


@given(WORDS, st.sampled_from(Unset))
def test_only_its_own_errors(text: str, unset: Unset) -> None:
    try:
        value = interpolate(text, ENV, unset=unset).value
    except InterpolationError as error:
        offset = error.offset
    else:
        assert isinstance(value, str | Unresolved)
        return
    assert text[offset] == "$"


@given(WORDS)
def test_unresolved_and_empty_agree_on_what_is_known(text: str) -> None:
    known = {name: value for name, value in ENV.items() if isinstance(value, str)}
    try:
        unresolved = interpolate(text, known, unset=Unset.UNRESOLVED).value
    except InterpolationError:
        return
    if isinstance(unresolved, str):
        assert interpolate(text, known, unset=Unset.EMPTY).value == unresolved


@given(WORDS, st.lists(st.integers(0, 40), max_size=4))
def test_pieces_join_to_the_whole(text: str, cuts: list[int]) -> None:
    try:
        value = interpolate(text, ENV, unset=Unset.UNRESOLVED).value
    except InterpolationError:
        return
    bounds = [0, *sorted(min(cut, len(shape(value))) for cut in cuts), len(shape(value))]
    pieces = [piece(value, start, end) for start, end in pairwise(bounds)]
    assert join(pieces) == value
    assert "".join(map(str, pieces)) == str(value)
    assert join([part for item in split(value, ":") for part in (":", item)][1:]) == value


def test_marks_and_variables_must_agree() -> None:
    with pytest.raises(ValueError, match="one variable"):
        Unresolved("a", ("$A",))


def test_a_known_mark_is_known_text() -> None:
    value = Unresolved(f"{MARK}:{MARK}", (MARK, "$A"))
    assert value.piece(0, 2) == f"{MARK}:"
    assert value.piece(1) == Unresolved(f":{MARK}", ("$A",))
    assert hash(value) == hash(Unresolved(value.text, value.variables))


PIECES = st.lists(st.sampled_from(("", "a", "}", "{", ":", "-", "\n", "é", MARK, "$")), max_size=4).map("".join)


@given(
    before=PIECES,
    name=st.sampled_from((*ENV, "NO", "1")),
    operator=st.sampled_from((":-", "-", ":+", ":", "")),
    word=PIECES,
    after=PIECES,
    unset=st.sampled_from(Unset),
)
def test_the_usual_text_is_read_as_any_other(
    before: str, name: str, operator: str, word: str, after: str, unset: Unset
) -> None:
    text = f"{before}${{{name}{operator}{word}}}{after}"
    answers: list[object] = []
    for read in (interpolate, interpolate_any):
        try:
            answers.append(read(text, ENV, unset=unset))
        except InterpolationError as error:
            answers.append((str(error), error.offset))
    assert answers[0] == answers[1]


def test_the_usual_text_has_the_same_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_OUTPUT", 20)
    assert interpolate("a${NO:-b}", {}, unset=Unset.EMPTY).value == "ab"
    with pytest.raises(InterpolationLimit):
        interpolate("a${SET:-b}", {"SET": "s" * 20}, unset=Unset.EMPTY)
