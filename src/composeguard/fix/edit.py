"""Operations as changes of text: the second of their two readings, in the file's own style.

All operations of one file are compiled together against one parse, so that what meets (several keys at the end of one
mapping, several items of one list) is seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct, field

from composeguard.engine.fix import Append, Operation, Plain, Remove, RemoveComment, Rename, Set
from composeguard.fix import block, flow
from composeguard.fix.data import from_plain, read_data, same
from composeguard.fix.edits import Edit
from composeguard.fix.index import SourceIndex, Spot
from composeguard.fix.place import neighbour
from composeguard.fix.refusal import Refusal
from composeguard.fix.remark import removal
from composeguard.fix.render import below_lines, entry_lines, flow_text, item_lines, key_text, quoted, scalar_text
from composeguard.fix.render import is_ambiguous as looks_ambiguous
from composeguard.fix.style import Style, beside, learn
from composeguard.fix.text import bare_start, column, has_comment, is_empty, next_line, past_properties, skip_blank
from composeguard.source.node import Node, Path


class Change(Struct, frozen=True):
    """One operation on one document of a file."""

    document: int
    operation: Operation


class _Site(Struct):
    """What happens to the children of one collection."""

    spot: Spot
    removed: set[str | int] = field(default_factory=set)
    added: list[tuple[int, str | None, Plain]] = field(default_factory=list)
    """Order, key (None for an item) and value."""
    order: int = 0


class Editor:
    """Compiles changes of one file."""

    def __init__(self, index: SourceIndex) -> None:
        self.index = index
        self.file = index.file
        self._style: Style | None = None
        self._quotes: dict[Spot, str] = {}
        self._lines: dict[tuple[str, str, int, Style, str], list[str]] = {}

    @property
    def style(self) -> Style:
        if self._style is None:
            self._style = learn(self.index)
        return self._style

    def compile(self, changes: Sequence[Change]) -> list[Edit]:
        """The edits of all changes, unordered.

        Raises:
            Refusal: a change has no minimal edit here. `Postponed` if it is only in the way of another one.
        """
        edits: list[Edit] = []
        sites: dict[Spot, _Site] = {}
        for order, change in enumerate(changes):
            operation = change.operation
            with _blaming(operation.path):
                if isinstance(operation, RemoveComment):
                    edits.append(removal(self.file, operation, order))
                    continue
                spot = self.index.at(change.document, operation.path)
                if isinstance(operation, Set) and spot is not None:
                    edits.extend(self._replace(spot, operation.value, order))
                elif isinstance(operation, Rename) and spot is not None:
                    edits.append(self._rename(spot, operation.name, order))
                else:
                    self._collect(change, spot, sites, order)
        for site in sites.values():
            with _blaming(site.spot.path):
                if site.spot.node.style == "flow":
                    edits.extend(self._flow_site(site))
                else:
                    edits.extend(self._block_site(site))
        return edits

    def _collect(self, change: Change, spot: Spot | None, sites: dict[Spot, _Site], order: int) -> None:
        operation = change.operation
        holder = spot if isinstance(operation, Append) else self._parent(change.document, operation.path)
        if holder is None or holder.is_alias or not isinstance(holder.node.value, dict | list):
            raise Refusal("nothing stands at the path of the change")
        site = sites.setdefault(holder, _Site(holder, order=order))
        if isinstance(operation, Remove) and spot is not None:
            site.removed.add(operation.path[-1])
        elif isinstance(operation, Append) and isinstance(holder.node.value, list):
            site.added.append((order, None, operation.value))
        elif isinstance(operation, Set) and isinstance(holder.node.value, dict) and isinstance(operation.path[-1], str):
            site.added.append((order, operation.path[-1], operation.value))
        else:
            raise Refusal("nothing stands at the path of the change")

    def _parent(self, document: int, path: Path) -> Spot | None:
        return self.index.at(document, path[:-1]) if path else None

    # Collections ------------------------------------------------------------------------------------------------

    def _block_site(self, site: _Site) -> list[Edit]:
        spot = site.spot
        edits = block.removals(spot, site.removed, site.order) if site.removed else []
        if not site.added:
            return edits
        indent = block.keys_column(spot)
        value = spot.node.value
        if isinstance(value, dict):
            kept = {name: node for name, node in value.items() if name not in site.removed}
            style = beside(self.style, spot)
            key_like = _key_like(next(iter(value.values())))
            last, end = next(reversed(kept)), next(reversed(value))
            offsets: dict[str, int] = {}
            for order, name, new in site.added:
                near = neighbour(name or "", kept) or last
                if near not in offsets:
                    deep = indent if near == last and near == end else indent + 1
                    offset = block.after(kept[near], deep)
                    offsets[near] = block.before(kept[near]) if block.ends_open(kept[near], offset) else offset
                lines = self._entry_lines(name or "", new, indent, style, key_like)
                edits.append(block.insertion(self.file, offsets[near], lines, indent, order))
        elif isinstance(value, list):
            edits.extend(self._items(site, value, indent))
        return edits

    def _entry_lines(self, name: str, value: Plain, indent: int, style: Style, key_like: str) -> list[str]:
        """The lines of a new entry, which many services get."""
        key = (name, repr(value), indent, style, key_like)
        lines = self._lines.get(key)
        if lines is None:
            lines = self._lines[key] = entry_lines(name, value, indent, style, key_like=key_like)
        return lines

    def _items(self, site: _Site, value: list[Node], indent: int) -> list[Edit]:
        spot = site.spot
        number = next(number for number in range(len(value) - 1, -1, -1) if number not in site.removed)
        last = block.children(spot, (number,))[number]
        gap = self.file.text[last.start + 1 : last.node.start]
        if gap.strip(" ") or not gap:
            gap = " "
        like = self._list_quote(spot)
        # The comments below a list without indentation are as deep as its items, and belong to the next key.
        parent = spot.node.key_start
        hanging = parent >= 0 and column(self.file, parent) == indent
        offset = block.after(last.node, indent + 1 if hanging else indent)
        style = Style(self.style.indent, self.style.sequence, self.style.quote)
        return [
            block.insertion(self.file, offset, item_lines(new, indent, style, like=like, gap=gap), indent + 1, order)
            for order, _, new in site.added
        ]

    def _flow_site(self, site: _Site) -> list[Edit]:
        spot = site.spot
        as_json = flow.is_json(spot)
        value = spot.node.value
        added: dict[str | int | None, list[str]] = {}
        for _, name, new in site.added:
            if name is None and isinstance(value, list):
                like = self._list_quote(spot)
                text = flow_text(new, self.style, like=like, as_json=as_json)
                added.setdefault(len(value) - 1 if value else None, []).append(text)
            elif name is not None and isinstance(value, dict):
                key_like = '"' if as_json else _key_like(next(iter(value.values()))) if value else ""
                key = key_text(name, like=key_like, flow=True)
                text = f"{key}{flow.colon(spot)}{flow_text(new, self.style, as_json=as_json)}"
                near = neighbour(name, value) or next(reversed(value), None)
                added.setdefault(near, []).append(text)
        return flow.edit_flow(spot, site.removed, added, site.order)

    # Values -----------------------------------------------------------------------------------------------------

    def _replace(self, spot: Spot, value: Plain, order: int) -> list[Edit]:
        """Put a value in the place of one that is there."""
        node = spot.node
        if spot.parent is None:
            raise Refusal("a whole document cannot be changed")
        if same(read_data(node), from_plain(value)) and not _quoting(node):
            return []
        if is_empty(node):
            return self._fill(spot, value, order)
        start = bare_start(node)
        if has_comment(self.file, start, block.tail(node) if node.style == "block" else node.end):
            raise Refusal("a comment stands inside the value that would be replaced")
        if (
            isinstance(value, dict | list)
            and value
            and not spot.in_flow
            and node.key_start >= 0
            and node.style != "flow"
        ):
            return self._replace_by_block(spot, value, order)
        if node.style == "block" and not spot.in_flow and node.key_start >= 0:
            at = past_properties(self.file, self._colon(node) + 1)
            return [Edit(at, at, " " + self._inline(spot, value), 0, order), block.lines_of(node, start, order)]
        return [Edit(start, node.end, self._inline(spot, value), 0, order)]

    def _replace_by_block(self, spot: Spot, value: dict[str, Plain] | list[Plain], order: int) -> list[Edit]:
        node = spot.node
        at = self._colon(node)
        start = bare_start(node)
        if node.anchor is not None and node.style != "*":
            raise Refusal("the value that would be replaced has an anchor")
        lines = below_lines(value, column(self.file, node.key_start), self._style_for(spot))
        # Deeper than a new sibling, which can come in at the same place.
        depth = column(self.file, node.key_start) + 1
        if node.style == "block":
            old = block.lines_of(node, start, order)
            return [old, block.insertion(self.file, old.end, lines, depth, order)]
        new = block.insertion(self.file, next_line(self.file, node.end), lines, depth, order)
        return [Edit(at + 1, node.end, "", 0, order), new]

    def _fill(self, spot: Spot, value: Plain, order: int) -> list[Edit]:
        """Give a value to `key:` or `-` that has none."""
        node = spot.node
        if node.tag is not None or node.anchor is not None:
            raise Refusal("the empty value has a tag or an anchor")
        if node.key_start < 0:
            return [Edit(node.end, node.end, " " + self._inline(spot, value), 0, order)]
        at = self._colon(node)
        if isinstance(value, dict | list) and value and not spot.in_flow:
            indent = column(self.file, node.key_start)
            lines = below_lines(value, indent, self._style_for(spot))
            return [block.insertion(self.file, next_line(self.file, at), lines, indent + 1, order)]
        return [Edit(at + 1, at + 1, " " + self._inline(spot, value), 0, order)]

    def _inline(self, spot: Spot, value: Plain) -> str:
        node = spot.node
        in_flow = spot.in_flow
        if isinstance(value, dict | list):
            return flow_text(value, self.style, as_json=in_flow and flow.is_json(spot))
        if isinstance(value, str) and in_flow and flow.is_json(spot):
            return quoted(value, '"')
        like = node.style if _is_text(node) and node.style in ("'", '"') else ""
        if not isinstance(node.value, str) and spot.parent is not None and isinstance(spot.parent.node.value, list):
            like = self._list_quote(spot.parent)
        return scalar_text(value, flow=in_flow, like=like, quote=self.style.quote)

    def _list_quote(self, spot: Spot) -> str:
        """The style of the last text in a list: a quote, or plain."""
        known = self._quotes.get(spot)
        if known is None:
            items = spot.node.value if isinstance(spot.node.value, list) else []
            known = self._quotes[spot] = next((node.style for node in reversed(items) if _is_text(node)), "")
        return known

    def _style_for(self, spot: Spot) -> Style:
        return beside(self.style, spot.parent) if spot.parent is not None else self.style

    def _colon(self, node: Node) -> int:
        text = self.file.text
        at = skip_blank(text, node.key_end, len(text))
        if text[at : at + 1] != ":":
            raise Refusal("the key has no colon")
        return at

    def _rename(self, spot: Spot, name: str, order: int) -> Edit:
        node = spot.node
        written = self.file.text[node.key_start : node.key_end]
        if node.key_start < 0 or written[:1] in "&!*":
            raise Refusal("only a plain key can be renamed")
        parent = spot.parent
        if parent is not None and isinstance(parent.node.value, dict) and name in parent.node.value:
            raise Refusal(f"there is a key `{name}` already")
        return Edit(node.key_start, node.key_end, key_text(name, like=_key_like(node), flow=spot.in_flow), 0, order)


@contextmanager
def _blaming(path: Path) -> Iterator[None]:
    """A refusal of many changes says which one is at fault."""
    try:
        yield
    except Refusal as refusal:
        raise type(refusal)(refusal.reason, (path,)) from None


def _key_like(node: Node) -> str:
    """The style of a key: its quote, or plain."""
    character = node.file.text[node.key_start : node.key_start + 1]
    return character if character in ("'", '"') else ""


def _is_text(node: Node) -> bool:
    return isinstance(node.value, str) and node.style in ("", "'", '"')


def _quoting(node: Node) -> bool:
    """Whether a value that stays the same is to be written in quotes: a string that other readers take for a number."""
    return isinstance(node.value, str) and node.style == "" and looks_ambiguous(node.value)
