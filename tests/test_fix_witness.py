"""The independent readers of comments: one of lines, and ruamel.yaml where lines do not tell."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.test_fix_property import Writer, project

from composeguard.fix.line_witness import comments_by_lines
from composeguard.fix.witness import Witness, WitnessError, comments_by_ruamel
from composeguard.source.file import SourceError
from composeguard.source.read import read_source

CASES = {
    "none": ("a: b\n", []),
    "behind a value": ("a: b # c\n", ["# c"]),
    "lines of their own": ("# a\n\n  # b\na: b\n# c\n", ["# a", "# b", "# c"]),
    "no comment": ("a: 'b # c'\nd: |\n  # e\n", []),
    "many in a row": ("a: b\n" + "# c\n" * 2000, ["# c"] * 2000),
    "behind a key": ("a: # b\n  c: d\n", ["# b"]),
    "behind a dash": ("- # b\n  c\n- - # d\n", ["# b", "# d"]),
    "behind a quoted value": ("a: 'it''s # b' # c\nd: \"\\\" # e\"\n", ["# c"]),
    "behind a quoted key": ("'a # b': c # d\n", ["# d"]),
    "a quote inside a word": ("a: b'c # d' e\nf: g\n", ["# d' e"]),
    "no white space before it": ("a: b#c\n", []),
    "a block scalar that ends": ("a: |\n  # b\n\n   # c\n # d\ne: f # g\n", ["# d", "# g"]),
    "a block scalar of an item": ("- |-\n  # b\n- a: >\n   # c\n  d: e # f\n", ["# f"]),
    "an empty block scalar": ("a: |\n# b\nc: d\n", ["# b"]),
    "a flow collection": ("a: [b, 'c # d', e#f] # g\n", ["# g"]),
    "a flow collection on several lines": (
        "a: [ # b\n  'c # d', # e\n  {f: g} # h\n]\n# i\n",
        ["# b", "# e", "# h", "# i"],
    ),
    "documents": ("--- # a\nb: c\n... # d\n---\n# e\n", ["# a", "# d", "# e"]),
    "properties and aliases": ("a: &b # c\n  d: !e f # g\nh: *b # i\n", ["# c", "# g", "# i"]),
    "a quoted scalar on several lines": (
        "a: 'b\n  # c''\n\n  # d' # e\nf: \"g\\\n # h \\\"\n  # i\" # j\nk: l # m\n",
        ["# e", "# j", "# m"],
    ),
    "a plain scalar on several lines": (
        "a: b\n  'c\n\n  - d # e' # f\ng:\n  h\n  \"i\nj: k # l\n",
        ["# e' # f", "# l"],
    ),
    "a comment ends a plain scalar": ("a: b # c\n  # d\ne: f\n", ["# c", "# d"]),
    "a quoted scalar below its key": ("a:\n  'b # c'\n  # d\ne: f\n", ["# d"]),
    "carriage returns": ("a: b # c\r\n# d\r\n", ["# c", "# d"]),
}
UNTOLD = {
    "a tab before it": ("a: b\t# c\n", ["# c"]),
    "a plain scalar on two lines, in a flow collection": ("a: [b\n  'c # d\n  ]\n", ["# d"]),
    "a complex key": ("? a # b\n: c # d\n", ["# b", "# d"]),
    "an indentation that is said": ("a: |1\n  # b\n", []),
    "a blank line deeper than a block scalar": ("- a: |\n     \n   # b\n", ["# b"]),
    "an old way to end a line": ("a: b # c\rd: e # f\n", ["# c", "# f"]),
}


@pytest.mark.parametrize("name", [*CASES, *UNTOLD])
def test_comments(name: str) -> None:
    text, comments = (CASES | UNTOLD)[name]
    assert comments_by_ruamel(text) == comments
    assert comments_by_lines(text) == (comments if name in CASES else None)
    assert Witness().comments(text) == comments


def test_a_comment_at_the_head_of_a_block_scalar_is_seen_by_lines() -> None:
    text = "a: | # b\n  # c\nd: >- # e\n"
    assert comments_by_lines(text) == ["# b", "# e"]
    assert comments_by_ruamel(text) != ["# b", "# e"]  # it keeps such comments elsewhere


def test_a_comment_without_end_is_refused_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(WitnessError):
        comments_by_ruamel("a: b\n" + "# c\n\n" * 200_000)
    assert time.perf_counter() - started < 5  # read to its end, it takes minutes


@pytest.mark.parametrize(
    "part", ["a: ", " ", "'", '"', "\\", ":", "a:", " a", ", ", "[", "- ", "&a ", "''", "#", "{a: b, "]
)
def test_the_time_of_lines_is_in_proportion(part: str) -> None:
    started = time.process_time()
    for text in (part * 50_000, "a: " + part * 50_000, "a: [" + part * 50_000, "a: 'b' " + part * 50_000):
        comments_by_lines(text + " # c\n")
    assert time.process_time() - started < 2


_DAMAGE = (
    *" #'\"|>[]{}:-\n,&*?!\t",
    " # x",
    "- ",
    ": ",
    "\n  ",
    " |\n",
    " 'x # y'",
    '"a # b"',
    "\n    - x # c",
    "[a, # e\n",
)


def _damaged(text: str, source: random.Random) -> Iterator[str]:
    for _ in range(6):
        at = source.randint(0, len(text))
        text = text[:at] + source.choice(_DAMAGE) + text[at + source.choice((0, 0, 1, 3)) :]
        yield text


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_witnesses_agree(seed: int) -> None:
    """On what we write at random, and on what is left of it when characters come and go, as long as it is YAML."""
    source = random.Random(seed)
    text = Writer(source).file([project(source), *([project(source)] * source.randrange(2))]).removeprefix("\ufeff")
    for each in (text, *_damaged(text, source)):
        try:
            file = read_source("compose.yaml", each.encode())
        except SourceError:
            continue
        told = comments_by_lines(each)
        if told is None or file.problems:
            continue
        try:
            assert told == comments_by_ruamel(each) or _at_a_head(each), each
        except WitnessError:
            continue


def _at_a_head(text: str) -> bool:
    """Whether a comment may stand where ruamel.yaml's scanner does not see it."""
    return any(
        line.partition("#")[0].rstrip().endswith(("|", ">", "-", "+")) for line in text.splitlines() if "#" in line
    )
