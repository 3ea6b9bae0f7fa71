"""Who else a text belongs to: anchors, merge keys and `extends` make one text take effect in several services."""

from __future__ import annotations

from collections import Counter

from composeguard.fix.index import SourceIndex, Spot
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path, Via, Way

Owner = Path
"""The first two steps of a resolved path: a section and a name, such as `("services", "web")`."""
_WRITTEN: frozenset[Way] = frozenset()


def ways(node: Node) -> frozenset[Way]:
    """How the value came, in any order."""
    if node.via is None:
        return _WRITTEN
    found: set[Way] = set()
    via: Via | None = node.via
    while via is not None:
        found.add(via.way)
        via = via.before
    return frozenset(found)


class Sharing:
    """The owners of every text of a project; one walk over the resolved tree, made when first asked."""

    def __init__(self, root: Node, indexes: Indexes) -> None:
        self._root = root
        self._indexes = indexes
        self._users: dict[Spot, set[Owner]] = {}
        self._guests: dict[Spot, set[Owner]] = {}
        self._all_guests: dict[Spot, frozenset[Owner]] = {}
        self._read = False

    def users(self, spot: Spot) -> frozenset[Owner]:
        """Those in which the text of the spot takes effect."""
        self._walk()
        return frozenset(self._users.get(spot, ()))

    def guests(self, spot: Spot) -> frozenset[Owner]:
        """Those that take anything from inside the spot's section entry (a service, say), by whatever way; and those
        that extend it in the same file, even if they take nothing now."""
        self._walk()
        entry = spot.entry
        if entry is None:
            return frozenset()
        known = self._all_guests.get(entry)
        if known is None:
            extenders = self._indexes.of(spot.node.file).extenders.get(str(entry.step), frozenset())
            known = self._all_guests[entry] = frozenset(self._guests.get(entry, ())) | extenders
        return known

    def _walk(self) -> None:
        if self._read:
            return
        self._read = True
        sections = self._root.value
        if not isinstance(sections, dict):
            return
        for section, entries in sections.items():
            if section.startswith("x-"):
                continue
            if isinstance(entries.value, dict):
                for name, entry in entries.value.items():
                    self._walk_owner((section, name), entry)
            else:
                self._walk_owner((section, ""), entries)

    def _walk_owner(self, owner: Owner, top: Node) -> None:
        users, guests = self._users, self._guests
        last: Spot | None = None
        entered: Spot | None = None
        stack = [top]
        while stack:
            node = stack.pop()
            spot = self._indexes.of(node.file).find(node)
            # What one scalar stands for comes in a row, and nearly all of an owner is from one entry.
            if spot is not None and spot is not last:
                last = spot
                known = users.get(spot)
                if known is None:
                    users[spot] = {owner}
                else:
                    known.add(owner)
                if spot.entry is not None and spot.entry is not entered:
                    entered = spot.entry
                    guests.setdefault(entered, set()).add(owner)
            value = node.value
            if isinstance(value, dict):
                stack.extend(value.values())
            elif isinstance(value, list):
                stack.extend(value)


class Indexes:
    """One index a file, made when first asked."""

    def __init__(self) -> None:
        self._made: dict[SourceFile, SourceIndex] = {}
        self._places: dict[int, tuple[list[Node], Counter[tuple[SourceFile, int]]]] = {}

    def places(self, items: list[Node]) -> Counter[tuple[SourceFile, int]]:
        """How often each place occurs among the items of a list; counted once for a list."""
        known = self._places.get(id(items))
        if known is None:
            # The list is kept, so that its id stays its own.
            known = self._places[id(items)] = (items, Counter((item.file, item.start) for item in items))
        return known[1]

    def of(self, file: SourceFile) -> SourceIndex:
        index = self._made.get(file)
        if index is None:
            index = self._made[file] = SourceIndex(file)
        return index
