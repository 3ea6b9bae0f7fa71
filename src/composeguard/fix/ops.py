"""Operations as changes of plain data: the first of their two readings. `edit.py` has the other, as changes of text.

Paths here are those of one source document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from composeguard.engine.fix import Append, Operation, Plain, Remove, RemoveComment, Rename, Set
from composeguard.fix.data import Alias, Data, Marked, copy_data, from_plain
from composeguard.fix.refusal import Refusal
from composeguard.source.node import Path


def apply(operation: Operation, data: Data) -> Data:
    """What the data of a document is after one operation; `data` stays as it is.

    Raises:
        Refusal: the operation has nothing to act on.
    """
    return apply_all((operation,), data)


def apply_all(operations: Iterable[Operation], data: Data) -> Data:
    """What the data is after a set of operations whose paths all mean the document as it was before.

    Comments are no data: `remark.py` says what becomes of them.

    Raises:
        Refusal: an operation has nothing to act on.
    """
    changed = copy_data(data)
    ordered = [operation for operation in operations if not isinstance(operation, RemoveComment)]
    for operation in ordered:
        if not operation.path:
            raise Refusal("a whole document cannot be changed")
        if isinstance(operation, Set | Append):
            _put(operation, changed)
    removals = [operation for operation in ordered if isinstance(operation, Remove)]
    # The last items first, so that the indexes of the others stay true.
    for removal in sorted(removals, key=lambda each: _index(each.path), reverse=True):
        _remove(removal, changed)
    # Names last, the deepest first: the other paths use the old ones.
    renames = [operation for operation in ordered if isinstance(operation, Rename)]
    for rename in sorted(renames, key=lambda each: len(each.path), reverse=True):
        _rename(rename, changed)
    return changed


def look(data: Data, path: Path) -> Data:
    """The data at a path, with its marks.

    Raises:
        Refusal: nothing stands there.
    """
    for step in path:
        data = _child(_bare(data), step)
    return data


def holds(data: Data, path: Path) -> bool:
    """Whether something stands at a path."""
    try:
        look(data, path)
    except Refusal:
        return False
    return True


def settle(operations: Sequence[Operation], data: Data) -> list[Operation]:
    """The operations without doubles, with what empties a collection taken together.

    A list or mapping that loses its last child goes with its key where absent and empty mean the same to the
    reference, for it refuses a bare `key:` there; else it is left as `[]` or `{}`.

    Raises:
        Refusal: nothing would be left.
    """
    settled = _without_doubles(operations)
    while True:
        emptied = _emptied(settled, data)
        if not emptied:
            return settled
        for _, alike in groupby(emptied, key=len):
            # Those of one depth do not hold each other.
            appended: dict[Path, list[Plain]] = {path: [] for path in alike}
            kept: list[Operation] = []
            for each in settled:
                if isinstance(each, Append) and each.path in appended:
                    appended[each.path].append(each.value)
                elif not isinstance(each, Remove) or each.path[:-1] not in appended:
                    kept.append(each)
            for path, values in appended.items():
                kept.append(Set(path, values) if values else _emptying(path, data))
            settled = kept
        settled = _without_doubles(settled)


_FOLDING = frozenset(
    (
        "annotations",
        "args",
        "bind",
        "cap_add",
        "cap_drop",
        "configs",
        "deploy",
        "device_cgroup_rules",
        "devices",
        "dns",
        "dns_opt",
        "dns_search",
        "entitlements",
        "env_file",
        "environment",
        "expose",
        "external_links",
        "extra_hosts",
        "group_add",
        "healthcheck",
        "labels",
        "limits",
        "links",
        "logging",
        "networks",
        "options",
        "ports",
        "profiles",
        "reservations",
        "resources",
        "secrets",
        "security_opt",
        "storage_opt",
        "sysctls",
        "tmpfs",
        "ulimits",
        "volume",
        "volumes",
        "volumes_from",
    )
)
"""Keys for which an absent and an empty value mean the same."""
_USER_KEYED = frozenset(
    ("networks", "volumes", "secrets", "configs", "depends_on", "models", "ulimits", "services", "jobs")
)


def _emptying(path: Path, data: Data) -> Operation:
    container = look(data, path)
    if isinstance(container, Marked) and container.tag is not None:
        raise Refusal("the collection that would become empty has a tag")
    empty: Plain = {} if isinstance(_bare(container), dict) else []
    if not path or path == ("services",):
        raise Refusal("nothing would be left of the file")
    holder = _bare(look(data, path[:-1]))
    merges = isinstance(holder, dict) and "<<" in holder and _may_hold(holder["<<"], path[-1], data)
    user_named = len(path) in (2, 4) and path[-2] in _USER_KEYED
    if path[-1] in _FOLDING and not merges and not user_named:
        return Remove(path)
    return Set(path, empty)


def _may_hold(merged: Data, key: str | int, data: Data) -> bool:
    """Whether what a merge key brings may have a key, so that it comes back where the own one goes."""
    bare = _bare(merged)
    if isinstance(bare, Alias):
        return any(not isinstance(each, dict) or key in each or "<<" in each for each in _anchored(bare.name, data))
    return not isinstance(bare, dict) or key in bare or "<<" in bare


def _anchored(name: str, data: Data) -> Iterator[Data]:
    """What stands under an anchor; more than one value where it is given anew."""
    stack = [data]
    while stack:
        each = stack.pop()
        if isinstance(each, Marked) and each.anchor == name:
            yield each.value
        bare = _bare(each)
        if isinstance(bare, dict | list):
            stack.extend(bare.values() if isinstance(bare, dict) else bare)


def _emptied(operations: Sequence[Operation], data: Data) -> list[Path]:
    """The collections of which every child is removed and nothing put in, the deepest first."""
    removed: dict[Path, set[str | int]] = {}
    added: set[Path] = set()
    for operation in operations:
        if isinstance(operation, Remove):
            removed.setdefault(operation.path[:-1], set()).add(operation.path[-1])
        elif isinstance(operation, Set):
            added.add(operation.path[:-1])
    found: list[Path] = []
    for path, steps in removed.items():
        container = _bare(look(data, path))
        there = set(container) if isinstance(container, dict) else set(range(_length(container)))
        if there == steps and path not in added:
            found.append(path)
    return sorted(found, key=len, reverse=True)


def _length(data: Data) -> int:
    return len(data) if isinstance(data, list) else 0


def _without_doubles(operations: Iterable[Operation]) -> list[Operation]:
    seen: set[tuple[str, Path, str]] = set()
    kept: list[Operation] = []
    for operation in operations:
        identity = (type(operation).__name__, operation.path, repr(getattr(operation, "value", "")))
        if isinstance(operation, Append | RemoveComment) or identity not in seen:
            seen.add(identity)
            kept.append(operation)
    return kept


def _bare(data: Data) -> Data:
    return data.value if isinstance(data, Marked) else data


def _child(container: Data, step: str | int) -> Data:
    if isinstance(container, dict) and isinstance(step, str) and step in container:
        return container[step]
    if isinstance(container, list) and isinstance(step, int) and 0 <= step < len(container):
        return container[step]
    raise Refusal("nothing stands at the path of the change")


def _with_marks(old: Data, value: Plain) -> Data:
    """A replaced value keeps its anchor; a tag goes with the value that it described."""
    if isinstance(old, Marked):
        return Marked(from_plain(value), old.tag, old.anchor)
    return from_plain(value)


def _put(operation: Set | Append, data: Data) -> None:
    holder = _bare(look(data, operation.path[:-1]))
    step = operation.path[-1]
    if isinstance(operation, Set):
        if isinstance(holder, dict) and isinstance(step, str):
            holder[step] = _with_marks(holder.get(step), operation.value)
        elif isinstance(holder, list) and isinstance(step, int) and 0 <= step < len(holder):
            holder[step] = _with_marks(holder[step], operation.value)
        else:
            raise Refusal("no mapping can hold the new key")
        return
    sequence = _bare(_child(holder, step))
    if not isinstance(sequence, list):
        raise Refusal("there is no list to append to")
    sequence.append(from_plain(operation.value))


def _remove(operation: Remove, data: Data) -> None:
    holder = _bare(look(data, operation.path[:-1]))
    step = operation.path[-1]
    _child(holder, step)
    if isinstance(step, str):
        if isinstance(holder, dict):
            del holder[step]
    elif isinstance(holder, list):
        del holder[step]


def _rename(operation: Rename, data: Data) -> None:
    holder = _bare(look(data, operation.path[:-1]))
    step = operation.path[-1]
    if not isinstance(holder, dict) or not isinstance(step, str):
        raise Refusal("only a key can be renamed")
    if operation.name in holder:
        raise Refusal(f"there is a key `{operation.name}` already")
    holder[operation.name] = _child(holder, step)
    del holder[step]


def _index(path: Path) -> tuple[tuple[int, int, str], ...]:
    return tuple((1, step, "") if isinstance(step, int) else (0, 0, step) for step in path)


__all__ = ["Alias", "Data", "apply", "apply_all", "holds", "look", "settle"]
