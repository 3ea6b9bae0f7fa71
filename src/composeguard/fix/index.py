"""From a place in a file to the path of its source tree: how a value of the resolved project is found again in the text."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path


class Spot:
    """A node of a source tree with the way to it. Aliases are leaves: what they share stands elsewhere."""

    __slots__ = ("document", "node", "parent", "step")

    def __init__(self, node: Node, parent: Spot | None, step: str | int, document: int) -> None:
        self.node = node
        self.parent = parent
        self.step = step
        self.document = document

    @property
    def path(self) -> Path:
        """The path in the tree of its document."""
        steps: list[str | int] = []
        spot: Spot | None = self
        while spot is not None and spot.parent is not None:
            steps.append(spot.step)
            spot = spot.parent
        return tuple(reversed(steps))

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
        self.aliases: list[frozenset[str]] = []
        """For each document, the names that its aliases use."""
        for number, root in enumerate(file.documents):
            self._read(root, number)

    def _read(self, root: Node, document: int) -> None:
        names: set[str] = set()
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
                names.add(node.anchor or "")
                continue
            value = node.value
            if isinstance(value, dict):
                stack.extend(Spot(child, spot, key, document) for key, child in value.items())
            elif isinstance(value, list):
                stack.extend(Spot(child, spot, number, document) for number, child in enumerate(value))
        self.aliases.append(frozenset(names))

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
            value = node.value
            if node.style == "*":
                return None
            if isinstance(value, dict) and isinstance(step, str) and step in value:
                node = value[step]
            elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
                node = value[step]
            else:
                return None
        return self._by_node[id(node)]

    def anchored(self, spot: Spot) -> Spot | None:
        """The nearest holder (or the spot itself) that is an anchor which an alias uses."""
        names = self.aliases[spot.document]
        if not names:
            return None
        for holder in spot.upward():
            if not holder.is_alias and holder.node.anchor is not None and holder.node.anchor in names:
                return holder
        return None
