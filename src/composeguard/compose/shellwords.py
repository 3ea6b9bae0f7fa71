"""A command string to its words, as the reference splits `command` and `entrypoint`.

Nothing is expanded, and the first unquoted `;`, `&`, `|`, `<` or `>` silently ends the command.
"""

from __future__ import annotations

from msgspec import Struct, field

from composeguard.compose.unresolved import MARK, Text, Unresolved, shape
from composeguard.source.regex import regex

_SPACES = " \t\r\n"
_OPERATORS = ";&|<>"
_PIECE = regex(r"[^\\ \t\r\n\"'`();&|<>$]+|[\s\S]")
"""A stretch of characters that mean nothing, or one character."""


class Words(Struct, frozen=True):
    """The words that run, and the code-point offset of the operator at which the rest is dropped.

    An unknown part counts as text without blanks and operators; it stays one part of one word.
    """

    words: tuple[Text, ...]
    cut_at: int | None = None


class ShellwordsError(ValueError):
    """The command string has an open quote, an open or lone parenthesis, or a backslash at its end."""


def split(text: Text) -> Words:
    """Split a command string.

    Raises:
        ShellwordsError: the reference refuses it.
    """
    words, cut_at = _Splitter(shape(text)).run()
    if isinstance(text, str):
        return Words(tuple(words), cut_at)
    variables = iter(text.variables)
    resolved: list[Text] = []
    for word in words:
        parts = tuple(next(variables) for _ in range(word.count(MARK)))
        known = all(part == MARK for part in parts)
        resolved.append(word if known else Unresolved(word, parts))
    return Words(tuple(resolved), cut_at)


class _Splitter(Struct):
    text: str
    words: list[str] = field(default_factory=list)
    word: list[str] = field(default_factory=list)
    started: bool = False
    """A character outside quotes, or an escaped one, belongs to the word."""
    ended_quote: bool = False
    """A quote was closed in the word, which is a word then even when it is empty."""
    literal: bool = False
    """The word holds something quoted or escaped, so that digits in it are no file descriptor."""
    region: str = ""
    """What encloses the position: a quote, a backtick, `(` for `$(…)`, or nothing."""

    def run(self) -> tuple[list[str], int | None]:
        escaped = after_dollar = False
        for match in _PIECE.finditer(self.text):
            character = match.group()
            previous_dollar, after_dollar = after_dollar, False
            if escaped:
                escaped = False
                self.escape(character[0])
                self.word.append(character[1:])
            elif len(character) > 1:
                self.add(character)
            elif character == "\\":
                if self.region == "'":
                    self.word.append(character)
                else:
                    escaped = True
            elif character in _SPACES:
                if self.region:
                    self.word.append(character)
                else:
                    self.flush()
            elif character in "\"'":
                self.quote(character)
            elif character in "`()":
                self.bracket(character, previous_dollar)
            elif character in _OPERATORS and not self.region:
                return self.cut(match.start(), character)
            else:
                self.add(character)
                after_dollar = character == "$" and not self.region
        if escaped or self.region:
            raise ShellwordsError("the command string has an open quote, bracket or escape")
        self.flush()
        return self.words, None

    def add(self, piece: str) -> None:
        self.word.append(piece)
        self.started, self.ended_quote = True, False

    def escape(self, character: str) -> None:
        self.literal = True
        if self.region in ("`", "("):
            self.word.append("\\")
        else:
            character = {"t": "\t", "n": "\n"}.get(character, character)
        self.add(character)

    def quote(self, character: str) -> None:
        if self.region and self.region != character:
            self.add(character)
            return
        self.literal = True
        if self.region:
            self.ended_quote = True
        self.region = "" if self.region else character

    def bracket(self, character: str, previous_dollar: bool) -> None:
        if self.region in ("'", '"') or (character == "`" and self.region == "("):
            self.add(character)
        elif character == "`":
            self.region = "" if self.region else "`"
            self.add(character)
        elif self.region == "`":
            self.add(character)
        elif character == "(" and previous_dollar and not self.region:
            self.region = "("
            self.word.append(character)
        elif character == ")" and self.region == "(":
            self.region = ""
            self.add(character)
        else:
            raise ShellwordsError("the command string has a parenthesis outside quotes")

    def cut(self, index: int, character: str) -> tuple[list[str], int]:
        # Digits right before `>` are its file descriptor, not an argument.
        word = "".join(self.word)
        if character == ">" and not self.literal and word.isdecimal() and word.isascii():
            index -= len(word)
            self.started = self.ended_quote = False
        self.flush()
        return self.words, index

    def flush(self) -> None:
        if self.ended_quote or (self.started and self.word):
            self.words.append("".join(self.word))
        self.word.clear()
        self.started = self.ended_quote = self.literal = False
