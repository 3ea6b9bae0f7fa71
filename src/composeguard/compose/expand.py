"""Aliases, merge keys, `!reset` and `!override` of one document, taken out before anything looks at its values.

Most documents have none of these, as the reader has seen, and are given back as they are.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from composeguard.compose.diagnose import diagnose
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path, Via, Way
from composeguard.source.read import MERGE_KEY

RESET = "!reset"
OVERRIDE = "!override"
LIST_FORM = "!list"
"""Tag of a mapping that is a list of `KEY=VALUE` to the reference: `!reset` of a key does not reach into it."""


class Document(Struct, frozen=True):
    """One document without aliases and tags."""

    root: Node
    resets: tuple[Path, ...] = ()
    """What is to vanish from the model so far: the places of `!reset` and `!override`."""
    in_place: bool = True
    """Every value stands within the span of its parent: nothing came from an anchor."""


def expand(root: Node, report: Callable[[Diagnostic], None]) -> Document:
    """The document with aliases marked, merge keys merged, and tagged values removed or recorded."""
    if root.start not in root.file.special:
        return Document(root)
    expander = _Expander(root.file, report)
    node = expander.node(root, ())
    if node is None:
        node = root.with_value(None)
    return Document(node, tuple(expander.resets), in_place=False)


class _Done(Struct, frozen=True):
    """An anchor's value, expanded once; `resets` are relative to it."""

    value: dict[str, Node] | list[Node]
    resets: tuple[Path, ...]


class _Expander:
    def __init__(self, file: SourceFile, report: Callable[[Diagnostic], None]) -> None:
        self.text = file.text
        self.special = file.special
        self.report = report
        self.resets: list[Path] = []
        self.done: dict[tuple[int, bool], _Done] = {}
        self.tags = True
        """Whether tags mean something, which they do not below an `!override`."""

    def node(self, node: Node, path: Path) -> Node | None:
        """The node expanded; None where it is reset."""
        tags = self.tags
        if node.tag is not None and tags and node.tag in (RESET, OVERRIDE):
            self.resets.append(path)
            if node.tag == RESET:
                return None
            self.tags = False
        value = node.value
        if isinstance(value, (dict, list)):
            expanded = self.once(value, path) if node.anchor is None else self.shared(value, path)
            if expanded is not value:
                node = node.with_value(expanded)
        self.tags = tags
        return node.with_via(Way.ALIAS, node) if node.style == "*" else node

    def once(self, value: dict[str, Node] | list[Node], path: Path) -> dict[str, Node] | list[Node]:
        if isinstance(value, dict):
            return self.mapping(value, path)
        return self.sequence(value, path)

    def shared(self, value: dict[str, Node] | list[Node], path: Path) -> dict[str, Node] | list[Node]:
        """An anchor's value is the same object wherever an alias stands, so it is expanded once."""
        key = (id(value), self.tags)
        done = self.done.get(key)
        if done is None:
            before = len(self.resets)
            expanded = self.once(value, path)
            found = tuple(reset[len(path) :] for reset in self.resets[before:])
            self.done[key] = _Done(expanded, found)
            return expanded
        if done.resets:
            self.resets += [path + reset for reset in done.resets]
        return done.value

    def sequence(self, items: list[Node], path: Path) -> list[Node]:
        special = self.special
        changed: list[Node] | None = None
        for index, item in enumerate(items):
            new: Node | None = item if item.start not in special else self.node(item, (*path, index))
            if new is not item and changed is None:
                changed = items[:index]
            if changed is not None and new is not None:
                changed.append(new)
        return items if changed is None else changed

    def mapping(self, entries: dict[str, Node], path: Path) -> dict[str, Node]:
        special = self.special
        changed: dict[str, Node] | None = None
        merged: Node | None = None
        for key, entry in entries.items():
            if entry.start not in special:
                continue
            if key == MERGE_KEY and self.text.endswith(MERGE_KEY, entry.key_start, entry.key_end):
                new, merged = None, entry
            else:
                new = self.node(entry, (*path, key))
                if new is entry:
                    continue
            if changed is None:
                changed = dict(entries)
            if new is None:
                del changed[key]
            else:
                changed[key] = new
        if changed is None:
            return entries
        if merged is not None:
            self.merge(changed, merged, path)
        return changed

    def merge(self, out: dict[str, Node], merged: Node, path: Path) -> None:
        """What stands in the mapping wins over merged entries, and earlier sources over later ones."""
        if isinstance(merged.value, dict) and merged.style == "*" and merged.tag is None:
            self.bring(out, merged, self.shared(merged.value, path))
            return
        expanded = self.node(merged, path)
        if expanded is None:
            return
        sources = expanded.value if isinstance(expanded.value, list) else [expanded]
        if not all(isinstance(source.value, dict) for source in sources):
            message = "a merge key takes a mapping or a list of mappings"
            self.report(diagnose(Kind.SCHEMA, message, expanded, path))
        for source in sources:
            self.bring(out, source, source.value)

    def bring(self, out: dict[str, Node], source: Node, value: object) -> None:
        """The entries of a merged mapping that are not there yet; of what is no mapping, nothing."""
        if not isinstance(value, dict):
            return
        first = Via(Way.MERGE_KEY, source)
        for key, entry in value.items():
            if key not in out:
                brought = entry.__copy__()
                brought.via = first if entry.via is None else Via(Way.MERGE_KEY, source, entry.via)
                out[key] = brought
