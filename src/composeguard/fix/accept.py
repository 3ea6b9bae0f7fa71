"""Comments that accept findings, written into a text: where each can stand, and the proof that nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

from msgspec import Struct

from composeguard.engine.directive import IGNORE, Directive, directives
from composeguard.fix.data import Data, read_data, same
from composeguard.fix.edits import Edit, arrange, splice
from composeguard.fix.refusal import Refusal
from composeguard.fix.text import line_end, newline_near
from composeguard.fix.witness import Witness, WitnessError
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.node import Node
from composeguard.source.read import read_source
from composeguard.source.regex import regex

_INDENT = regex(r"[ \t]*")
_NO_PLACE = "it stands inside a text of several lines, where no comment can stand"


class Accepted(Struct, frozen=True):
    """A text with its comments, and the lines (of the text before) for which none can stand, with the reasons."""

    file: SourceFile
    text: str
    refused: Mapping[int, str]


class Acceptor:
    """Writes comments for findings into one file. `today` tells which of its comments still hold."""

    def __init__(self, file: SourceFile, reason: str, today: date | None) -> None:
        self.file = file
        self.reason = reason
        self._today = today
        self._witness = Witness()

    def accept(self, codes: Mapping[int, Iterable[str]]) -> Accepted:
        """The text with comments that name these codes, by line.

        Raises:
            Refusal: no comment can stand in this file at all.
        """
        file = self.file
        if not file.documents:
            raise Refusal("the file is no YAML that holds anything")
        if self._is_json:
            raise Refusal("the file is JSON, which has no comments")
        choices = {line: self._choices(line, sorted(some)) for line, some in sorted(codes.items())}
        refused = {line: _NO_PLACE for line, edits in choices.items() if not edits}
        edits = [some[0] for some in choices.values() if some]
        try:
            return Accepted(file, self._prove(edits), refused)
        except Refusal:
            pass
        # Some line is special: find what stands there, one by one.
        edits = []
        for line, some in choices.items():
            for edit in some:
                try:
                    self._prove([edit])
                except Refusal as refusal:
                    refused[line] = refusal.reason
                else:
                    refused.pop(line, None)
                    edits.append(edit)
                    break
        return Accepted(file, self._prove(edits), refused)

    def _choices(self, line: int, codes: Sequence[str]) -> list[Edit]:
        """The ways to accept codes on a line, the best one first."""
        file = self.file
        if line in self._inside:
            return []
        known = self._directives.get(line)
        if known is not None:
            end = known.words[-1].end
            present = {word.text for word in known.words}
            added = "".join(f", {code}" for code in codes if code.lower() not in present)
            return [Edit(end, end, added)]
        comment = f"# composeguard: ignore[{', '.join(codes)}] {self.reason}"
        start = file.line_start(line)
        end = line_end(file, start)
        text = file.text[start:end]
        found: list[Edit] = []
        if line not in self._commented and line not in self._open:
            blanks = len(text) - len(text.rstrip())
            found.append(Edit(end, end, " " * (2 - min(2, blanks)) + comment))
        indent = _INDENT.match(text)
        found.append(Edit(start, start, f"{indent.group() if indent else ''}{comment}{newline_near(file, start)}"))
        return found

    @cached_property
    def _is_json(self) -> bool:
        if self.file.documents[0].style != "flow":
            return False
        try:
            json.loads(self.file.text)
        except (ValueError, RecursionError):
            return False
        return True

    @cached_property
    def _directives(self) -> dict[int, Directive]:
        """By the line that it counts for: a comment that says the same reason and holds today takes further codes."""
        found: dict[int, Directive] = {}
        for each in directives(self.file):
            if each.verb.text == IGNORE and each.words and each.target and each.holds(self._today):
                said = self.file.text[each.words[-1].end : each.end].partition("]")[2].strip()
                if said == self.reason:
                    found.setdefault(each.target, each)
        return found

    @cached_property
    def _commented(self) -> frozenset[int]:
        return frozenset(self.file.line_of(comment.start) for comment in self.file.comments)

    @cached_property
    def _inside(self) -> frozenset[int]:
        """Lines that begin inside a scalar."""
        return frozenset(line for first, last in self._long for line in range(first + 1, last + 1))

    @cached_property
    def _open(self) -> frozenset[int]:
        """Lines that end inside a scalar, and heads of block scalars, where the second reader sees no comment."""
        return frozenset(first for first, _ in self._long)

    @cached_property
    def _long(self) -> tuple[tuple[int, int], ...]:
        """The first and last lines of the scalars of several lines."""
        file = self.file
        spans = ((file.line_of(node.start), file.line_of(max(node.start, node.end - 1))) for node in _scalars(file))
        return tuple(span for span in spans if span[0] < span[1])

    @cached_property
    def _data(self) -> list[Data]:
        return [read_data(root) for root in self.file.documents]

    def _prove(self, edits: Sequence[Edit]) -> str:
        """The text after these insertions: the same data, the same faults, every comment, and those that are new."""
        file = self.file
        arranged = arrange(edits)
        text = splice(file.text, arranged)
        try:
            text.encode(file.encoding)
            after = read_source(file.uri, text.encode("utf-8"), path=file.path)
        except (SourceError, UnicodeEncodeError):
            raise Refusal("the text would be no YAML with a comment there") from None
        data = [read_data(root) for root in after.documents]
        if len(after.problems) != len(file.problems) or len(data) != len(self._data):
            raise Refusal("the text would say something else with a comment there")
        if not all(same(one, other) for one, other in zip(data, self._data, strict=True)):
            raise Refusal("the text would say something else with a comment there")
        expected = self._expected(arranged)
        if [comment.text.rstrip() for comment in after.comments] != expected:
            raise Refusal("a comment would not be read as one there")
        try:
            before, now = self._witness.comments(file.text), self._witness.comments(text)
        except WitnessError:
            raise Refusal("the second reader does not accept the text, so the comments are not proved") from None
        if len(before) != len(file.comments) or now != [each.replace("\t", " ").rstrip() for each in expected]:
            raise Refusal("the two readers disagree about the comments")
        return text

    def _expected(self, edits: Sequence[Edit]) -> list[str]:
        comments = [(comment.start, comment.end, comment.text) for comment in self.file.comments]
        found: list[tuple[int, str]] = []
        position = 0
        for edit in edits:
            while position < len(comments) and comments[position][1] < edit.start:
                found.append((comments[position][0], comments[position][2]))
                position += 1
            if position < len(comments) and comments[position][0] < edit.start:
                start, end, text = comments[position]
                at = edit.start - start
                comments[position] = (start, end, text[:at] + edit.replacement + text[at:])
            else:
                found.append((edit.start, edit.replacement.strip()))
        found.extend((start, text) for start, _, text in comments[position:])
        return [text.rstrip() for _, text in found]


def _scalars(file: SourceFile) -> Iterator[Node]:
    stack = list(file.documents)
    while stack:
        node = stack.pop()
        if node.style == "*":
            continue
        if isinstance(node.value, dict):
            stack.extend(node.value.values())
        elif isinstance(node.value, list):
            stack.extend(node.value)
        else:
            yield node
