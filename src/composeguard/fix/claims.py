"""Which changes of one round can stand together: none may touch what another one replaces, removes or fills."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from composeguard.engine.fix import Append, Operation, Plain, Remove, RemoveComment, Set
from composeguard.fix.remark import comment_at
from composeguard.fix.target import Located
from composeguard.source.node import Path


class _Document(Struct):
    """The places in one document that changes touch so far."""

    taken: dict[Path, list[Operation]] = field(default_factory=dict)
    """Places that a change sets, removes or renames, with that change."""
    above: set[Path] = field(default_factory=set)
    """Places that hold such a place."""
    appended: set[Path] = field(default_factory=set)
    emptied: set[Path] = field(default_factory=set)


class Claims:
    """The places that the changes of a round touch so far."""

    def __init__(self) -> None:
        self._documents: dict[tuple[str, int], _Document] = {}
        self._remarks: set[tuple[str, int]] = set()
        """The comments that are taken away, by file and place."""

    def fits(self, located: Iterable[Located]) -> bool:
        """Whether a fix can be added to those claimed so far. The same change asked for twice is one."""
        return all(self._fits(each) for each in located)

    def _fits(self, located: Located) -> bool:
        operation = located.operation
        if isinstance(operation, RemoveComment):
            return _remark(located, operation) not in self._remarks
        document = self._documents.get((located.file.path, located.document))
        if document is None:
            return True
        path = operation.path
        if any(path[:depth] in document.taken for depth in range(len(path))):
            return False
        same = document.taken.get(path)
        if same and repr(operation) not in map(repr, same):
            return False
        if isinstance(operation, Append):
            return path not in document.emptied
        if isinstance(operation, Remove) and path[:-1] in document.appended:
            return False
        return path not in document.above and path not in document.appended

    def add(self, located: Iterable[Located]) -> None:
        """Claim the places of a fix."""
        for each in located:
            operation = each.operation
            if isinstance(operation, RemoveComment):
                self._remarks.add(_remark(each, operation))
                continue
            document = self._documents.setdefault((each.file.path, each.document), _Document())
            path = operation.path
            document.above.update(path[:depth] for depth in range(len(path)))
            if isinstance(operation, Append):
                document.appended.add(path)
                continue
            document.taken.setdefault(path, []).append(operation)
            if isinstance(operation, Remove):
                document.emptied.add(path[:-1])


def _remark(located: Located, operation: RemoveComment) -> tuple[str, int]:
    return (located.file.path, comment_at(located.file, operation.start).start)


def combine(located: Sequence[Located]) -> list[Located]:
    """The operations of one fix, with those that would make the same new key joined: two items of a list that is not
    there yet are one list, two keys below a mapping that is not there yet are one mapping."""
    combined: list[Located] = []
    places: dict[tuple[str, int, Path], list[int]] = {}
    for each in located:
        here = places.setdefault((each.file.path, each.document, each.operation.path), [])
        for number in here:
            joined = _join(combined[number], each)
            if joined is not None:
                combined[number] = joined
                break
        else:
            here.append(len(combined))
            combined.append(each)
    return combined


def _join(one: Located, other: Located) -> Located | None:
    first, second = one.operation, other.operation
    if not isinstance(first, Set) or not isinstance(second, Set):
        return None
    if isinstance(first.value, list) and isinstance(second.value, list):
        value: Plain = [*first.value, *(item for item in second.value if item not in first.value)]
    elif isinstance(first.value, dict) and isinstance(second.value, dict):
        value = _merge(first.value, second.value)
    else:
        return None
    operation: Operation = Set(first.path, value)
    return Located(one.file, one.document, operation, one.needs | other.needs)


def _merge(one: dict[str, Plain], other: dict[str, Plain]) -> dict[str, Plain]:
    merged = dict(one)
    for key, value in other.items():
        mine = merged.get(key)
        merged[key] = _merge(mine, value) if isinstance(mine, dict) and isinstance(value, dict) else value
    return merged
