"""The way down a path of the resolved project, with the text that each step was written in."""

from __future__ import annotations

from msgspec import Struct

from composeguard.fix.index import Spot
from composeguard.fix.refusal import Refusal
from composeguard.fix.sharing import Indexes, ways
from composeguard.source.node import Node, Path, Way, child

OWNER = 2
"""Steps of the path of a service."""
_BROUGHT = frozenset((Way.EXTENDS, Way.MERGE_KEY))


class Link(Struct, frozen=True):
    """A node of the resolved path and the spot that it was written at.

    `shared`: the text is not (only) that of the service which the path names.
    """

    node: Node
    spot: Spot
    shared: bool = False


class Chain:
    """The links of a path that exist, the root first. `links[i]` is what `path[:i]` leads to.

    `begun` remembers the links down to the owner (a service, say), which nearly all paths have in common with others.
    """

    def __init__(
        self, root: Node, path: Path, indexes: Indexes, begun: dict[Path, tuple[Link, ...]] | None = None
    ) -> None:
        self.path = path
        self.indexes = indexes
        owner = path[:OWNER]
        known = None if begun is None else begun.get(owner)
        if known is None:
            index = indexes.of(root.file)
            if not index.roots:
                raise Refusal("the project has no text")
            self.links = [Link(root, index.find(root) or index.roots[0])]
            self._follow(owner)
            if begun is not None:
                begun[owner] = tuple(self.links)
        else:
            self.links = list(known)
        if len(self.links) > len(owner):
            self._follow(path)

    def _follow(self, path: Path) -> None:
        """Go on down to the end of a path, as far as it exists."""
        node = self.links[-1].node
        for depth in range(len(self.links), len(path) + 1):
            below = child(node, path[depth - 1])
            if below is None or not is_written(below):
                break
            node = below
            spot = self.indexes.of(node.file).find(node)
            if spot is None or Way.ENV_FILE in ways(node):
                raise Refusal("the value is not written in a Compose file")
            self.links.append(Link(node, spot, self._is_shared(node, spot, path[:depth])))

    def _is_shared(self, node: Node, spot: Spot, path: Path) -> bool:
        above = self.links[-1]
        return (
            above.shared
            or (above.spot.is_alias and spot is not above.spot)
            or (node.via is not None and not _BROUGHT.isdisjoint(ways(node)))
            or spot.path[:2] != path[:2]
        )

    @property
    def last(self) -> int:
        """How many steps of the path exist."""
        return len(self.links) - 1

    @property
    def end(self) -> Link:
        return self.links[-1]

    @property
    def rest(self) -> Path:
        """The steps that do not exist."""
        return self.path[self.last :]

    @property
    def complete(self) -> bool:
        return self.last == len(self.path)

    @property
    def top(self) -> int:
        """The first link written at the same spot as the last: what a whole scalar in short syntax stands for."""
        depth = self.last
        while depth > 0 and self.links[depth - 1].spot is self.end.spot:
            depth -= 1
        return depth

    def from_list(self, depth: int) -> bool:
        """Whether a key of a resolved mapping is written as an item of a list."""
        if depth == 0:
            return False
        spot, above = self.links[depth].spot, self.links[depth - 1]
        holder = above.spot
        return isinstance(above.node.value, dict) and spot.parent is holder and isinstance(holder.node.value, list)

    def items(self, depth: int) -> int:
        """How many items of the resolved list one text stands for: a range of ports is several."""
        above = self.links[depth - 1].node.value if depth else None
        node = self.links[depth].node
        return self.indexes.places(above)[(node.file, node.start)] if isinstance(above, list) else 0


def is_written(node: Node) -> bool:
    """Defaults are not, save that of a variable (`${X:-1}`), which stands in the text at the node's own place."""
    via = node.via
    while via is not None:
        if via.way is Way.DEFAULT and (via.at is None or (via.at.file, via.at.start) != (node.file, node.start)):
            return False
        via = via.before
    return True
