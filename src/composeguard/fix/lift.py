"""New keys that all who merge an anchor ask for, written once under the anchor, as a person would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from composeguard.engine.finding import Finding
from composeguard.engine.fix import Plain, Set
from composeguard.fix.index import SourceIndex, Spot
from composeguard.fix.sharing import Indexes
from composeguard.fix.target import Located
from composeguard.fix.trial import Candidate
from composeguard.source.file import SourceFile

_Keys = tuple[tuple[str, str], ...]


class _Group(Struct):
    """Who asks for the same new keys, below one anchor."""

    anchor: Spot
    keys: dict[str, Plain]
    holders: list[Spot] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)


def lifted(candidates: Sequence[Candidate], bases: Sequence[Candidate], indexes: Indexes) -> list[Candidate]:
    """The candidates, with one in the place of those that an anchor can stand for. `bases` cannot be made alone: the
    services that they are for are anchors, and others take from them."""
    groups: dict[tuple[SourceFile, int, int, _Keys], _Group] = {}
    for candidate in (*candidates, *bases):
        holder = _holder(candidate, indexes)
        if holder is None:
            continue
        operations = (each.operation for each in candidate.located)
        keys = {str(each.path[-1]): each.value for each in operations if isinstance(each, Set)}
        same = tuple(sorted((key, repr(value)) for key, value in keys.items()))
        # A service that is an anchor itself asks beside those that merge it.
        for anchor in _anchors(holder, indexes):
            place = (holder.node.file, holder.document, anchor.node.start, same)
            group = groups.setdefault(place, _Group(anchor, keys))
            group.holders.append(holder)
            group.candidates.append(candidate)
    gone: set[int] = set()
    joined: list[Candidate] = []
    for group in groups.values():
        if _speaks_for_all(group, indexes) and not gone & set(map(id, group.candidates)):
            gone |= set(map(id, group.candidates))
            joined.append(_joined(group))
    return [*joined, *(candidate for candidate in candidates if id(candidate) not in gone)]


def _holder(candidate: Candidate, indexes: Indexes) -> Spot | None:
    """The mapping of a service that a candidate puts new keys into, if that is all it does."""
    first = candidate.located[0]
    index = indexes.of(first.file)
    if not index.anchored:
        return None
    holder = index.at(first.document, first.operation.path[:-1]) if first.operation.path else None
    if holder is None or not isinstance(holder.node.value, dict) or len(holder.path) != 2:
        return None
    for each in candidate.located:
        there = (each.file, each.document, each.operation.path[:-1]) == (first.file, first.document, holder.path)
        if not there or not isinstance(each.operation, Set) or each.operation.path[-1] in holder.node.value:
            return None
        if each.needs and holder.node.anchor is None:
            return None
    return holder


def _anchors(holder: Spot, indexes: Indexes) -> Iterator[Spot]:
    """What stands under the anchor that a mapping merges, if it merges one; and itself, if it has an anchor."""
    value = holder.node.value
    merge = value.get("<<") if isinstance(value, dict) else None
    merged = indexes.of(holder.node.file).anchored.get(id(merge.value)) if merge is not None else None
    if merge is not None and merge.style == "*" and merged is not None:
        yield merged
    if holder.node.anchor is not None:
        yield holder


def _speaks_for_all(group: _Group, indexes: Indexes) -> bool:
    """Whether nobody else takes what stands under the anchor, and the keys are new there."""
    anchor = group.anchor
    index = indexes.of(anchor.node.file)
    value = anchor.node.value
    is_service = anchor.path[0] == "services" and len(anchor.path) == 2
    is_fragment = str(anchor.path[0]).startswith("x-")
    own = anchor in group.holders
    return (
        isinstance(value, dict)
        and anchor.node.tag is None
        and not group.keys.keys() & value.keys()
        and len(set(group.holders)) == len(group.holders) >= 2
        and ((is_service and own) or (is_fragment and not own))
        and index.uses(anchor) == len(group.holders) - own
        and not any(_is_extended(each, index) for each in (anchor, *group.holders))
    )


def _is_extended(spot: Spot, index: SourceIndex) -> bool:
    return str(spot.step) in index.extenders


def _joined(group: _Group) -> Candidate:
    findings: list[Finding] = [finding for each in group.candidates for finding in each.findings]
    anchor = group.anchor
    operations = [Set((*anchor.path, key), value) for key, value in group.keys.items()]
    located = tuple(Located(anchor.node.file, anchor.document, operation) for operation in operations)
    return Candidate(tuple(findings), located, lifted=True)
