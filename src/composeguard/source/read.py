"""A `SourceFile` from bytes: one pass over the YAML events builds values and places together.

libyaml's events are the fastest source of positions in Python; PyYAML's own parser gives the same events where the
C extension is missing. The composer is ours because PyYAML's refuses redefined anchors, hides duplicate keys and
resolves scalars otherwise than the Compose reference does.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import yaml
from yaml.events import AliasEvent, DocumentStartEvent, StreamEndEvent

from composeguard.source.collector import collector_off
from composeguard.source.decode import decode
from composeguard.source.events import Event, EventSource, libyaml_events
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.limits import DEFAULT, Limits
from composeguard.source.node import Node
from composeguard.source.scalars import RESOLVABLE_STARTS, Scalar, ScalarError, resolve_plain, resolve_tagged

_TRAILING_BLANK = " \t\r\n\x85\u2028\u2029"
_BLOCKS = frozenset("|>")
_LIBRARY_DEPTH = "nesting depth"
"""libyaml from 0.2.6 on has a limit of its own (1,000), and its scanner may reach that before we see an event."""
MERGE_KEY = "<<"


def read_source(
    uri: str,
    data: bytes,
    *,
    path: str = "",
    limits: Limits = DEFAULT,
    events: Callable[[str], AbstractContextManager[EventSource]] = libyaml_events,
) -> SourceFile:
    """Decode and parse one file.

    Raises:
        SourceError: it is not text, not YAML, holds a duplicate key, or is beyond the limits.
    """
    file = decode(uri, data, path=path, limits=limits)
    with collector_off(), events(file.text) as source:
        file.documents = tuple(_Composer(file, limits, source).documents())
    return file


class _Anchor:
    """A named node; `node` is None while it is being read, so that a reference to itself is seen."""

    __slots__ = ("height", "node", "size")

    def __init__(self) -> None:
        self.node: Node | None = None
        self.size = 1
        """Nodes after expansion."""
        self.height = 0
        """Levels of collections in it, those of its aliases included."""


class _Composer:
    """Builds the nodes of one file. Counts what aliases would add, before anything is expanded.

    Most events are scalars without anchor and tag: `_entries` and `_items` build those where they stand, because a
    call for each costs more than what it does. Nodes are counted when their collection ends.
    """

    def __init__(self, file: SourceFile, limits: Limits, events: EventSource) -> None:
        self.file = file
        self.limits = limits
        self.next = events.get_event
        self.kinds = events.kinds
        self.scalar = events.kinds.scalar
        self.anchors: dict[str, _Anchor] = {}
        self.specials = 0
        """Aliases, tags and merge keys so far; see `SourceFile.special`."""
        self.names: dict[str, str] = {}
        """Keys that are texts however they are written: the same ones come again and again, and are kept once."""
        self.depth = 0
        self.deepest = 0
        """The deepest level since the innermost open anchor began, aliases followed."""
        self.count = 0
        """Nodes written so far, keys included."""
        self.added = 0
        """Nodes that aliases add to those."""

    def documents(self) -> list[Node]:
        try:
            return self._documents()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = error.problem or error.context or "not YAML"
            if error.context and error.problem:
                problem = f"{error.problem} ({error.context})"
            start = min(mark.index, len(self.file.text)) if mark else 0
            if _LIBRARY_DEPTH in problem:
                raise self._too_deep(start) from None
            raise SourceError(f"not YAML: {problem}", self.file, start) from None
        except yaml.YAMLError as error:
            raise SourceError(f"not YAML: {error}", self.file) from None

    def _too_deep(self, start: int) -> SourceError:
        return SourceError(f"nested deeper than {self.limits.depth} levels", self.file, start)

    def _documents(self) -> list[Node]:
        roots: list[Node] = []
        while True:
            event = self.next()
            kind: type[object] = type(event)
            if kind is DocumentStartEvent:
                self.anchors = {}
                roots.append(self._node(self.next(), -1, -1))
            elif kind is StreamEndEvent:
                return roots

    def _node(self, event: Event, key_start: int, key_end: int) -> Node:
        kind: type[object] = type(event)
        if kind is AliasEvent:
            return self._alias(event, key_start, key_end)
        if event.anchor is not None:
            return self._anchored(event, event.anchor, key_start, key_end)
        return (self._scalar if kind is self.scalar else self._collection)(event, key_start, key_end)

    def _anchored(self, event: Event, name: str, key_start: int, key_end: int) -> Node:
        anchor = self.anchors[name] = _Anchor()
        kind: type[object] = type(event)
        if kind is self.scalar:
            node = anchor.node = self._scalar(event, key_start, key_end)
            return node
        outer, self.deepest = self.deepest, self.depth + 1
        before = self.count + self.added
        node = anchor.node = self._collection(event, key_start, key_end)
        anchor.size = self.count + self.added - before + 1
        anchor.height = self.deepest - self.depth
        self.deepest = max(outer, self.deepest)
        return node

    def _scalar(self, event: Event, key_start: int, key_end: int) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        style, tag, text = event.style or "", event.tag, event.value
        value: Scalar = text
        if tag is not None:
            if tag.startswith("!"):
                self._special(start)
            value = self._tagged(tag, text, start, end)
        elif not style:
            value = resolve_plain(text)
        if style in _BLOCKS:
            end = start + len(self.file.text[start:end].rstrip(_TRAILING_BLANK))
        return Node(value, self.file, start, end, key_start, key_end, style, tag, event.anchor)

    def _collection(self, event: Event, key_start: int, key_end: int) -> Node:
        """A block collection ends where its last leaf does: the parser's mark is past trailing comments."""
        start = event.start_mark.index
        if self.depth >= self.limits.depth:
            raise self._too_deep(start)
        specials = self.specials
        if event.tag is not None and event.tag.startswith("!"):
            self._special(start)
        self.depth += 1
        if self.depth > self.deepest:
            self.deepest = self.depth
        value: dict[str, Node] | list[Node]
        kind: type[object] = type(event)
        if kind is self.kinds.mapping_start:
            value = {}
            closing, last = self._entries(value)
            self.count += 2 * len(value)
        else:
            value = []
            closing = self._items(value)
            last = value[-1] if value else None
            self.count += len(value)
        if self.count > self.limits.nodes:
            raise SourceError(f"more than {self.limits.nodes:,} values", self.file, start)
        self.depth -= 1
        if self.specials != specials:
            self.file.special.add(start)
        if event.flow_style:
            end, style = closing.end_mark.index, "flow"
        else:
            end, style = start, "block"
            if last is not None:
                # The end of an empty value is before that of its key.
                end = last.end if last.end > last.key_end else last.key_end
                end = start if start > end else end
        return Node(value, self.file, start, end, key_start, key_end, style, event.tag, event.anchor)

    def _entries(self, entries: dict[str, Node]) -> tuple[Event, Node | None]:
        """Read a mapping up to the event that ends it; that and the last value come back."""
        file, following, names, kinds = self.file, self.next, self.names, self.kinds
        scalar, ended, mapping, sequence = kinds.scalar, kinds.mapping_end, kinds.mapping_start, kinds.sequence_start
        last: Node | None = None
        while True:
            key = following()
            kind: type[object] = type(key)
            if kind is ended:
                return key, last
            start, end = key.start_mark.index, key.end_mark.index
            name: str | None
            if kind is scalar and key.anchor is None and key.tag is None:
                name = key.value
                if (known := names.get(name)) is not None:
                    name = known
                elif name[:1] not in RESOLVABLE_STARTS:
                    names[name] = name
                elif not key.style:
                    name = _plain_key(name)
            else:
                name = self._key(key)
            item = following()
            item_kind: type[object] = type(item)
            if (
                item_kind is scalar
                and item.anchor is None
                and item.tag is None
                and (style := item.style) not in _BLOCKS
            ):
                text = item.value
                value = Node(
                    text if style or text[:1] not in RESOLVABLE_STARTS else resolve_plain(text),
                    file,
                    item.start_mark.index,
                    item.end_mark.index,
                    start,
                    end,
                    style or "",
                )
            elif (item_kind is mapping or item_kind is sequence) and item.anchor is None:
                value = self._collection(item, start, end)
            else:
                value = self._node(item, start, end)
            if name == MERGE_KEY and not key.style:
                self._special(value.start)
            if name is None:
                self.count += 2
                file.problems.append(SourceError("a key must be a string", file, start, end))
            elif name in entries:
                first = file.line_of(entries[name].key_start)
                raise SourceError(f'duplicate key "{name}", first on line {first}', file, start, end)
            else:
                entries[name] = last = value

    def _items(self, items: list[Node]) -> Event:
        """Read a sequence up to the event that ends it."""
        file, following, scalar, ended = self.file, self.next, self.scalar, self.kinds.sequence_end
        while True:
            item = following()
            kind: type[object] = type(item)
            if kind is ended:
                return item
            if kind is scalar and item.anchor is None and item.tag is None and (style := item.style) not in _BLOCKS:
                text = item.value
                value = text if style or text[:1] not in RESOLVABLE_STARTS else resolve_plain(text)
                items.append(Node(value, file, item.start_mark.index, item.end_mark.index, -1, -1, style or ""))
            else:
                items.append(self._node(item, -1, -1))

    def _key(self, event: Event) -> str | None:
        """The text of a key with an anchor or a tag, or that is no scalar; None where it is no string."""
        kind: type[object] = type(event)
        if kind is self.scalar and (event.style or event.value == MERGE_KEY):
            if event.anchor is not None:
                self._node(event, -1, -1)
            return event.value
        node = self._node(event, -1, -1)
        return node.value if isinstance(node.value, str) else None

    def _alias(self, event: Event, key_start: int, key_end: int) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        self._special(start)
        anchor = self.anchors.get(event.anchor or "")
        if anchor is None:
            raise SourceError(f'undefined alias "{event.anchor}"', self.file, start, end)
        if anchor.node is None:
            raise SourceError(f'anchor "{event.anchor}" contains itself', self.file, start, end)
        self.deepest = max(self.deepest, self.depth + anchor.height)
        if self.deepest > self.limits.depth:
            raise SourceError(f"aliases nest deeper than {self.limits.depth} levels", self.file, start, end)
        self.added += anchor.size - 1
        if self.added > self.limits.expanded:
            message = f"aliases expand to more than {self.limits.expanded:,} values"
            raise SourceError(message, self.file, start, end)
        target = anchor.node
        return Node(target.value, self.file, start, end, key_start, key_end, "*", target.tag, event.anchor)

    def _special(self, start: int) -> None:
        self.specials += 1
        self.file.special.add(start)

    def _tagged(self, tag: str, text: str, start: int, end: int) -> Scalar:
        if not tag.startswith("tag:yaml.org,2002:"):
            # A local tag leaves a text, whatever it looks like; `!reset` and `!override` are read from `Node.tag`.
            return text
        try:
            return resolve_tagged(tag, text)
        except ScalarError as error:
            raise SourceError(str(error), self.file, start, end) from None


def _plain_key(text: str) -> str | None:
    value = text if text == MERGE_KEY else resolve_plain(text)
    return value if isinstance(value, str) else None
