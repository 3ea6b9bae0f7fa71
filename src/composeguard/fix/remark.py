"""Comments as operations change them: the two readings of `RemoveComment`, on texts of comments and on the file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from msgspec import Struct

from composeguard.engine.fix import Operation, RemoveComment
from composeguard.fix.edits import Edit
from composeguard.fix.refusal import Refusal
from composeguard.fix.text import line_start, next_line, past_blank_lines, trimmed_end, whole_lines
from composeguard.source.file import Comment, SourceFile


class Cut(Struct, frozen=True):
    """What goes from a comment: offsets into its text. All of it, or a part that leaves the rest in good order."""

    start: int
    end: int

    def rest(self, text: str) -> str:
        """What stays of the comment; "" where it goes whole."""
        return (text[: self.start] + text[self.end :]).rstrip()


def cut(text: str, start: int, end: int) -> Cut:
    """What has to go so that `text[start:end]` is gone from a comment and nothing is left that makes no sense."""
    before, after = text[:start], text[end:]
    if not before.strip("# \t") and not after.strip():
        return Cut(0, len(text))
    if after.lstrip().startswith(","):
        rest = after.lstrip()[1:].lstrip()
        return Cut(start, len(text) - len(rest))
    if before.rstrip().endswith(","):
        return Cut(len(before.rstrip()[:-1].rstrip()), end)
    if not before.strip("# \t"):
        return Cut(start, len(text) - len(after.lstrip()))
    return Cut(len(before.rstrip()), end)


def comment_at(file: SourceFile, offset: int) -> Comment:
    """The comment that holds an offset.

    Raises:
        Refusal: none does.
    """
    comments = file.comments
    place = bisect_right(comments, offset, key=lambda comment: comment.start) - 1
    if place < 0 or offset >= comments[place].end:
        raise Refusal("no comment stands at the place of the change")
    return comments[place]


def cuts(file: SourceFile, operations: Iterable[Operation]) -> Mapping[int, Cut]:
    """What operations take from the comments of a file, by the offset of each comment.

    Raises:
        Refusal: an operation is not about one comment of the file.
    """
    found: dict[int, Cut] = {}
    for operation in operations:
        if isinstance(operation, RemoveComment):
            comment = comment_at(file, operation.start)
            if operation.end > comment.end or operation.end <= operation.start:
                raise Refusal("no comment stands at the place of the change")
            found[comment.start] = cut(comment.text, operation.start - comment.start, operation.end - comment.start)
    return found


def removal(file: SourceFile, operation: RemoveComment, order: int) -> Edit:
    """The edit that takes a comment or a part of it away.

    Raises:
        Refusal: there is no such comment.
    """
    comment = comment_at(file, operation.start)
    after = next_line(file, comment.end)
    if file.text[comment.end : after].strip("\r\n"):
        raise Refusal("the comment does not end with its line")
    piece = cut(comment.text, operation.start - comment.start, operation.end - comment.start)
    if piece.rest(comment.text):
        return Edit(comment.start + piece.start, comment.start + piece.end, "", 0, order)
    start = line_start(file, comment.start)
    if not comment.own_line:
        return Edit(trimmed_end(file.text, start, comment.start), comment.end, "", 0, order)
    start, end = whole_lines(file, start, after)
    return Edit(start, past_blank_lines(file, start, end), "", 0, order)
