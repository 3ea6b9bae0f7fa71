"""What is large in one way takes calls in proportion: `benchmarks/growth.py` takes the time of larger ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.growing import COSTLY, GROWING, calls

FIXED = (
    "services in block style",
    "services with one capability",
    "services with a port twice",
    "services that share a volume",
    "merge keys",
    "ports",
    "comments",
)
"""What is large in different ways to plan, to try, to refuse and to prove."""
BOUNDED = frozenset(("documents with services",))
"""Each document is merged into all before it, as the reference does; the loader bounds the work of that."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", FIXED)
def test_fixing_grows_with_the_file_and_not_with_its_square(kind: str, tmp_path: Path) -> None:
    first = 8 if kind in COSTLY else 50
    calls(GROWING[kind](first), "fix", tmp_path)
    one, four, sixteen = (calls(GROWING[kind](times * first), "fix", tmp_path) for times in (1, 4, 16))
    earlier, later = four - one, sixteen - four
    assert later < 6 * earlier or later < 20_000, f"{one:,}, {four:,} and {sixteen:,} calls for 1, 4 and 16 x {first}"


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in GROWING if kind not in BOUNDED])
def test_calls_grow_with_the_file_and_not_with_its_square(kind: str, tmp_path: Path) -> None:
    first = 12 if kind in COSTLY else 50
    calls(GROWING[kind](first), "check", tmp_path)  # what is built on first use
    one, four, sixteen = (calls(GROWING[kind](times * first), "check", tmp_path) for times in (1, 4, 16))
    # What four times as much adds, each time: four times as much in proportion, sixteen times with the square.
    earlier, later = four - one, sixteen - four
    assert later < 6 * earlier or later < 20_000, f"{one:,}, {four:,} and {sixteen:,} calls for 1, 4 and 16 x {first}"
