"""Edits of flow mappings and sequences, `{…}` and `[…]`, JSON among them, on one line or on several."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from composeguard.fix.edits import Edit
from composeguard.fix.index import Spot
from composeguard.fix.refusal import Postponed, Refusal
from composeguard.fix.text import (
    bare_start,
    has_comment,
    line_end,
    line_start,
    next_line,
    own_comment_between,
    rest_is_blank,
    skip_blank,
)
from composeguard.source.file import SourceFile
from composeguard.source.regex import regex

_COMMA_GAP = regex(r",[ \t]*")


class _Part(Struct, frozen=True):
    start: int
    end: int


def is_json(spot: Spot) -> bool:
    """Whether the flow collection, or one that holds it, writes its keys in double quotes."""
    for holder in spot.upward():
        value = holder.node.value
        if holder.node.style == "flow" and isinstance(value, dict) and value:
            return holder.node.file.text[next(iter(value.values())).key_start] == '"'
    return spot.node.file.text.lstrip()[:1] in ("{", "[") and '"' in spot.node.file.text


def colon(spot: Spot, default: str = ": ") -> str:
    """What stands between a key and its value in this mapping."""
    node = spot.node
    if isinstance(node.value, dict) and node.value:
        first = next(iter(node.value.values()))
        between = node.file.text[first.key_end : first.start]
        if re.fullmatch(r"\s?:[ \t]*", between):
            return between
    return default


def edit_flow(
    spot: Spot, removed: set[str | int], added: Mapping[str | int | None, Sequence[str]], order: int
) -> list[Edit]:
    """The edits that take children away and put texts in. `added` holds texts by the child that they follow.

    Raises:
        Refusal: a comment stands in the way.
        Postponed: both at once, where they meet.
    """
    parts = _parts(spot)
    names = list(parts)
    kept = [name for name in names if name not in removed]
    edits = _removals(spot, names, parts, removed, order)
    joined: dict[str | int | None, list[str]] = {}
    for name, texts in added.items():
        anchor = name if name in kept else kept[-1] if kept else None
        joined.setdefault(anchor, []).extend(texts)
    for anchor, texts in joined.items():
        if anchor is None:
            edits.extend(_into_empty(spot, texts, bool(names), order))
        else:
            edits.extend(_insertions(spot, names, parts, anchor, texts, order))
            if removed and anchor != names[-1] and names[names.index(anchor) + 1] in removed and _on_lines(spot, parts):
                raise Postponed("another change touches the same text")
    return edits


def _parts(spot: Spot) -> dict[str | int, _Part]:
    node = spot.node
    if isinstance(node.value, dict):
        return {key: _Part(child.key_start, max(child.key_end, child.end)) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return {number: _Part(child.start, child.end) for number, child in enumerate(node.value)}
    raise Refusal("the collection could not be read")


def _on_lines(spot: Spot, parts: Mapping[str | int, _Part]) -> bool:
    """Whether the children stand on lines of their own."""
    first = next(iter(parts.values()), None)
    if first is None:
        return False
    between = spot.node.file.text[bare_start(spot.node) : first.start]
    return "\n" in between or "\r" in between


def _comma(file: SourceFile, offset: int, end: int) -> int | None:
    """The offset of the comma after a child; None where there is none."""
    offset = skip_blank(file.text, offset, end)
    return offset if file.text[offset : offset + 1] == "," and offset < end else None


def _into_empty(spot: Spot, texts: Sequence[str], had_children: bool, order: int) -> list[Edit]:
    node = spot.node
    start = bare_start(node) + 1
    inner = node.file.text[start : node.end - 1]
    text = ", ".join(texts)
    if had_children or inner.strip() or "\n" in inner or "\r" in inner:
        return [Edit(start, start, text, 0, order)]
    pad = " " if inner else ""
    return [Edit(start, node.end - 1, f"{pad}{text}{pad}", 0, order)]


def _insertions(
    spot: Spot,
    names: Sequence[str | int],
    parts: Mapping[str | int, _Part],
    anchor: str | int,
    texts: Sequence[str],
    order: int,
) -> list[Edit]:
    file, close = spot.node.file, spot.node.end - 1
    part = parts[anchor]
    comma = _comma(file, part.end, close)
    begin = comma + 1 if comma is not None else part.end
    if _on_lines(spot, parts) and rest_is_blank(file, begin):
        start = line_start(file, part.start)
        lead = file.text[start : part.start]
        indent = lead[: len(lead) - len(lead.lstrip(" \t"))]
        end = line_end(file, begin)
        newline = file.text[end : next_line(file, end)] or file.newline
        lines = f",{newline}{indent}".join(texts)
        after = "," if comma is not None else ""
        new = Edit(end, end, f"{newline}{indent}{lines}{after}", 0, order)
        return [new] if comma is not None else [Edit(part.end, part.end, ",", 0, order), new]
    separator = _separator(file, names, parts)
    if has_comment(file, part.end, begin):
        raise Refusal("a comment stands between the value and its comma")
    return [Edit(part.end, part.end, "".join(separator + text for text in texts), 0, order)]


def _separator(file: SourceFile, names: Sequence[str | int], parts: Mapping[str | int, _Part]) -> str:
    if len(names) > 1:
        between = file.text[parts[names[0]].end : parts[names[1]].start]
        if _COMMA_GAP.fullmatch(between):
            return between
    return ", "


def _removals(
    spot: Spot, names: Sequence[str | int], parts: Mapping[str | int, _Part], removed: set[str | int], order: int
) -> list[Edit]:
    """Runs of removed children, each with one comma."""
    edits: list[Edit] = []
    position = 0
    while position < len(names):
        if names[position] not in removed:
            position += 1
            continue
        begin = position
        while position < len(names) and names[position] in removed:
            position += 1
        if position == len(names):
            edits.extend(_remove_last(spot, names, parts, begin, order))
        else:
            edits.append(
                _remove_inner(spot, parts[names[begin]], parts[names[position - 1]], parts[names[position]], order)
            )
    return edits


def _remove_inner(spot: Spot, first: _Part, last: _Part, following: _Part, order: int) -> Edit:
    """From the first removed child up to the next one, or to the comments that stand above that."""
    file = spot.node.file
    comment = own_comment_between(file, last.end, following.start)
    return Edit(first.start, following.start if comment is None else comment, "", 0, order)


def _remove_last(
    spot: Spot, names: Sequence[str | int], parts: Mapping[str | int, _Part], begin: int, order: int
) -> list[Edit]:
    file, close = spot.node.file, spot.node.end - 1
    first, last = parts[names[begin]], parts[names[-1]]
    trailing = _comma(file, last.end, close)
    if begin == 0:
        return [Edit(first.start, last.end if trailing is None else trailing + 1, "", 0, order)]
    before = parts[names[begin - 1]].end
    comma = _comma(file, before, first.start)
    if comma is None:
        raise Refusal("the collection is not written as it is understood")
    gap = file.text[before : first.start]
    end = last.end if trailing is None else trailing + 1
    edits = [Edit(comma, comma + 1, "", 0, order)] if trailing is None else []
    if "\n" not in gap and "\r" not in gap:
        return [Edit(before, last.end, "", 0, order)]
    start = line_start(file, first.start)
    if file.text[start : first.start].strip():
        return [*edits, Edit(first.start, end, "", 0, order)]
    if rest_is_blank(file, end) and line_end(file, end) < close:
        return [*edits, Edit(start, next_line(file, end), "", 0, order)]
    if not has_comment(file, before, first.start):
        return [*edits, Edit(comma + 1, end, "", 0, order)]
    return [*edits, Edit(first.start, end, "", 0, order)]
