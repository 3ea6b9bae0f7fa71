"""Env files: `.env`, `env_file` and `label_file`, and the `raw` format of `env_file`.

The caller takes a byte order mark off, and keeps line ends as they are in the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections import ChainMap
from collections.abc import Iterator, Mapping

from msgspec import Struct

from composeguard.compose.interpolate import InterpolationError, Unset, Use, interpolate
from composeguard.compose.unresolved import Text, shape
from composeguard.source.regex import regex

MAX_TOTAL = 16 * 1024 * 1024
"""Characters of all values together: `A=$B$B` over many lines grows faster than its file."""

_BLANK = "\t\v\f\r \x85\xa0"
# What Unicode has as white space, the line feed included; `str.isspace` counts more.
_SPACE = _BLANK + "\n\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_EXPORT = regex(r"export(?=[\t\n\f\r ])")
_PLAIN_KEY = regex(r"[A-Za-z0-9_.\-\[\]]*")
_ESCAPE = regex(r'\\([abcfnrtv$"\\]|0[0-9]{0,3})')
_ESCAPED = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "$": "$$",
    '"': '"',
    "\\": "\\",
}


class EnvEntry(Struct, frozen=True):
    """One assignment. `start`/`end` are the code points of the value as written, without its quotes.

    A key without separator inherits: its value is that of the lookup, None where nothing sets it, and its span is
    that of the key. Text after a closing quote is an entry with the key "", as the reference reads it.
    """

    key: str
    value: Text | None
    line: int
    key_start: int
    key_end: int
    start: int
    end: int
    inherited: bool = False
    variables: tuple[Use, ...] = ()
    """Offsets count from `start`; in a double-quoted value with escapes, from the value with the escapes resolved."""


class EnvFile(Struct, frozen=True):
    """The assignments of one file in order."""

    entries: tuple[EnvEntry, ...]

    @property
    def values(self) -> dict[str, Text]:
        """The variables that the file sets, each with its last value."""
        return {entry.key: entry.value for entry in self.entries if entry.value is not None}


class DotenvError(ValueError):
    """The reference refuses the whole file here. `partial` holds what stands before; the message has no values."""

    def __init__(self, line: int, message: str, offset: int, partial: EnvFile) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message
        self.offset = offset
        self.partial = partial


class _Problem(Exception):  # noqa: N818 - becomes a DotenvError where line and entries are known
    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def parse_dotenv(
    text: str,
    lookup: Mapping[str, Text],
    *,
    earlier: Mapping[str, Text] | None = None,
    unset: Unset = Unset.EMPTY,
) -> EnvFile:
    """Read `text`; variables in values come from `lookup`, then from the file's earlier keys, then from `earlier`.

    `earlier` holds the values of the files read before in the same list.

    Raises:
        DotenvError: the file is refused.
    """
    reader = _Reader(text, lookup, earlier or {}, unset)
    entries: list[EnvEntry] = []
    lines = _LineCounter(text)
    try:
        for entry in reader.entries(lines):
            entries.append(entry)  # noqa: PERF402 - what was read before an error is part of it
    except _Problem as problem:
        line = lines.at(problem.offset)
        raise DotenvError(line, str(problem), problem.offset, EnvFile(tuple(entries))) from None
    return EnvFile(tuple(entries))


def parse_raw(text: str, lookup: Mapping[str, Text]) -> EnvFile:
    """Read `format: raw`: the rest of each line is the value, verbatim.

    Raises:
        DotenvError: a line has no key, or a blank in it.
    """
    entries: list[EnvEntry] = []
    offset = 0
    for number, written in enumerate(text.split("\n"), 1):
        line = written.removesuffix("\r")
        start = offset + len(line) - len(line.lstrip(_SPACE))
        end = offset + len(line)
        offset += len(written) + 1
        if start == end or text[start] == "#":
            continue
        key, separator, value = text[start:end].partition("=")
        if not key or " " in key or "\t" in key:
            message = "the key holds a blank" if key else "no key before the equals sign"
            raise DotenvError(number, message, start, EnvFile(tuple(entries)))
        key_end = start + len(key)
        if separator:
            entries.append(EnvEntry(key, value, number, start, key_end, key_end + 1, end))
        else:
            entries.append(EnvEntry(key, lookup.get(key), number, start, key_end, start, key_end, inherited=True))
    return EnvFile(tuple(entries))


class _LineCounter:
    """Line numbers from 1 for offsets that mostly grow."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 0
        self.line = 1

    def at(self, offset: int) -> int:
        if offset < self.offset:
            self.offset, self.line = 0, 1
        self.line += self.text.count("\n", self.offset, offset)
        self.offset = offset
        return self.line


class _Reader:
    def __init__(self, text: str, lookup: Mapping[str, Text], earlier: Mapping[str, Text], unset: Unset) -> None:
        self.text = text
        self.lookup = lookup
        self.own: dict[str, Text] = {}
        maps = [dict(lookup), self.own, dict(earlier)]
        self.scope: Mapping[str, Text] = ChainMap(*maps)
        self.unset = unset
        self.total = 0
        self.value_start = 0
        self.value_end = 0

    def entries(self, lines: _LineCounter) -> Iterator[EnvEntry]:
        at = self.statement(0)
        while at < len(self.text):
            line = lines.at(at)
            if _EXPORT.match(self.text, at):
                at = self.skip(at + len("export"), _BLANK)
                if at == len(self.text):
                    raise _Problem("nothing follows export", at)
            end, separator = self.key(at)
            key = self.text[at:end].rstrip(_SPACE)
            key_end = at + len(key)
            # A key that the end of the file cuts off is a value without key for the reference.
            if separator is None:
                key, key_end, end = "", at, at - 1
            if " " in key:
                raise _Problem("the key holds a space", at)
            rest = self.skip(end + 1, _BLANK)
            if separator == "\n":
                value = self.lookup.get(key)
                yield EnvEntry(key, self.keep(key, value, at), line, at, key_end, at, key_end, inherited=True)
                at = self.statement(rest)
                continue
            value, uses, following = self.value(rest)
            self.keep(key, value, rest)
            yield EnvEntry(key, value, line, at, key_end, self.value_start, self.value_end, variables=uses)
            at = self.statement(following)

    def statement(self, at: int) -> int:
        """The start of the next statement at or after `at`, past blank and comment lines."""
        text = self.text
        while (at := self.skip(at, _SPACE)) < len(text) and text[at] == "#":
            newline = text.find("\n", at)
            at = len(text) if newline < 0 else newline
        return at

    def skip(self, at: int, characters: str) -> int:
        text, end = self.text, len(self.text)
        while at < end and text[at] in characters:
            at += 1
        return at

    def key(self, start: int) -> tuple[int, str | None]:
        """The end of the key at `start` and what ends it: `=`, `:`, a newline, or None for the end of the file."""
        text, at = self.text, start
        while True:
            match = _PLAIN_KEY.match(text, at)
            at = match.end() if match else at
            if at == len(text):
                return at, None
            character = text[at]
            if character in "=:\n":
                return at, character
            if character not in _BLANK and unicodedata.category(character)[0] not in "LN":
                raise _Problem(f"the character {character!a} cannot be in a key", at)
            at += 1

    def value(self, start: int) -> tuple[Text, tuple[Use, ...], int]:
        """The value at `start`, its variables, and the offset after it; its span is left in `value_start/end`."""
        quote = self.text[start : start + 1]
        if quote in ("'", '"'):
            return self.quoted(start, quote)
        newline = self.text.find("\n", start)
        end = len(self.text) if newline < 0 else newline
        comment = self.text.find(" #", start, end)
        written = self.text[start : end if comment < 0 else comment].rstrip(_SPACE)
        self.value_start, self.value_end = start, start + len(written)
        value, uses = self.expand(written, start)
        return value, uses, end + 1

    def quoted(self, start: int, quote: str) -> tuple[Text, tuple[Use, ...], int]:
        text, at = self.text, start + 1
        parts: list[str] = []
        special = re.compile(rf"\\|{quote}")
        while match := special.search(text, at):
            parts.append(text[at : match.start()])
            at = match.end()
            if match.group() == quote:
                self.value_start, self.value_end = start + 1, match.start()
                value = "".join(parts)
                if quote == "'":
                    return value, (), at
                expanded, uses = self.expand(_ESCAPE.sub(_unescape, value), start + 1)
                return expanded, uses, at
            if at == len(text):
                break
            # Only the quote loses its backslash here; the other escapes are resolved later.
            parts.append(text[at] if text[at] == quote else "\\" + text[at])
            at += 1
        raise _Problem("a quoted value has no end", start)

    def expand(self, written: str, start: int) -> tuple[Text, tuple[Use, ...]]:
        try:
            result = interpolate(written, self.scope, unset=self.unset)
        except InterpolationError as error:
            raise _Problem(str(error), min(start + error.offset, len(self.text))) from None
        return result.value, result.variables

    def keep(self, key: str, value: Text | None, offset: int) -> Text | None:
        if value is not None:
            self.total += len(shape(value))
            if self.total > MAX_TOTAL:
                raise _Problem(f"the values grow beyond {MAX_TOTAL:,} characters", offset)
            self.own[key] = value
        return value


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code in _ESCAPED:
        return _ESCAPED[code]
    if code[0] == "0":
        # An octal escape needs its three digits; without them the reference drops the zero and keeps the rest.
        digits = code[1:]
        if len(digits) == 3 and set(digits) <= set("01234567") and int(digits, 8) <= 0xFF:
            return chr(int(digits, 8))
        return "\\" + digits
    return match[0]
