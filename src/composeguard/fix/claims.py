"""Which changes of one round can stand together: none may touch what another one replaces, removes or fills."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from composeguard.engine.fix import Append, Operation, Plain, Remove, RemoveComment, Set
from composeguard.fix.remark import comment_at
from composeguard.fix.target import Located
from composeguard.source.node import Path

_Place = tuple[str, int, Path]


class Claims:
    """The places that the changes of a round touch so far."""

    def __init__(self) -> None:
        self._taken: dict[_Place, set[str]] = {}
        """Places that a change sets, removes or renames, with that change."""
        self._above: set[_Place] = set()
        """Places that hold such a place."""
        self._appended: set[_Place] = set()
        self._emptied: set[_Place] = set()

    def fits(self, located: Iterable[Located]) -> bool:
        """Whether a fix can be added to those claimed so far. The same change asked for twice is one."""
        return all(self._fits(each) for each in located)

    def _fits(self, located: Located) -> bool:
        operation = located.operation
        if isinstance(operation, RemoveComment):
            return _remark(located, operation) not in self._taken
        here = _place(located, operation.path)
        for depth in range(len(operation.path) + 1):
            taken = self._taken.get(_place(located, operation.path[:depth]))
            if taken and not (depth == len(operation.path) and repr(operation) in taken):
                return False
        if isinstance(operation, Append):
            return here not in self._emptied
        parent = _place(located, operation.path[:-1])
        if isinstance(operation, Remove) and parent in self._appended:
            return False
        return here not in self._above and here not in self._appended

    def add(self, located: Iterable[Located]) -> None:
        """Claim the places of a fix."""
        for each in located:
            operation = each.operation
            if isinstance(operation, RemoveComment):
                self._taken.setdefault(_remark(each, operation), set()).add(repr(operation))
                continue
            here = _place(each, operation.path)
            for depth in range(len(operation.path)):
                self._above.add(_place(each, operation.path[:depth]))
            if isinstance(operation, Append):
                self._appended.add(here)
                continue
            self._taken.setdefault(here, set()).add(repr(operation))
            if isinstance(operation, Remove):
                self._emptied.add(_place(each, operation.path[:-1]))


def _place(located: Located, path: Path) -> _Place:
    return (located.file.path, located.document, path)


def _remark(located: Located, operation: RemoveComment) -> _Place:
    """The place of a comment, apart from all places of data: no document has a negative number."""
    return (located.file.path, -1, (comment_at(located.file, operation.start).start,))


def combine(located: Sequence[Located]) -> list[Located]:
    """The operations of one fix, with those that would make the same new key joined: two items of a list that is not
    there yet are one list, two keys below a mapping that is not there yet are one mapping."""
    combined: list[Located] = []
    for each in located:
        for number, other in enumerate(combined):
            joined = _join(other, each)
            if joined is not None:
                combined[number] = joined
                break
        else:
            combined.append(each)
    return combined


def _join(one: Located, other: Located) -> Located | None:
    first, second = one.operation, other.operation
    same_place = (one.file, one.document, first.path) == (other.file, other.document, second.path)
    if not same_place or not isinstance(first, Set) or not isinstance(second, Set):
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
