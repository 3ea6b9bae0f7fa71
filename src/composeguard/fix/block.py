"""Edits of block mappings and sequences: whole lines go, and whole lines come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from composeguard.fix.belongs import Entry, Owned, with_own_comments
from composeguard.fix.edits import Edit
from composeguard.fix.index import Spot
from composeguard.fix.refusal import Postponed, Refusal
from composeguard.fix.text import (
    bare_start,
    column,
    line_end,
    line_start,
    newline_near,
    next_line,
    own_comment_between,
    past_blank_lines,
    rest_is_blank,
    skip_blank,
    whole_lines,
)
from composeguard.source.file import SourceFile
from composeguard.source.node import Node


class Child(Struct, frozen=True):
    """An entry or item of a block collection: where its key or `-` stands, and its value."""

    start: int
    node: Node


def children(spot: Spot, wanted: Iterable[str | int] | None = None) -> dict[str | int, Child]:
    """The children of a block collection in order; of a sequence those `wanted`, for each needs a look at the text."""
    value = spot.node.value
    found: dict[str | int, Child] = {}
    if isinstance(value, dict):
        for key, node in value.items():
            found[key] = Child(node.key_start, node)
    elif isinstance(value, list):
        numbers = range(len(value)) if wanted is None else wanted
        for number in numbers:
            if isinstance(number, int):
                before = value[number - 1].end if number else bare_start(spot.node)
                found[number] = Child(_dash(spot.node, before, value[number].start), value[number])
    return found


def _dash(sequence: Node, after: int, before: int) -> int:
    text = sequence.file.text
    offset = skip_blank(text, after, before + 1)
    if not text.startswith("-", offset):
        raise Refusal("the item is written in a way that is not understood")
    return offset


def keys_column(spot: Spot) -> int:
    """The column at which the entries of a block mapping, or the `-` of a block sequence, stand."""
    value = spot.node.value
    first = next(iter(value.values())).key_start if isinstance(value, dict) else children(spot, (0,))[0].start
    return column(spot.node.file, first)


def tail(node: Node) -> int:
    """Where the line after an entry begins; after the blank lines that belong to a `|+` scalar."""
    file = node.file
    offset = next_line(file, max(node.end, node.key_end))
    leaf = _last_leaf(node)
    if leaf.style in ("|", ">") and "+" in file.text[leaf.start : line_end(file, leaf.start)]:
        while offset < len(file.text) and not file.text[offset : line_end(file, offset)].strip():
            offset = next_line(file, offset)
    return offset


def _last_leaf(node: Node) -> Node:
    while node.style == "block" and node.value:
        value = node.value
        if isinstance(value, dict):
            node = next(reversed(value.values()))
        elif isinstance(value, list):
            node = value[-1]
        else:
            break
    return node


def after(node: Node, at_least: int) -> int:
    """Where a new entry goes behind this one: past the comment lines below it that stand at `at_least` or deeper."""
    file = node.file
    offset = tail(node)
    while offset < len(file.text):
        end = line_end(file, offset)
        line = file.text[offset:end]
        bare = line.lstrip(" ")
        if not bare.startswith("#") or len(line) - len(bare) < at_least:
            break
        offset = next_line(file, offset)
    return offset


def ends_open(node: Node, offset: int) -> bool:
    """Whether a block scalar ends the text without a newline: one behind it would become part of its value."""
    file = node.file
    return offset == len(file.text) and not file.text.endswith(("\n", "\r")) and _last_leaf(node).style in ("|", ">")


def before(node: Node) -> int:
    """The start of the line of an entry's key.

    Raises:
        Refusal: something else stands before it on the line.
    """
    start = line_start(node.file, node.key_start)
    if node.file.text[start : node.key_start].strip(" "):
        raise Refusal("the text ends in a block scalar without a newline")
    return start


def insertion(file: SourceFile, offset: int, lines: Sequence[str], depth: int, order: int) -> Edit:
    """Lines put in at the start of a line, or behind a last line that has no newline."""
    newline = newline_near(file, offset)
    if offset == len(file.text) and not file.text.endswith(("\n", "\r")):
        return Edit(offset, offset, "".join(newline + line for line in lines), depth, order)
    return Edit(offset, offset, "".join(line + newline for line in lines), depth, order)


def removals(spot: Spot, removed: set[str | int], order: int) -> list[Edit]:
    """The edits that take children away, each with its lines and the comments on them.

    Raises:
        Refusal: an entry is not written on lines of its own (`? key`).
    """
    file = spot.node.file
    value = spot.node.value
    names: list[str | int] = list(value) if isinstance(value, dict) else list(range(_length(value)))
    edits: list[Edit] = []
    kept = next((position for position, name in enumerate(names) if name not in removed), None)
    if kept is None:
        raise Postponed("nothing would be left of the collection")
    places = children(spot, removed | {names[0], names[kept]})
    first = places[names[0]]
    begin = 0
    if file.text[line_start(file, first.start) : first.start].strip() and kept:
        edits.append(_compact(file, first, places[names[kept]], list(_nodes(value))[kept - 1], order))
        begin = kept
    following: Owned | None = None
    for name in reversed(names[begin:]):
        if name not in removed:
            following = None
            continue
        following = with_own_comments(_entry(spot, places[name], name), following)
        start, end = whole_lines(file, following.start, following.end)
        edits.append(Edit(start, past_blank_lines(file, start, end), "", 0, order))
    return edits


def _entry(spot: Spot, child: Child, name: str | int) -> Entry:
    """An entry that is removed, as the comments around it see it."""
    file, value = spot.node.file, spot.node.value
    _check_lines(child.node, child.start)
    return Entry(
        file,
        start=child.start,
        end=tail(child.node),
        is_item=isinstance(name, int),
        is_first=name == (next(iter(value)) if isinstance(value, dict) else 0),
        words=[text for text in (name, child.node.value) if isinstance(text, str)],
    )


def _compact(file: SourceFile, first: Child, following: Child, last: Node, order: int) -> Edit:
    """The first entry stands behind a `-`: what follows moves up to it."""
    prefix = file.text[line_start(file, first.start) : first.start].strip(" ")
    if prefix.strip("- ") or file.text[following.start - 1 : following.start] == "?":
        raise Refusal("the entry does not stand on lines of its own")
    comment = own_comment_between(file, tail(last), following.start)
    return Edit(first.start, following.start if comment is None else comment, "", 0, order)


def lines_of(node: Node, begin: int, order: int) -> Edit:
    """Take away all lines of a value, from the one on which it begins.

    Raises:
        Refusal: something else stands on the first or the last of them.
    """
    _check_lines(node, begin)
    return Edit(*whole_lines(node.file, line_start(node.file, begin), tail(node)), "", 0, order)


def _check_lines(node: Node, begin: int) -> None:
    file = node.file
    if file.text[line_start(file, begin) : begin].strip(" ") or not rest_is_blank(file, max(node.end, node.key_end)):
        raise Refusal("the entry does not stand on lines of its own")


def _nodes(value: object) -> Iterable[Node]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0
