"""From a place in a file to its path in the source tree: how a resolved value is found again in the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path, child


class Spot:
    """A node of a source tree with the way to it. Aliases are leaves: what they share stands elsewhere."""

    __slots__ = ("_path", "document", "entry", "node", "parent", "step")

    def __init__(self, node: Node, parent: Spot | None, step: str | int, document: int) -> None:
        self.node = node
        self.parent = parent
        self.step = step
        self.document = document
        self.entry: Spot | None = None
        """The section entry (a service, say) that holds it: two steps below the root of its document."""
        if parent is not None:
            self.entry = parent.entry or (self if parent.parent is not None else None)
        self._path: Path | None = None

    @property
    def path(self) -> Path:
        """The path in the tree of its document."""
        if self._path is None:
            self._path = () if self.parent is None else (*self.parent.path, self.step)
        return self._path

    def upward(self) -> Iterator[Spot]:
        """This spot and those that hold it, up to the document's root."""
        spot: Spot | None = self
        while spot is not None:
            yield spot
            spot = spot.parent

    @property
    def in_flow(self) -> bool:
        """Whether it stands inside `[]` or `{}`."""
        return any(spot.node.style == "flow" for spot in self.upward() if spot is not self)

    @property
    def is_alias(self) -> bool:
        return self.node.style == "*"


class SourceIndex:
    """All spots of one file by offset. Built once for a parse, in linear time."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self._by_key: dict[int, Spot] = {}
        self._by_start: dict[int, Spot] = {}
        self._by_node: dict[int, Spot] = {}
        self.roots: list[Spot] = []
        self._aliases: list[Counter[str]] = []
        """For each document, how often its aliases use a name."""
        self.may_reset = "!reset" in file.text
        """Whether a tag may take something away."""
        for number, root in enumerate(file.documents):
            self._read(root, number)

    def _read(self, root: Node, document: int) -> None:
        names: Counter[str] = Counter()
        top = Spot(root, None, "", document)
        self.roots.append(top)
        stack = [top]
        while stack:
            spot = stack.pop()
            node = spot.node
            self._by_node[id(node)] = spot
            if node.key_start >= 0:
                self._by_key[node.key_start] = spot
            self._by_start.setdefault(node.start, spot)
            if node.style == "*":
                names[node.anchor or ""] += 1
                continue
            value = node.value
            if isinstance(value, dict):
                stack.extend(Spot(child, spot, key, document) for key, child in value.items())
            elif isinstance(value, list):
                stack.extend(Spot(child, spot, number, document) for number, child in enumerate(value))
        self._aliases.append(names)

    def find(self, node: Node) -> Spot | None:
        """The spot that a node of the resolved project was read from: its entry, its item, or its short syntax."""
        spot = self._by_node.get(id(node))
        if spot is not None:
            return spot
        if node.key_start >= 0:
            spot = self._by_key.get(node.key_start)
            if spot is not None:
                return spot
        return self._by_start.get(node.start)

    def at(self, document: int, path: Path) -> Spot | None:
        """The spot at a source path; None where nothing stands, or only through an alias."""
        node = self.roots[document].node
        for step in path:
            below = None if node.style == "*" else child(node, step)
            if below is None:
                return None
            node = below
        return self._by_node[id(node)]

    def site(self, document: int, path: Path) -> tuple[Spot | None, Spot | None]:
        """The spot at a source path, and the one to change there: that, or what would hold it."""
        holder = self.at(document, path[:-1])
        if holder is None or not path:
            return holder, holder
        below = None if holder.is_alias else child(holder.node, path[-1])
        there = None if below is None else self._by_node[id(below)]
        return there, there or holder

    @cached_property
    def anchored(self) -> dict[int, Spot]:
        """What stands under anchors, by the `id` of its value, which aliases share."""
        spots = self._by_node.values()
        return {id(spot.node.value): spot for spot in spots if spot.node.anchor is not None and not spot.is_alias}

    @cached_property
    def extenders(self) -> dict[str, frozenset[Path]]:
        """For the name of a service, the services and jobs of this file that extend it."""
        found: dict[str, set[Path]] = {}
        for root in self.file.documents:
            for section in ("services", "jobs"):
                entries = child(root, section)
                if entries is None or not isinstance(entries.value, dict):
                    continue
                for name, entry in entries.value.items():
                    extends = child(entry, "extends")
                    target = extends if extends is None or isinstance(extends.value, str) else child(extends, "service")
                    if target is not None and isinstance(target.value, str):
                        found.setdefault(target.value, set()).add((section, name))
        return {name: frozenset(owners) for name, owners in found.items()}

    def uses(self, spot: Spot) -> int:
        """How many aliases reach the spot: those of every anchor on it or above it."""
        counts = self._aliases[spot.document]
        if not counts:
            return 0
        return sum(
            counts[holder.node.anchor]
            for holder in spot.upward()
            if holder.node.anchor is not None and not holder.is_alias
        )
