"""What is large in one way takes time in proportion, and a bomb none: `benchmarks/growth.py` measures larger ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.growing import COSTLY, GROWING, growth


@pytest.mark.slow
@pytest.mark.parametrize("kind", GROWING)
def test_time_grows_with_the_file_and_not_with_its_square(kind: str, tmp_path: Path) -> None:
    small, large = (100, 800) if kind in COSTLY else (1000, 8000)
    few, many, grown = growth(kind, "check", tmp_path, small, large)
    # In proportion it is 1, with the square 8; under a second a busy machine says nothing.
    assert grown < 4 or many < 1, f"{few:.2f} s for {small}, {many:.2f} s for {large}"
