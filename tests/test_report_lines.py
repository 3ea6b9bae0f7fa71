"""GitHub's line hashes. The expected values come from a stream model of the upload action, run outside the project."""

from __future__ import annotations

import pytest
from tests.report_samples import make_file

from composeguard.report.lines import line_hashes

_EMPTY = "c129715d7a2bc9a3:1"
"""The hash of an empty last line, in every file."""


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        pytest.param("", [_EMPTY], id="empty"),
        pytest.param(
            "services:\n  web:\n    privileged: true\n",
            ["459e92fbe63fafc0:1", "e24f7a8cc1362264:1", "b7f3e93dae7346de:1", _EMPTY],
            id="lf",
        ),
        pytest.param(
            "services:\r\n web:\r\n\t  privileged:true\r\n",
            ["459e92fbe63fafc0:1", "e24f7a8cc1362264:1", "b7f3e93dae7346de:1", _EMPTY],
            id="crlf, other blanks",
        ),
        pytest.param(
            'services:\r\n  "名🐳":\r\n    privileged: true\r\n',
            ["571dc44c0b4f3343:1", "2d925ec8972fc98f:1", "b7f3e93dae7346de:1", _EMPTY],
            id="utf-16 units",
        ),
    ],
)
def test_hash_of_every_line(text: str, hashes: list[str]) -> None:
    found = line_hashes(make_file(text), range(1, len(hashes) + 1))
    assert [found[line] for line in range(1, len(hashes) + 1)] == hashes


def test_equal_hashes_are_counted_although_only_one_is_asked_for() -> None:
    line = "a line that is as long as it takes to have a few of them in a block\n"
    file = make_file(line * 10)
    every = line_hashes(file, range(1, 11))
    assert every[1].endswith(":1")
    assert every[3] == every[1].replace(":1", ":3")
    assert line_hashes(file, [3]) == {3: every[3]}


def test_two_texts_with_one_hash_are_counted_together() -> None:
    # In base 37, "bA" and "af" weigh the same.
    block = "x" * 120 + "\n"
    found = line_hashes(make_file(f"bA{block}af{block}"), [1, 2])
    assert found[2] == found[1].replace(":1", ":2")


def test_a_byte_order_mark_counts_for_the_first_line_only() -> None:
    text = "a: 1\n" + "b: 2\n" * 3
    plain, marked = (line_hashes(make_file(text, bom=bom), [1, 2]) for bom in (False, True))
    assert plain[1] != marked[1]
    assert plain[2] == marked[2]


def test_no_hash_is_better_than_a_wrong_one() -> None:
    assert line_hashes(make_file("a: 1\n", encoding="utf-16-le"), [1]) == {}
