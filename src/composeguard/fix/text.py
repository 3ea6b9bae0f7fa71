"""Where lines begin and end around a place, and what is comment and blank between two values."""

from __future__ import annotations

from composeguard.source.file import SourceFile
from composeguard.source.node import Node
from composeguard.source.regex import regex

_PROPERTIES = regex(r"(?:[ \t]+[&!][^\s,\[\]{}]*)+")
_BLANK_OR_COMMENT = regex(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")


def line_start(file: SourceFile, offset: int) -> int:
    """The start of the line that holds an offset."""
    return file.line_start(file.line_of(offset))


def next_line(file: SourceFile, offset: int) -> int:
    """The start of the line after the one that holds an offset; the end of the text after the last line."""
    return file.next_line(file.line_of(offset))


def line_end(file: SourceFile, offset: int) -> int:
    """Where the line that holds an offset ends, without its newline."""
    end = next_line(file, offset)
    text = file.text
    if end > offset and text[end - 1] == "\n":
        end -= 1
    if end > offset and text[end - 1] == "\r":
        end -= 1
    return end


def column(file: SourceFile, offset: int) -> int:
    """Code points before an offset on its line."""
    return offset - line_start(file, offset)


def newline_near(file: SourceFile, offset: int) -> str:
    """The newline that ends the line before an offset at a line's start; else the file's."""
    text = file.text
    if text[max(0, offset - 2) : offset] == "\r\n":
        return "\r\n"
    if offset and text[offset - 1] in "\r\n":
        return text[offset - 1]
    return file.newline


def whole_lines(file: SourceFile, start: int, end: int) -> tuple[int, int]:
    """What to take away so that the lines from one line's start to another's are gone: where the text ends with the
    last of them and has no newline there, the newline before the first one goes instead."""
    if end == len(file.text) and not file.text.endswith(("\n", "\r")) and start:
        start -= len(newline_near(file, start))
    return start, end


def past_blank_lines(file: SourceFile, start: int, end: int) -> int:
    """Where a removal ends: past the blank lines below where there is one above, or the start of the document, so
    that the gaps around it do not add up."""
    above = file.text[line_start(file, start - 1) : start].strip() if start else ""
    if above in ("", "---"):
        while end < len(file.text) and not file.text[end : next_line(file, end)].strip():
            end = next_line(file, end)
    return end


def trimmed_end(text: str, start: int, end: int) -> int:
    """The end of a stretch without the blanks at its end."""
    while end > start and text[end - 1] in " \t":
        end -= 1
    return end


def past_properties(file: SourceFile, offset: int) -> int:
    """Past the anchor and the tag that stand behind a colon, if there are any."""
    found = _PROPERTIES.match(file.text, offset)
    return found.end() if found else offset


def rest_is_blank(file: SourceFile, offset: int) -> bool:
    """Whether nothing but white space and a comment stands up to the end of the line."""
    return _BLANK_OR_COMMENT.match(file.text, offset) is not None


def skip_blank(text: str, offset: int, end: int) -> int:
    """The next offset, from one outside scalars, that is neither white space nor comment; `end` where there is none."""
    while offset < end:
        character = text[offset]
        if character == "#" and (offset == 0 or text[offset - 1] in " \t\r\n"):
            while offset < end and text[offset] not in "\r\n":
                offset += 1
        elif character in " \t\r\n":
            offset += 1
        else:
            return offset
    return end


def own_comment_between(file: SourceFile, start: int, end: int) -> int | None:
    """The offset of the first comment between two places that has a line of its own."""
    for offset in _comment_starts(file, start, end):
        if not file.text[line_start(file, offset) : offset].strip():
            return offset
    return None


def has_comment(file: SourceFile, start: int, end: int) -> bool:
    """Whether a comment begins between two places."""
    return "#" in file.text[start:end] and bool(_comment_starts(file, start, end))


def _comment_starts(file: SourceFile, start: int, end: int) -> list[int]:
    found: list[int] = []
    comments = file.comments
    low, high = 0, len(comments)
    while low < high:
        middle = (low + high) // 2
        if comments[middle].start < start:
            low = middle + 1
        else:
            high = middle
    while low < len(comments) and comments[low].start < end:
        found.append(comments[low].start)
        low += 1
    return found


def bare_start(node: Node) -> int:
    """Where the value itself begins: after its tag and anchor."""
    text, offset = node.file.text, node.start
    if node.style == "*" or (node.tag is None and node.anchor is None):
        return offset
    while offset < node.end and text[offset] in "&!":
        while offset < node.end and text[offset] not in " \t\r\n,[]{}":
            offset += 1
        offset = skip_blank(text, offset, node.end)
    return offset


def is_empty(node: Node) -> bool:
    """A null that is not written at all."""
    return node.value is None and bare_start(node) >= node.end
