"""Comments of a text that is read line by line: the witness of usual files, which shares nothing with our reader.

A `#` begins a comment where white space or nothing stands before it, unless a quoted or a block scalar holds it. So
who knows of each line whether it begins inside such a scalar needs no parser. This reader knows it where every
line is of a form that leaves no choice: blank, a comment, a document marker, `key: value`, `- value` or a line of a
value that goes on (a block scalar, a quoted or a plain one, a flow collection whose texts end on their lines). Where
any line is of another form (a tab, `?`, an odd indicator) it says that it does not know, and ruamel.yaml's scanner is
asked: see `witness`.

It sees no event, token or mark of libyaml, on which our own reader stands, and it takes a twentieth of ruamel.yaml's
time. Tests hold the two against each other on random texts, on damaged ones and on the corpus.
"""

from __future__ import annotations

from composeguard.source.regex import regex

_DOUBLE = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_SINGLE = r"'[^']*(?:''[^']*)*'"
_FIRST = r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|[-?:](?=[^\s]))"
"""What a plain scalar can begin with."""
# Each loop is unrolled so that a text matches in one way only: a failure costs no more than a success.
_PLAIN = rf"{_FIRST}[^\s:]*(?:(?::(?=\S)| +(?=[^\s#]))[^\s:]*)*"
_PLAIN_IN_FLOW = (
    r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=[^\s,\[\]{}]))"
    r"[^\s:,\[\]{}]*(?:(?::(?=[^\s,\[\]{}])| +(?=[^\s#:,\[\]{}]))[^\s:,\[\]{}]*)*"
)

_LINE = regex(rf"( *)((?:- +)*)(?:({_DOUBLE}|{_SINGLE}|{_PLAIN}) *:(?: +|$))?")
"""Indentation, dashes and key."""
_PROPERTIES = regex(r"(?:[&!][^\s,\[\]{}\"']*(?: +|$))+")
_QUOTED = regex(rf"{_DOUBLE}|{_SINGLE}")
_BEGUN = regex(r"""(?:"[^"\\]*(?:\\.[^"\\]*)*\\?|'[^']*(?:''[^']*)*)$""")
_GOES_ON = {
    '"': regex(r'\A[^"\\]*(?:\\.[^"\\]*)*(?:\\?$|("))'),
    "'": regex(r"\A[^']*(?:''[^']*)*(?:$|('))"),
}
"""A quoted scalar that does not end on its line, and a line of it, up to the quote that ends it."""
_IN_PLAIN = regex(r"[^#\t](?:[^:\t#]|:(?! |$)|(?<! )#)*$|[^#\t](?:[^:\t#]|:(?! |$)|(?<! )#)*(?= #)")
"""A line of a plain scalar up to its comment: nothing but `: ` ends it, and quotes mean nothing in it."""
_WHOLE_PLAIN = regex(_PLAIN)
_ALIAS = regex(r"\*[^\s,\[\]{}:]+")
_HEAD = regex(r"[|>][+-]?(?= |$)")
_MARKER = regex(r"(?:---|\.\.\.)(?= |$)")
_TAIL = regex(r"(?: +(#.*))?$")
_IN_FLOW = regex(
    rf" *(?:({_DOUBLE}|{_SINGLE}|{_PLAIN_IN_FLOW}|\*[^\s,\[\]{{}}:]+)(?= *[,:\[\]{{}}]| *$| +#)"
    r"|([\[\]{},]|:(?= |$|[\"'\[{])))"
)
"""A value or a sign of a flow collection."""

_OTHER_BREAKS = regex("\r(?!\n)|[\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029\ufeff]")
_EMPTY_LINES = regex(r"\n\n+")
_NO_ENTRY = -1


def comments_by_lines(text: str) -> list[str] | None:
    """The comments in order, with spaces for tabs and without blanks at their ends; None where lines do not tell."""
    if _OTHER_BREAKS.search(text):
        return None
    reader = _Lines()
    # Empty lines mean nothing wherever they stand.
    for line in _EMPTY_LINES.sub("\n", text.replace("\r\n", "\n")).split("\n"):
        if not reader.take(line):
            return None
    return [comment.replace("\t", " ").rstrip() for comment in reader.comments]


class _Lines:
    """What is known at the end of a line."""

    def __init__(self) -> None:
        self.comments: list[str] = []
        self.column = _NO_ENTRY
        """Of the last entry."""
        self.is_open = True
        """It has no value yet. What stands deeper than an entry with a value would go on with that."""
        self.in_text = False
        self.depth = 0
        """In a block scalar, the column of its lines; 0 before the first."""
        self.blank = 0
        """The longest blank line before that first line."""
        self.in_flow = 0
        """How many brackets are open."""
        self.quote = ""
        """That of the quoted scalar that goes on."""
        self.is_plain = False
        """The last line ended within a plain scalar, which may go on."""
        self.after_value = False
        """In a flow collection, a value has just ended: another one would go on with it."""

    def take(self, line: str) -> bool:
        """Whether the line tells."""
        length = len(line)
        line = line.rstrip(" ")
        if self.quote:
            return self._quoted(line)
        if not line:
            self.blank = max(self.blank, length)
            return True
        bare = line.lstrip(" ")
        indent = len(line) - len(bare)
        if self.in_text:
            if indent > self.column and indent >= self.depth:
                # A longer blank line before the first one would be part of the indentation.
                told = bool(self.depth) or self.blank <= indent
                self.depth = self.depth or indent
                return told
            self.in_text = False
        if bare[0] == "#":
            self.comments.append(bare)
            self.is_plain = False
            return True
        if indent == 0 and (marker := _MARKER.match(line)) is not None:
            self.is_open, self.column = True, _NO_ENTRY
            return not self.in_flow and self._tail(line, marker.end())
        if self.in_flow:
            return self._flow(line, 0)
        if not self.is_open and indent > self.column:
            return self.is_plain and self._plain(line, indent)
        found = _LINE.match(line)
        if found is None:
            return False
        column = found.start(3)
        if column < 0:
            dashes = found.end(2)
            if line[dashes:] == "-":
                self.is_open, self.column = True, dashes
                return True
            if dashes > indent:
                column = line.rindex("-", indent, dashes)
            elif self.is_open and indent > self.column:
                column = self.column
            else:
                return False
        self.column = column
        return self._value(line, found.end())

    def _value(self, line: str, at: int) -> bool:
        """The value of the last entry, from `at` to the end of the line."""
        properties = _PROPERTIES.match(line, at)
        if properties is not None:
            at = properties.end()
        first = line[at : at + 1]
        self.is_open, self.is_plain = not first or first == "#", False
        if self.is_open:
            if first:
                self.comments.append(line[at:])
            return True
        if first in "|>":
            head = _HEAD.match(line, at)
            self.in_text, self.depth, self.blank = True, 0, 0
            return head is not None and self.column != _NO_ENTRY and self._tail(line, head.end())
        if first in "[{":
            self.after_value = False
            return self._flow(line, at)
        if first in "\"'" and _BEGUN.match(line, at) is not None:
            self.quote = first
            return True
        pattern = _QUOTED if first in "\"'" else _ALIAS if first == "*" else _WHOLE_PLAIN
        value = pattern.match(line, at)
        self.is_plain = pattern is _WHOLE_PLAIN and value is not None and value.end() == len(line)
        return value is not None and self._tail(line, value.end())

    def _quoted(self, line: str) -> bool:
        """A line of a quoted scalar, and what follows it."""
        found = _GOES_ON[self.quote].match(line)
        if found is None:
            return False
        if found[1] is None:
            return True
        self.quote = ""
        return self._tail(line, found.end())

    def _plain(self, line: str, at: int) -> bool:
        """A line of a plain scalar, and the comment that ends it."""
        found = _IN_PLAIN.match(line, at)
        if found is None:
            return False
        self.is_plain = found.end() == len(line)
        return self._tail(line, found.end())

    def _flow(self, line: str, at: int) -> bool:
        """What a line has of a flow collection, and behind it."""
        while (piece := _IN_FLOW.match(line, at)) is not None:
            at = piece.end()
            sign = piece[2]
            if sign is None:
                if self.after_value:
                    return False
                self.after_value = True
                continue
            self.after_value = sign in "]}"
            if sign in "[{":
                self.in_flow += 1
            elif sign in "]}":
                self.in_flow -= 1
                if not self.in_flow:
                    break
        return self._tail(line, at)

    def _tail(self, line: str, at: int) -> bool:
        """Nothing or a comment follows."""
        if at == len(line):
            return True
        tail = _TAIL.match(line, at)
        if tail is None:
            return False
        self.comments.append(tail[1])
        return True
