"""Comments that accept findings, as they are written: `# composeguard: ignore[CG302] reason until=2027-01-31`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from composeguard.source.file import Comment, SourceFile
from composeguard.source.regex import regex

IGNORE = "ignore"
IGNORE_FILE = "ignore-file"

_HEAD = regex(r"#\s*composeguard:", re.IGNORECASE)
_BODY = regex(r"\s*(?P<verb>[a-z][a-z-]{0,30})\s*(?:\[(?P<codes>[^\]]{0,500})\])?", re.IGNORECASE)
_WORD = regex(r"[^\s,]+")
_UNTIL = regex(r"(?:^|(?<=\s))(?P<whole>until=(?P<day>[^\s,;]{0,40}))[,;]?\s*", re.IGNORECASE)
_DAY = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MEANT = frozenset(("accept", "allow", "disable", "ignore-line", "ignore-next-line", "noqa", "skip", "suppress"))
"""What other tools call it."""


class Word(Struct, frozen=True):
    """A word of a comment in lower case, with its place in the file."""

    text: str
    start: int
    end: int


class Directive(Struct, frozen=True):
    """One comment. `start`/`end` are code-point offsets of the comment in the file."""

    file: SourceFile
    start: int
    end: int
    line: int
    target: int | None
    """The line that it counts for (from 1); None is the whole file."""
    verb: Word
    """`ignore` or `ignore-file`; anything else accepts nothing."""
    words: tuple[Word, ...]
    """Without any, nothing is accepted: a bare `ignore` would silence findings that nobody has seen yet."""
    reason: str
    until: Word | None
    """The last day that it holds for, as written; None for ever. The place is that of `until=` and the day."""
    alone: bool
    """Nothing else stands in its comment."""

    @property
    def is_known(self) -> bool:
        """It says `ignore` or `ignore-file`."""
        return self.verb.text in (IGNORE, IGNORE_FILE)

    @property
    def last_day(self) -> date | None:
        """The day of `until`; None where there is none that can be read."""
        return _day(self.until.text) if self.until is not None else None

    def holds(self, today: date | None) -> bool:
        """Whether it counts today; a day that cannot be read is over. Without a day of today, nothing is."""
        if self.until is None:
            return True
        last = self.last_day
        return last is not None and (today is None or today <= last)


def last_days(text: str) -> Iterator[tuple[str, date | None]]:
    """The last days in a text that is to be a comment: as written, and None for what is no day."""
    for until in _UNTIL.finditer(text):
        yield until["day"], _day(until["day"])


def directives(file: SourceFile) -> tuple[Directive, ...]:
    """The suppressing comments of a file, in order, and those that look as if they were meant to be."""
    if "composeguard:" not in file.text.lower():
        return ()
    below = _first_line_below(file)
    return tuple(directive for comment in file.comments for directive in _in_comment(file, comment, below))


def _in_comment(file: SourceFile, comment: Comment, below: dict[int, int]) -> Iterator[Directive]:
    text = comment.text
    heads = list(_HEAD.finditer(text))
    line = file.line_of(comment.start)
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(text)
        body = _BODY.match(text, head.end(), end)
        if body is None:
            continue
        verb = body["verb"].lower()
        if verb not in (IGNORE, IGNORE_FILE, *_MEANT) and body["codes"] is None:
            continue  # a remark on composeguard
        # Searched in a text of its own: a pattern looks behind where it starts.
        rest = text[body.end() : end].rstrip()
        until = _UNTIL.search(rest)
        codes = comment.start + body.start("codes")
        yield Directive(
            file=file,
            start=comment.start + head.start(),
            end=comment.start + len(text[:end].rstrip()),
            line=line,
            target=None if verb == IGNORE_FILE else below.get(line, line),
            verb=Word(verb, comment.start + body.start("verb"), comment.start + body.end("verb")),
            words=tuple(
                Word(word.group().lower(), codes + word.start(), codes + word.end())
                for word in _WORD.finditer(body["codes"] or "")
            ),
            reason=_UNTIL.sub("", rest).strip(),
            until=_word(until, comment.start + body.end()) if until else None,
            alone=len(heads) == 1 and head.start() == 0,
        )


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _word(until: re.Match[str], offset: int) -> Word:
    return Word(until["day"], offset + until.start("whole"), offset + until.end("whole"))


def _first_line_below(file: SourceFile) -> dict[int, int]:
    """For each line that is only a comment, the next line that is not."""
    below: dict[int, int] = {}
    lines = [file.line_of(comment.start) for comment in file.comments if comment.own_line]
    for line in reversed(lines):
        below[line] = below.get(line + 1, line + 1)
    return below
