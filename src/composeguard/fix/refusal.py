"""Why a fix is not made. A refusal is an answer, not a fault: the file stays as it is and the reason is shown."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 -- it is the expected answer where an edit is not unique or not provable
    """`reason` completes the sentence "not fixed: …"; it never holds a value of the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Postponed(Refusal):
    """The edit gets in the way of another one of the same round; the next round may make it."""
