"""Text edits and their splicing."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from composeguard.fix.refusal import Postponed


class Edit(Struct, frozen=True):
    """`text[start:end]` becomes `replacement`; code points. `depth` orders insertions at one place: what stands
    deeper ends first. `order` is that of the operations."""

    start: int
    end: int
    replacement: str
    depth: int = 0
    order: int = 0


def arrange(edits: Iterable[Edit]) -> list[Edit]:
    """The edits in the order of the text. Deletions may overlap and become one.

    Raises:
        Postponed: a replacement overlaps another edit.
    """
    arranged: list[Edit] = []
    for edit in sorted(edits, key=lambda each: (each.start, each.end, -each.depth, each.order)):
        last = arranged[-1] if arranged else None
        if last is None or edit.start >= last.end:
            if edit.start == edit.end and not edit.replacement:
                continue
            arranged.append(edit)
        elif not last.replacement and not edit.replacement:
            arranged[-1] = Edit(last.start, max(last.end, edit.end), "", last.depth, last.order)
        else:
            raise Postponed("another change touches the same text")
    return arranged


def splice(text: str, edits: Iterable[Edit]) -> str:
    """The text after arranged edits, in one pass."""
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces.append(text[position : edit.start])
        pieces.append(edit.replacement)
        position = edit.end
    pieces.append(text[position:])
    return "".join(pieces)
