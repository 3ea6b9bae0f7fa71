"""The independent reader of comments."""

from __future__ import annotations

import time

import pytest

from composeguard.fix.witness import WitnessError, comments_by_ruamel

CASES = {
    "none": ("a: b\n", []),
    "behind a value": ("a: b # c\n", ["# c"]),
    "lines of their own": ("# a\n\n  # b\na: b\n# c\n", ["# a", "# b", "# c"]),
    "no comment": ("a: 'b # c'\nd: |\n  # e\n", []),
    "a tab before it": ("a: b\t# c\n", ["# c"]),
    "many in a row": ("a: b\n" + "# c\n" * 2000, ["# c"] * 2000),
}


@pytest.mark.parametrize("name", CASES)
def test_comments(name: str) -> None:
    text, comments = CASES[name]
    assert comments_by_ruamel(text) == comments


def test_a_comment_without_end_is_refused_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(WitnessError):
        comments_by_ruamel("a: b\n" + "# c\n\n" * 200_000)
    assert time.perf_counter() - started < 5  # read to its end, it takes minutes
