"""Aliases, merge keys, `!reset` and `!override` of one document, taken out before anything looks at its values.

Most documents have none of these, and are given back as they are after three searches of their text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from composeguard.compose.diagnose import diagnose
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path, Via, Way
from composeguard.source.read import MERGE_KEY

RESET = "!reset"
OVERRIDE = "!override"
LIST_FORM = "!list"
"""Tag of a mapping that is a list of `KEY=VALUE` to the reference: `!reset` of a key does not reach into it."""

_ALIAS = re.compile(r"(?:^|[\s\[{,:?-])\*[^\s\[\]{},]")
# A tag can be spelled with escapes or a handle of its own.
_DISGUISED_TAG = re.compile(r"%TAG|![^\s%]*%")


@dataclass(frozen=True, slots=True)
class Document:
    """One document without aliases and tags."""

    root: Node
    resets: tuple[Path, ...] = ()
    """What is to vanish from the model so far: the places of `!reset` and `!override`."""
    in_place: bool = True
    """Every value stands within the span of its parent: nothing came from an anchor."""


def expand(root: Node, report: Callable[[Diagnostic], None]) -> Document:
    """The document with aliases marked, merge keys merged, and tagged values removed or recorded."""
    text = root.file.text
    tagged = "!" in text and (RESET in text or OVERRIDE in text or _DISGUISED_TAG.search(text) is not None)
    if not tagged and MERGE_KEY not in text and not ("&" in text and _ALIAS.search(text)):
        return Document(root)
    expander = _Expander(report)
    node = expander.node(root, (), tags=True)
    if node is None:
        node = root.with_value(None)
    return Document(node, tuple(expander.resets), in_place=False)


@dataclass(frozen=True, slots=True)
class _Done:
    """An anchor's value, expanded once; `resets` are relative to it."""

    value: dict[str, Node] | list[Node]
    resets: tuple[Path, ...]


class _Expander:
    def __init__(self, report: Callable[[Diagnostic], None]) -> None:
        self.report = report
        self.resets: list[Path] = []
        self.done: dict[tuple[int, bool], _Done] = {}

    def node(self, node: Node, path: Path, *, tags: bool) -> Node | None:
        """The node expanded; None where it is reset. Without `tags`, below an `!override`, tags mean nothing."""
        if tags and node.tag in (RESET, OVERRIDE):
            self.resets.append(path)
            if node.tag == RESET:
                return None
            tags = False
        value = node.value
        if isinstance(value, (dict, list)):
            if node.anchor is None:
                expanded = self.once(value, node.file, path, tags=tags)
            else:
                expanded = self.shared(value, node.file, path, tags=tags)
            if expanded is not value:
                node = node.with_value(expanded)
        if node.style == "*":
            node = node.with_via(Way.ALIAS, node)
        return node

    def once(
        self, value: dict[str, Node] | list[Node], file: SourceFile, path: Path, *, tags: bool
    ) -> dict[str, Node] | list[Node]:
        if isinstance(value, dict):
            return self.mapping(value, file, path, tags=tags)
        return self.sequence(value, path, tags=tags)

    def shared(
        self, value: dict[str, Node] | list[Node], file: SourceFile, path: Path, *, tags: bool
    ) -> dict[str, Node] | list[Node]:
        """An anchor's value is the same object wherever an alias stands, so it is expanded once."""
        key = (id(value), tags)
        done = self.done.get(key)
        if done is None:
            before = len(self.resets)
            expanded = self.once(value, file, path, tags=tags)
            found = tuple(reset[len(path) :] for reset in self.resets[before:])
            self.done[key] = _Done(expanded, found)
            return expanded
        self.resets += [path + reset for reset in done.resets]
        return done.value

    def sequence(self, items: list[Node], path: Path, *, tags: bool) -> list[Node]:
        changed = False
        out: list[Node] = []
        for index, item in enumerate(items):
            if type(item.value) is str and item.tag is None and item.style != "*":
                out.append(item)
                continue
            new = self.node(item, (*path, index), tags=tags)
            changed = changed or new is not item
            if new is not None:
                out.append(new)
        return out if changed else items

    def mapping(self, entries: dict[str, Node], file: SourceFile, path: Path, *, tags: bool) -> dict[str, Node]:
        changed = False
        out: dict[str, Node] = {}
        merged: Node | None = None
        for key, entry in entries.items():
            if type(entry.value) is str and entry.tag is None and entry.style != "*" and key != MERGE_KEY:
                out[key] = entry
                continue
            if key == MERGE_KEY and file.text.endswith(MERGE_KEY, entry.key_start, entry.key_end):
                changed = True
                merged = self.node(entry, path, tags=tags)
                continue
            new = self.node(entry, (*path, key), tags=tags)
            changed = changed or new is not entry
            if new is not None:
                out[key] = new
        if not changed:
            return entries
        if merged is not None:
            self.merge(out, merged, path)
        return out

    def merge(self, out: dict[str, Node], merged: Node, path: Path) -> None:
        """What stands in the mapping wins over merged entries, and earlier sources over later ones."""
        sources = merged.value if isinstance(merged.value, list) else [merged]
        if not all(isinstance(source.value, dict) for source in sources):
            message = "a merge key takes a mapping or a list of mappings"
            self.report(diagnose(Kind.SCHEMA, message, merged, path))
        for source in sources:
            if not isinstance(source.value, dict):
                continue
            first = Via(Way.MERGE_KEY, source)
            for key, entry in source.value.items():
                if key not in out:
                    copy = entry.with_value(entry.value)
                    copy.via = first if entry.via is None else Via(Way.MERGE_KEY, source, entry.via)
                    out[key] = copy
