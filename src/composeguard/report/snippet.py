"""A stretch of a file as a terminal shows it: its lines, and marks under the part that matters.

All positions are code points; everything here looks at a window of a line, so that the cost of a snippet does not
depend on the length of its line.
"""

from __future__ import annotations

from msgspec import Struct

from composeguard.report.cells import Cell, cells_of, total_width
from composeguard.report.likely import likely_secrets
from composeguard.report.secrets import Secrets
from composeguard.report.sensitive import without
from composeguard.report.stretches import merged
from composeguard.source.file import SourceFile

_LEFT_OUT = "..."
_MASK = Cell("****", 4)
_NOTHING = Cell("", 0)
_LEAST = 24
_CONTEXT = 400
"""Code points beside a window that are looked at for secrets that reach into it."""
_BLANK = " \t\r\n"


class Row(Struct, frozen=True):
    """A line of source (`number` from 1) and how its marks stand under it: `indent` cells, then `marks` of them.

    `gap` says that lines before this one are left out.
    """

    number: int
    text: str
    indent: int
    marks: int
    gap: bool = False


def snippet(
    file: SourceFile, start: int, end: int, *, width: int, secrets: Secrets, vouched: bool = True
) -> tuple[Row, ...]:
    """The rows for `start`..`end`: one, or the first and the last line of a longer stretch.

    `vouched`: a rule has said that what stands there is no secret.
    """
    keep = (start, end) if vouched and file.is_parsed else (0, 0)
    start, end = _trimmed(file.text, start, end)
    first, last = file.line_of(start), file.line_of(end)
    if first == last:
        return (_row(file, first, start, end, width, secrets, keep),)
    head = _row(file, first, start, file.line_end(first), width, secrets, keep)
    last_start = file.line_start(last)
    indented = last_start + _leading_blanks(file.text, last_start, end)
    tail = _row(file, last, indented, end, width, secrets, keep)
    return (head, Row(tail.number, tail.text, tail.indent, tail.marks, gap=last > first + 1))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without white space at the end: a block ends where the next token begins."""
    start = min(max(start, 0), len(text))
    end = min(max(end, start), len(text))
    while end > start and text[end - 1] in _BLANK:
        end -= 1
    return start, end


def _leading_blanks(text: str, start: int, end: int) -> int:
    position = start
    while position < end and text[position] in _BLANK:
        position += 1
    return position - start


def _row(file: SourceFile, line: int, start: int, end: int, width: int, secrets: Secrets, keep: tuple[int, int]) -> Row:
    """One line with `start`..`end` marked; what does not fit in `width` cells is left out on either side."""
    width = max(width, _LEAST)
    line_start, line_end = file.line_start(line), file.line_end(line)
    start, end = min(start, line_end), min(end, line_end)
    window_start = max(line_start, start - width)
    window_end = min(line_end, start + width)
    cells = masked_cells(file, window_start, window_end, keep, secrets)
    at = start - window_start
    left = 0
    if window_start > line_start or total_width(cells) > width or window_end < line_end:
        left, right = _fit(cells, at, min(end - window_start, len(cells)), width - 2 * len(_LEFT_OUT))
    else:
        right = len(cells)
    prefix = _LEFT_OUT if left or window_start > line_start else ""
    suffix = _LEFT_OUT if right < len(cells) or window_end < line_end else ""
    shown = cells[left:right]
    indent = len(prefix) + total_width(shown[: at - left])
    marks = total_width(shown[at - left : min(end - window_start, right) - left])
    return Row(line, prefix + "".join(cell.text for cell in shown) + suffix, indent, max(marks, 1))


def _fit(cells: list[Cell], start: int, end: int, width: int) -> tuple[int, int]:
    """The part of a line to show: from its start if the marked part fits then, else with a little of what precedes."""
    left = 0
    if total_width(cells[:end]) > width:
        left = start
        room = max(min(width // 3, width - total_width(cells[start:end])), 0)
        while left > 0 and room >= cells[left - 1].width:
            left -= 1
            room -= cells[left].width
        while 0 < left < start and cells[left].width == 0:
            left += 1
    right = left
    room = width
    while right < len(cells) and room >= cells[right].width:
        room -= cells[right].width
        right += 1
    return left, right


def masked_cells(file: SourceFile, start: int, end: int, keep: tuple[int, int], secrets: Secrets) -> list[Cell]:
    """The cells of a window, each secret stretch as one mask of a width that tells nothing.

    What is in `keep` is shown where only its place would speak against it.
    """
    cells = cells_of(file.text[start:end])
    # A window can begin inside a value: what stands before it on its line tells whether that is a secret.
    line = file.line_of(start)
    context = max(file.line_start(line), start - _CONTEXT)
    after = min(file.line_end(line), end + _CONTEXT)
    likely = [(context + first, context + last) for first, last in likely_secrets(file.text[context:after])]
    by_place = (part for span in secrets.by_place(file, start, end) for part in without(span, keep))
    again = secrets.again(file, context, end + _CONTEXT)
    stretches = merged((*secrets.within(file.uri, start, end), *likely, *by_place, *again))
    for secret_start, secret_end in stretches:
        if secret_end <= start or secret_start >= end:
            continue
        first, last = max(secret_start, start) - start, min(secret_end, end) - start
        indentation = _leading_blanks(file.text, first + start, last + start)
        first = min(first + indentation, last)
        cells[first:last] = [_MASK, *[_NOTHING] * (last - first - 1)] if last > first else []
    return cells
