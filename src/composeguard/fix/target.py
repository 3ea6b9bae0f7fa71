"""Where a fix must be written: from an operation on the resolved project to one on a document of a file.

A value of the resolved project keeps the place where it was written, and that place is looked up in the source tree.
Three things make the two trees differ: short syntax (several resolved values stand in one scalar), forms (a list of
`K=V` for a mapping, a string for a list), and sharing (anchors, merge keys, `extends`). For the last the rule is:

- a service gets a key of its own where that has the same effect on it alone: explicit keys win over `<<`, and
  `extends` merges what the service says into what it inherits;
- else the shared text may change only if every service in which it takes effect asks for the same change
  (`Located.needs`), and never across files through `extends`.

Values from an included or an override file are changed where they are written.
"""

from __future__ import annotations

from msgspec import Struct

from composeguard.engine.fix import Append, Operation, Plain, Remove, RemoveComment, Rename, Set
from composeguard.fix import short
from composeguard.fix.chain import OWNER, Chain, Link, is_written
from composeguard.fix.data import read_data, to_plain
from composeguard.fix.forms import NAMES, NO_PLACE, put, put_key, set_named, set_pair
from composeguard.fix.index import Spot
from composeguard.fix.refusal import Refusal
from composeguard.fix.remark import cuts
from composeguard.fix.sharing import Indexes, Owner, Sharing, ways
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path, Way, child


class Located(Struct, frozen=True):
    """An operation on the source tree of one document: `operation.path` starts at `file.documents[document]`."""

    file: SourceFile
    document: int
    operation: Operation
    needs: frozenset[Owner] = frozenset()
    """The other services in which the text takes effect, each of which must ask for the same change."""


class Locator:
    """Finds targets in one resolved project."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.indexes = Indexes()
        self._sharing = Sharing(root, self.indexes)
        self._homes: dict[Path, Link | None] = {}
        self._begun: dict[Path, tuple[Link, ...]] = {}

    def _chain(self, path: Path) -> Chain:
        return Chain(self.root, path, self.indexes, self._begun)

    def locate(self, operation: Operation, hint: SourceFile | None = None) -> Located:
        """Where to write an operation. `hint` is the file that the finding shows: the place to look for what the
        resolved project has left out (an unknown key, `version`).

        Raises:
            Refusal: the edit is not unique, or would change more than the operation says.
        """
        if isinstance(operation, RemoveComment):
            cuts(operation.file, (operation,))
            return Located(operation.file, 0, operation)
        if not operation.path:
            raise Refusal("a whole project cannot be changed")
        if isinstance(operation, Set | Append) and (simple := self._new_key(operation)) is not None:
            return simple
        chain = self._chain(operation.path)
        if isinstance(operation, Set | Append):
            own = self._own_key(operation, chain) if chain.end.shared else None
            return self._checked(own or self._write(operation, chain), operation, chain)
        found = chain.end.node.file if chain.complete else None
        verbatim = self._verbatim(operation, hint) if hint is not None and hint is not found else None
        return self._checked(verbatim or self._change(operation, chain), operation, chain)

    def locate_shared(self, operation: Operation, hint: SourceFile | None = None) -> Located | None:
        """A change of the list that several services share by an anchor, where they could have lists of their own."""
        if not isinstance(operation, Append) or not operation.path:
            return None
        chain = self._chain(operation.path)
        shared = chain.end.shared and chain.complete and not any(Way.EXTENDS in ways(link.node) for link in chain.links)
        if not shared or chain.end.spot.is_alias or self._own_key(operation, chain) is None:
            return None
        return self._checked(self._write(operation, chain), operation, chain)

    def _new_key(self, operation: Set | Append) -> Located | None:
        """A new key of a service whose text is its own: nearly all there is to do in a large project, and what the
        way through `_write` and `_checked` comes to. None where it is not as simple as that."""
        *above, key = operation.path
        owner = tuple(above)
        if len(owner) != OWNER or not isinstance(key, str):
            return None
        if owner not in self._homes:
            self._homes[owner] = self._home(owner)
        home = self._homes[owner]
        if home is None or not isinstance(home.spot.node.value, dict) or key in home.spot.node.value:
            return None
        there = child(home.node, key)
        if there is not None and is_written(there):
            return None
        value = [operation.value] if isinstance(operation, Append) else operation.value
        return _located(home.spot, Set((*home.spot.path, key), value))

    def _home(self, owner: Path) -> Link | None:
        """Where a service is written, if it is there alone, with nothing that others take and no tag above it."""
        try:
            chain = self._chain(owner)
        except Refusal:
            return None
        link = chain.end
        index = self.indexes.of(link.spot.node.file)
        alone = chain.complete and not link.shared and not link.spot.is_alias and link.node.file is link.spot.node.file
        if not alone or index.may_reset or index.file.problems or index.uses(link.spot):
            return None
        return link if self._sharing.guests(link.spot) <= {owner} else None

    # Writing ----------------------------------------------------------------------------------------------------

    def _write(self, operation: Set | Append, chain: Chain) -> Located:
        """Write the value where it stands, or below the last step that does."""
        spot, rest = chain.end.spot, chain.rest
        if _is_scalar(spot) and (rest or chain.top < chain.last) and isinstance(operation, Set):
            return self._inside_scalar(operation, chain)
        if not rest and isinstance(operation, Set):
            if chain.from_list(chain.last):
                return _located(spot, self._named_or_pair(operation, chain))
            return _located(spot, Set(spot.path, operation.value))
        return _located(spot, put(self.indexes.of(spot.node.file), spot, rest, operation))

    def _named_or_pair(self, operation: Set, chain: Chain) -> Operation:
        spot, holder = chain.end.spot, chain.links[-2].spot
        if holder.step in NAMES:
            return set_named(spot, holder, (), operation.value)
        return set_pair(spot, holder, operation.path[-1], operation.value)

    def _own_key(self, operation: Set | Append, chain: Chain) -> Located | None:
        """The value comes from elsewhere: say it in the service's own mapping, if that has the same effect there and
        none elsewhere. None where it has not."""
        own = sum(1 for link in chain.links if not link.shared)
        holder, foreign = chain.links[own - 1].spot, chain.links[own]
        key, below = operation.path[own - 1], operation.path[own:]
        if own < 3 or holder.is_alias or not isinstance(holder.node.value, dict) or not isinstance(key, str):
            return None
        if Way.EXTENDS in ways(foreign.node):
            if any(isinstance(step, int) for step in below):
                return None
            return _located(holder, put(self.indexes.of(holder.node.file), holder, (key, *below), operation))
        if key in holder.node.value or below:
            return None
        if isinstance(operation, Set):
            return _located(holder, Set((*holder.path, key), operation.value))
        there = to_plain(read_data(foreign.spot.node))
        if not isinstance(there, list):
            return None
        return _located(holder, Set((*holder.path, key), [*there, operation.value]))

    # Changing what is there -------------------------------------------------------------------------------------

    def _change(self, operation: Remove | Rename, chain: Chain) -> Located:
        spot = chain.end.spot
        if isinstance(operation, Remove) and _is_scalar(spot) and (chain.top < chain.last or chain.rest):
            return self._inside_scalar(operation, chain)
        if not chain.complete:
            raise Refusal("nothing stands at the path of the change")
        if isinstance(operation, Rename):
            if chain.from_list(chain.last) or chain.top < chain.last or not isinstance(operation.path[-1], str):
                raise Refusal("only a key can be renamed")
            return _located(spot, Rename(spot.path, operation.name))
        if chain.items(chain.last) > 1:
            raise Refusal("the text stands for several entries")
        return _located(spot, Remove(spot.path))

    def _inside_scalar(self, operation: Set | Remove, chain: Chain) -> Located:
        """Change a part of a scalar in short syntax."""
        top, spot = chain.top, chain.end.spot
        whole, rest = operation.path[:top], operation.path[top:]
        value = operation.value if isinstance(operation, Set) else None
        remove = isinstance(operation, Remove)
        if chain.from_list(top):
            if remove or spot.parent is None:
                raise Refusal(NO_PLACE)
            return _located(spot.parent, set_named(spot, spot.parent, rest, value))
        written = spot.node.value
        text = written if isinstance(written, str | int) else None
        section = next((step for step in reversed(whole) if isinstance(step, str)), "")
        if section == "ports":
            new = short.edit_port(text, rest, value, _port_facts(chain, top), remove=remove)
        elif section == "volumes":
            new = short.edit_volume(text, rest, value, remove=remove)
        elif section == "tmpfs":
            # A text alone stands for a list of one.
            rest = rest[1:] if isinstance(rest[0], int) else rest
            new = short.edit_tmpfs(text, rest, value, remove=remove)
        elif not remove:
            return _located(spot, put_key(spot, rest, value))
        else:
            raise Refusal(NO_PLACE)
        return _located(spot, Set(spot.path, new))

    def _verbatim(self, operation: Remove | Rename, file: SourceFile) -> Located | None:
        """The same path in the source, for what the resolved project has left out."""
        index = self.indexes.of(file)
        spots = [spot for number in range(len(index.roots)) if (spot := index.at(number, operation.path)) is not None]
        return Located(file, spots[0].document, operation) if len(spots) == 1 else None

    # Who else is changed ----------------------------------------------------------------------------------------

    def _checked(self, located: Located, asked: Operation, chain: Chain) -> Located:
        """Refuse what a tag or a fault of the file forbids, and find who else is changed."""
        index = self.indexes.of(located.file)
        operation = located.operation
        if located.file.problems:
            raise Refusal("the file has entries that cannot be read")
        there, site = index.site(located.document, operation.path)
        if site is None:
            raise Refusal("nothing stands at the path of the change")
        if index.may_reset and any(spot.node.tag == "!reset" for spot in site.upward() if not spot.is_alias):
            raise Refusal("the key is tagged !reset")
        if there is not None and isinstance(operation, Set) and there.node.tag is not None and not there.is_alias:
            raise Refusal("the value has a tag")
        home = chain.links[2].spot.node.file if chain.last > 1 else located.file
        if located.file is not home and any(Way.EXTENDS in ways(link.node) for link in chain.links):
            raise Refusal("it comes through `extends` from another file, which others may use")
        return Located(located.file, located.document, operation, self._others(operation, there, site, asked, chain))

    def _others(
        self, operation: Operation, there: Spot | None, site: Spot, asked: Operation, chain: Chain
    ) -> frozenset[Owner]:
        """The other owners that the change reaches."""
        owner: Owner = asked.path[:2] if len(asked.path) > 1 else (asked.path[0], "")
        # The aliases beyond the one through which the asking service itself takes the text.
        uses = self.indexes.of(site.node.file).uses(site) - (1 if chain.end.shared else 0)
        leaf = there is not None and not isinstance(there.node.value, dict | list)
        others = self._sharing.users(site) if leaf else self._sharing.guests(site)
        others = others - {owner} if len(others) > 1 or owner not in others else frozenset()
        if there is None and isinstance(operation, Set):
            # An alias that shows nowhere may still get the new key.
            if uses > len(others):
                raise Refusal("it has an anchor that is used elsewhere")
            return frozenset(each for each in others if not self._says(each, asked, operation.value))
        if not others and uses > 0:
            raise Refusal("it has an anchor that is used elsewhere")
        return others

    def _says(self, owner: Owner, asked: Operation, value: Plain) -> bool:
        """Whether a service has the key in its own text already, so that a new inherited one does not reach it."""
        if len(asked.path) < 3:
            return False
        try:
            chain = self._chain((*owner, asked.path[2]))
        except Refusal:
            return False
        if not chain.complete or any(link.shared for link in chain.links):
            return False
        return _covers(chain.end.spot.node, value)


def _covers(own: Node, value: Plain) -> bool:
    """Whether a value that is inherited beside an own one adds nothing to that."""
    if isinstance(value, dict):
        there = own.value
        return isinstance(there, dict) and all(
            key in there and _covers(there[key], each) for key, each in value.items()
        )
    if isinstance(value, list):
        items = [item.value for item in own.value] if isinstance(own.value, list) else []
        return all(item in items for item in value)
    return not isinstance(own.value, dict | list)


def _located(spot: Spot, operation: Operation) -> Located:
    return Located(spot.node.file, spot.document, operation)


def _is_scalar(spot: Spot) -> bool:
    """A scalar with a text of its own: short syntax can stand in it."""
    return not isinstance(spot.node.value, dict | list | None) and not spot.is_alias


def _port_facts(chain: Chain, top: int) -> short.PortFacts:
    entry = chain.links[top].node.value
    if not isinstance(entry, dict):
        raise Refusal("the port could not be read")
    address, published = entry.get("host_ip"), entry.get("published")
    return short.PortFacts(
        host_ip=address is not None and address.value not in ("", None),
        published=published is not None and published.value not in ("", None),
        several=chain.items(top) > 1,
    )
