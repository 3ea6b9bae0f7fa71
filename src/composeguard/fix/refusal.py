"""Why a fix is not made. A refusal is an answer, not a fault: the file stays as it is and the reason is shown."""

from __future__ import annotations

from collections.abc import Iterable

from composeguard.source.node import Path


class Refusal(Exception):  # noqa: N818 -- it is the expected answer where an edit is not unique or not provable
    """`reason` completes the sentence "not fixed: …"; it never holds a value of the file. `blame` holds the section
    entries (`("services", "web")`) that are at fault, where that is known of many changes tried together."""

    def __init__(self, reason: str, blame: Iterable[Path] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.blame = frozenset(path[:2] for path in blame)


class Postponed(Refusal):
    """The edit gets in the way of another one of the same round; the next round may make it."""
