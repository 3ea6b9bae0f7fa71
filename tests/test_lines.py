"""Lines of a file are those of its three newlines, in whatever order and however far somebody asks for them."""

from __future__ import annotations

import re
from random import Random
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from composeguard.source import file as source
from composeguard.source.file import SourceFile

_TEXTS = st.lists(st.sampled_from(("a", "b: é", "\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\x1c"))).map(
    "".join
)


@given(_TEXTS, st.integers(1, 8), st.randoms(use_true_random=False), st.booleans())
def test_lines_are_told_as_of_the_whole_text(text: str, ahead: int, random: Random, settled: bool) -> None:
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
    ends = [match.start() for match in re.finditer(r"\r\n|\n|\r", text)] + [len(text)]
    asked = [("of", offset) for offset in range(len(text) + 2)]
    asked += [(word, line) for word in ("start", "end", "next") for line in range(1, len(starts) + 1)]
    random.shuffle(asked)
    with patch.object(source, "_AHEAD", ahead):
        file = SourceFile("compose.yaml", text)
        for number, (word, value) in enumerate(asked):
            if settled and number == len(asked) // 2:
                file.settle([], is_parsed=False)
            if word == "of":
                assert file.line_of(value) == sum(start <= value for start in starts)
            elif word == "start":
                assert file.line_start(value) == starts[value - 1]
            elif word == "end":
                assert file.line_end(value) == ends[value - 1]
                assert file.line_text(value) == text[starts[value - 1] : ends[value - 1]]
            else:
                assert file.next_line(value) == [*starts, len(text)][value]


def test_what_stands_early_asks_for_nothing_late() -> None:
    file = SourceFile("compose.yaml", "\n" * 2_000_000)
    assert (file.line_of(3), file.line_start(4), file.next_line(4)) == (4, 3, 4)
    assert len(file._line_starts) < 100_000
    assert file.line_of(len(file.text)) == 2_000_001
