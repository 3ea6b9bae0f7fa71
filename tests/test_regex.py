"""A regular expression that waits is the one that it stands for."""

from __future__ import annotations

import re

import pytest

from composeguard.source.regex import regex

WORD = regex(r"(?P<first>[a-z])[a-z]*", re.IGNORECASE)
PLAIN = re.compile(r"(?P<first>[a-z])[a-z]*", re.IGNORECASE)


def test_it_does_what_the_pattern_does() -> None:
    for text in ("", "Ab c", "1ab"):
        assert WORD.findall(text) == PLAIN.findall(text)
        assert bool(WORD.match(text)) == bool(PLAIN.match(text))
        assert WORD.sub("x", text, count=1) == PLAIN.sub("x", text, count=1)
    assert (WORD.pattern, WORD.flags, WORD.groups, WORD.groupindex) == (
        PLAIN.pattern,
        PLAIN.flags,
        PLAIN.groups,
        PLAIN.groupindex,
    )


def test_it_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    late = regex("a+")
    compile_ = re.compile
    calls: list[str] = []

    def counted(text: str, flags: int = 0) -> re.Pattern[str]:
        calls.append(text)
        return compile_(text, flags)

    monkeypatch.setattr(re, "compile", counted)
    assert late.match("aa")
    assert not late.search("b")
    assert calls == ["a+"]
    with pytest.raises(AttributeError):
        getattr(late, "matches")  # noqa: B009 -- what no pattern has
