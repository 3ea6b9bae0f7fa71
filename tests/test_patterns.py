"""No regular expression takes longer than in proportion to its text, whatever the text."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType

import pytest
from tests.patterns import Used, attacks, patterns

LENGTH = 20_000
SECONDS = 0.1
"""For one text: a pattern that is linear needs a few milliseconds, one that is quadratic many seconds."""
PATTERNS = patterns()


def _calls(used: Used) -> dict[str, Callable[[str], object]]:
    pattern = used.pattern
    known: dict[str, Callable[[str], object]] = {
        "match": pattern.match,
        "fullmatch": pattern.fullmatch,
        "search": pattern.search,
        "split": pattern.split,
        "findall": pattern.findall,
        "sub": lambda text: pattern.sub("", text),
        "subn": lambda text: pattern.sub("", text),
        "finditer": lambda text: sum(1 for _ in pattern.finditer(text)),
        "scanner": pattern.findall,
    }
    return {name: known[name] for name in sorted(used.methods)}


class _TooLongError(Exception):
    pass


def _stop(number: int, frame: FrameType | None) -> None:
    raise _TooLongError


@pytest.mark.parametrize("used", PATTERNS, ids=[f"{used.where}-{number}" for number, used in enumerate(PATTERNS)])
def test_no_pattern_takes_for_ever(used: Used) -> None:
    before = signal.signal(signal.SIGVTALRM, _stop)
    try:
        for text in attacks(used.pattern, LENGTH):
            for name, call in _calls(used).items():
                signal.setitimer(signal.ITIMER_VIRTUAL, 5)
                started = time.process_time()
                try:
                    call(text)
                    seconds = time.process_time() - started
                except _TooLongError:
                    seconds = 5.0
                finally:
                    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
                shown = f"{text[:40]!r}…{text[-10:]!r}"
                assert seconds < SECONDS, (
                    f"{used.where}: {name} of {used.pattern.pattern!r} takes {seconds:.1f} s: {shown}"
                )
    finally:
        signal.signal(signal.SIGVTALRM, before)


def test_the_patterns_are_found() -> None:
    assert len(PATTERNS) > 100


def test_an_attack_is_one() -> None:
    import re

    slow = Used(re.compile(r"\s*="), "here", frozenset(("search",)))
    with pytest.raises(AssertionError, match="takes"):
        test_no_pattern_takes_for_ever(slow)
