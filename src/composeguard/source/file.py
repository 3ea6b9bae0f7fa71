"""A file as text: encoding, byte order mark, newlines, comments, and its YAML documents."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import MutableSequence
from functools import cached_property
from itertools import accumulate

from msgspec import Struct

from composeguard.source.node import Node
from composeguard.source.position import Region
from composeguard.source.regex import regex

_AHEAD = 64 * 1024
"""Code points in which the ends of lines are looked for at once."""
_LINE_END = regex(r"\r\n|\n|\r")
_COMMENT = regex(r"(?:(?<=[\s\ufeff])|(?<![\s\S]))#[^\r\n\x85\u2028\u2029]*")
# A dollar sign in a value that is none in the text: an escape, base64, or a tag that may mean base64.
_ESCAPED_DOLLAR = regex(r"\\(?:x24|u0024|U00000024)")
_BINARY = regex(r"binary|%TAG|![^\s%!]*%")


class SourceError(Exception):
    """A text that is not YAML, or more than the limits allow. `start` is a code-point offset into `file.text`."""

    def __init__(self, message: str, file: SourceFile, start: int = 0, end: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.start = start
        self.end = start if end is None else end

    def again(self) -> SourceError:
        """The same, without the frames that this one has come through: what is kept would keep them."""
        return SourceError(self.message, self.file, self.start, self.end)


class Comment(Struct, frozen=True):
    """A comment with its `#`; offsets in code points."""

    start: int
    end: int
    text: str
    own_line: bool
    """Nothing but white space stands before it on its line."""


class SourceFile:
    """The text of one file and the places in it.

    `uri` is the name for reports: relative to the root of the repository, with forward slashes.
    `path` is the name for the operating system. `text` has no byte order mark; `bom` says whether there was one.
    """

    def __init__(self, uri: str, text: str, *, path: str = "", bom: bool = False, encoding: str = "utf-8") -> None:
        self.uri = uri
        self.path = path or uri
        self.text = text
        self.bom = bom
        self.encoding = encoding
        self.documents: tuple[Node, ...] = ()
        """The root of each YAML document."""
        self.special: set[int] = set()
        """Where values start that are aliases, merged in or have a local tag, and the collections that hold any."""
        self.values: list[tuple[int, int]] | None = None
        """Where values stand that reports hide, once that is known and `documents` are gone; see `settle`."""
        self._is_parsed = False
        self._line_starts: MutableSequence[int] = [0]
        self._lines_known = 0
        """Up to here all starts of lines are in `_line_starts`: as far as somebody has asked, a line at least."""
        self.problems: list[SourceError] = []
        """What the reference refuses but a reader can pass over: duplicate keys, keys that are no strings."""

    @property
    def is_parsed(self) -> bool:
        """Whether it is a text of YAML documents."""
        return self._is_parsed or bool(self.documents)

    def settle(self, values: list[tuple[int, int]], is_parsed: bool) -> None:
        """Let go of the documents: a report needs the text, and of the documents no more than this."""
        self._is_parsed, self.documents, self.values = is_parsed, (), values
        if self._lines_known:
            # Many files stay until the report: as objects, these numbers take more room than the text.
            from array import array

            self._line_starts = array("Q", self._line_starts)

    def release(self) -> None:
        """Let go of the documents of a text that was only on trial.

        A node refers to its file, so that only the cyclic collector would, which looks seldom.
        """
        self._is_parsed, self.documents = self.is_parsed, ()

    @cached_property
    def hides_dollars(self) -> bool:
        """Whether a value may have a dollar sign that the text does not show."""
        # To look for one character costs next to nothing, and most files have neither.
        if "\\" in self.text and _ESCAPED_DOLLAR.search(self.text):
            return True
        return "!" in self.text and _BINARY.search(self.text) is not None

    @cached_property
    def has_dollars(self) -> bool:
        """Whether any value may have a dollar sign."""
        return "$" in self.text or self.hides_dollars

    @cached_property
    def newline(self) -> str:
        """The newline that the file uses first; a fix writes the same."""
        match = _LINE_END.search(self.text)
        return match.group() if match else "\n"

    def line_of(self, offset: int) -> int:
        """The line (from 1) that holds an offset."""
        if offset >= self._lines_known:
            self._find_lines(offset)
        return bisect_right(self._line_starts, offset)

    def line_start(self, line: int) -> int:
        """The offset of the first code point of a line (from 1)."""
        self._reach(line)
        return self._line_starts[line - 1]

    def line_end(self, line: int) -> int:
        """The offset of the newline that ends a line (from 1); the end of the text, where there is none."""
        start, end = self.line_start(line), self.next_line(line)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return end

    def next_line(self, line: int) -> int:
        """The offset of the first code point after a line (from 1) and its newline."""
        self._reach(line + 1)
        return self._line_starts[line] if line < len(self._line_starts) else len(self.text)

    def _reach(self, line: int) -> None:
        while line > len(self._line_starts) and self._lines_known < len(self.text):
            self._find_lines(self._lines_known)

    def _find_lines(self, offset: int) -> None:
        """Look for the starts of lines up to the line after the one that holds an offset, or further."""
        text, begun = self.text, self._lines_known
        if begun == len(text):
            return
        self._lines_known = text.find("\n", max(offset, begun + _AHEAD)) + 1 or len(text)
        piece = text[begun : self._lines_known]
        starts = self._line_starts
        if "\r" not in piece:
            # The usual text, in a fifth of the time. Python knows more ends of lines, but there are none of these.
            lines = piece.splitlines(keepends=True)
            ends_open = not piece.endswith("\n")
            if len(lines) == piece.count("\n") + ends_open:
                starts.pop()
                starts.extend(accumulate(map(len, lines), initial=begun))
                if ends_open:
                    starts.pop()
                return
        starts.extend(begun + match.end() for match in _LINE_END.finditer(piece))

    def region(self, start: int, end: int) -> Region:
        """The stretch from `start` up to `end` (exclusive), in code points."""
        first = self.line_of(start)
        last = self.line_of(end)
        return Region(first, start - self.line_start(first) + 1, last, end - self.line_start(last) + 1)

    def line_text(self, line: int) -> str:
        """A line (from 1) without its newline."""
        return self.text[self.line_start(line) : self.line_end(line)]

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """The comments in order. A `#` inside a scalar is none."""
        if "#" not in self.text:
            return ()
        text = self.text
        spans = sorted(_scalar_spans(self))
        found: list[Comment] = []
        position = begun = 0
        while match := _COMMENT.search(text, position):
            start, end = match.span()
            while begun < len(spans) and spans[begun][0] <= start:
                begun += 1
            if begun and start < spans[begun - 1][1]:
                # A scalar can end in the middle of what looks like a comment: "a # b" # c
                position = max(spans[begun - 1][1], start + 1)
                continue
            before = start - 1
            while before >= 0 and text[before] in " \t\ufeff":
                before -= 1
            found.append(Comment(start, end, match.group(), before < 0 or text[before] in "\r\n"))
            position = end
        return tuple(found)


def _scalar_spans(file: SourceFile) -> list[tuple[int, int]]:
    """The spans of keys and scalars; of a block scalar, only the text below its header line."""
    spans: list[tuple[int, int]] = []
    stack: list[Node] = list(file.documents)
    while stack:
        node = stack.pop()
        if node.key_start >= 0:
            spans.append((node.key_start, node.key_end))
        if node.style == "*":
            continue
        value = node.value
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
        elif node.style in ("|", ">"):
            header = _LINE_END.search(file.text, node.start, node.end)
            if header:
                spans.append((header.end(), node.end))
        elif node.end > node.start:
            spans.append((node.start, node.end))
    return spans
