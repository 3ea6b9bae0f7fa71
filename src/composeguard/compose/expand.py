"""Aliases, merge keys, `!reset` and `!override` of one document, taken out before anything looks at its values.

Most documents have none of these, and are given back as they are after three searches of their text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

from composeguard.compose.diagnose import diagnose
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.source.node import Node, Path, Via, Way
from composeguard.source.read import MERGE_KEY
from composeguard.source.regex import regex

RESET = "!reset"
OVERRIDE = "!override"
LIST_FORM = "!list"
"""Tag of a mapping that is a list of `KEY=VALUE` to the reference: `!reset` of a key does not reach into it."""

_ALIAS = regex(r"(?:^|[\s\[{,:?-])\*[^\s\[\]{},]")
# A tag can be spelled with escapes or a handle of its own.
_DISGUISED_TAG = regex(r"%TAG|![^\s%!]*%")


class Document(Struct, frozen=True):
    """One document without aliases and tags."""

    root: Node
    resets: tuple[Path, ...] = ()
    """What is to vanish from the model so far: the places of `!reset` and `!override`."""
    in_place: bool = True
    """Every value stands within the span of its parent: nothing came from an anchor."""


def expand(root: Node, report: Callable[[Diagnostic], None]) -> Document:
    """The document with aliases marked, merge keys merged, and tagged values removed or recorded."""
    text = root.file.text
    if _is_plain(text):
        return Document(root)
    expander = _Expander(text, report)
    node = expander.node(root, ())
    if node is None:
        node = root.with_value(None)
    return Document(node, tuple(expander.resets), in_place=False)


@lru_cache(maxsize=2)
def _is_plain(text: str) -> bool:
    """Whether there is nothing to expand. Asked once a file, not once a document: a file can have very many."""
    tagged = "!" in text and (RESET in text or OVERRIDE in text or _DISGUISED_TAG.search(text) is not None)
    return not tagged and MERGE_KEY not in text and not ("&" in text and _ALIAS.search(text) is not None)


class _Done(Struct, frozen=True):
    """An anchor's value, expanded once; `resets` are relative to it."""

    value: dict[str, Node] | list[Node]
    resets: tuple[Path, ...]


class _Expander:
    def __init__(self, text: str, report: Callable[[Diagnostic], None]) -> None:
        self.text = text
        self.report = report
        self.resets: list[Path] = []
        self.done: dict[tuple[int, bool], _Done] = {}
        self.tags = True
        """Whether tags mean something, which they do not below an `!override`."""

    def node(self, node: Node, path: Path) -> Node | None:
        """The node expanded; None where it is reset."""
        tags = self.tags
        if tags and node.tag in (RESET, OVERRIDE):
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

    def plain(self, node: Node) -> bool:
        """Whether the text of a node tells that nothing in it is to be expanded."""
        if node.tag is not None or node.style == "*":
            return False
        if type(node.value) is str:
            return True
        text, start, end = self.text, node.start, node.end
        return (
            text.find("*", start, end) < 0 and text.find(MERGE_KEY, start, end) < 0 and text.find("!", start, end) < 0
        )

    def sequence(self, items: list[Node], path: Path) -> list[Node]:
        changed: list[Node] | None = None
        for index, item in enumerate(items):
            new: Node | None = item if self.plain(item) else self.node(item, (*path, index))
            if new is not item and changed is None:
                changed = items[:index]
            if changed is not None and new is not None:
                changed.append(new)
        return items if changed is None else changed

    def mapping(self, entries: dict[str, Node], path: Path) -> dict[str, Node]:
        changed: dict[str, Node] | None = None
        merged: Node | None = None
        for key, entry in entries.items():
            new: Node | None
            if type(entry.value) is str and entry.tag is None and entry.style != "*" and key != MERGE_KEY:
                continue
            if key == MERGE_KEY and self.text.endswith(MERGE_KEY, entry.key_start, entry.key_end):
                new, merged = None, self.node(entry, path)
            elif self.plain(entry):
                continue
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
                    via = first if entry.via is None else Via(Way.MERGE_KEY, source, entry.via)
                    out[key] = entry.brought(entry.value, via)
