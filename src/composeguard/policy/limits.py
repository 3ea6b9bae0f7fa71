"""What policies may cost: they are input, and a limit is an error with a place rather than a hang."""

from __future__ import annotations

from composeguard.source.limits import Limits

SOURCE = Limits(bytes=1024 * 1024, depth=30, nodes=100_000, expanded=10_000)
"""One file of policies. Two hundred policies with examples are about 3,000 values."""
FILES = 200
"""Files of one folder."""
POLICIES = 2_000
"""Policies of one run."""
EXPRESSION = 4_000
"""Characters of one expression or message."""
PATTERN = 1_000
"""Characters of a regular expression."""
PATTERN_COST = 3_000
"""Steps of its program, roughly: less than 20 ms to compile."""
NODES = 1_000
"""Parts of an expression, after its macros are expanded."""
LOOPS = 3
"""Macros (`all`, `exists`, `map`, …) in macros."""
STEPS = 50_000
"""Units of work of one evaluation: a turn of a macro, a comparison of an item, a kilobyte of text."""
ITEMS = 100_000
"""Items of a list that an expression makes, and comparisons that one `==` or `in` comes to."""
TEXT = 1_000_000
"""Characters of a text that an expression makes or matches."""
