"""Whole numbers that a file writes as text: a port, an attempt, the number of a user."""

from __future__ import annotations

_MOST_DIGITS = 18
"""Python refuses to read more than 4,300, and takes long before that; these fit the 64 bits of whoever reads them."""
BEYOND: int = 10**_MOST_DIGITS
"""What all larger numbers count as."""


def whole_number(text: str) -> int | None:
    """The number that digits stand for; None where there is anything else."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0")
    return int(digits or "0") if len(digits) <= _MOST_DIGITS else BEYOND
