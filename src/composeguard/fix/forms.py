"""How a value is written where it belongs: Compose has short and long forms, lists and mappings, for many things."""

from __future__ import annotations

from composeguard.engine.fix import Append, Operation, Plain, Set
from composeguard.fix.data import Alias, read_data, to_plain
from composeguard.fix.index import SourceIndex, Spot
from composeguard.fix.refusal import Refusal
from composeguard.source.node import Node, Path
from composeguard.source.scalars import go_text

NO_PLACE = "the form in which it is written has no place for it"
PAIRS = frozenset(
    ("environment", "labels", "annotations", "sysctls", "args", "additional_contexts", "driver_opts", "options")
)
"""Keys whose list form is `K=V`."""
NAMES: dict[str, Plain] = {"depends_on": {"condition": "service_started"}, "networks": None, "models": None}
"""Keys whose list form holds names, and what the mapping form says for a name alone."""


def put(index: SourceIndex, spot: Spot, rest: Path, operation: Set | Append) -> Operation:
    """An operation that makes `rest` below a spot hold the value, adding the keys that are not there.

    Raises:
        Refusal: what stands there has no place for it.
    """
    while rest and isinstance(spot.node.value, dict) and not spot.is_alias and rest[0] in spot.node.value:
        below = index.at(spot.document, (*spot.path, rest[0]))
        if below is None or spot.node.tag is not None:
            raise Refusal("a tag stands on the way to it")
        spot, rest = below, rest[1:]
    if isinstance(operation, Append) and not rest:
        return _put_item(spot, operation.value)
    if rest:
        return put_key(spot, rest, [operation.value] if isinstance(operation, Append) else operation.value)
    return Set(spot.path, operation.value)


def put_key(spot: Spot, rest: Path, value: Plain) -> Operation:
    """An operation that adds a key to what stands at a spot.

    Raises:
        Refusal: what stands there has no place for it.
    """
    node, path = spot.node, spot.path
    if spot.is_alias:
        raise Refusal("the mapping is an alias as a whole")
    if not isinstance(rest[0], str):
        raise Refusal("there is no such item")
    if isinstance(node.value, dict):
        return Set((*path, rest[0]), nest(rest[1:], value))
    if node.value is None and spot.parent is not None:
        return Set(path, nest(rest, value))
    if isinstance(node.value, list) and spot.step in PAIRS and len(rest) == 1:
        return Append(path, pair(rest[0], value))
    if spot.step == "build" and isinstance(node.value, str):
        return Set(path, {"context": node.value, rest[0]: nest(rest[1:], value)})
    raise Refusal(NO_PLACE)


def _put_item(spot: Spot, value: Plain) -> Operation:
    """One more item. A text that stands for a list of one becomes a list, an alias the list that it stands for."""
    node, path = spot.node, spot.path
    if node.value is None:
        return Set(path, [value])
    if isinstance(node.value, list) and not spot.is_alias:
        return Append(path, value)
    there = to_plain(read_data(Node(node.value, node.file, node.start, node.end)))
    if isinstance(there, Alias):
        raise Refusal("what the alias stands for holds anchors, aliases or tags")
    if isinstance(there, dict):
        raise Refusal("it is written as a mapping, not as a list")
    if isinstance(there, list):
        return Set(path, [*there, value])
    if spot.is_alias:
        raise Refusal("what the alias stands for is no list")
    return Set(path, [there, value])


def set_pair(spot: Spot, holder: Spot, key: str | int, value: Plain) -> Operation:
    """An operation on a `K=V` item that stands for a key of a mapping.

    Raises:
        Refusal: the list is not of that form, or a variable stands for the key.
    """
    written = spot.node.value
    if not isinstance(written, str) or written.partition("=")[0] != key or holder.step not in PAIRS:
        raise Refusal("the name of the entry is not written as it is")
    return Set(spot.path, pair(str(key), value))


def set_named(spot: Spot, holder: Spot, rest: Path, value: Plain) -> Operation:
    """An operation that turns a list of names into a mapping, because one of the names gets settings.

    Raises:
        Refusal: the list is not of that form.
    """
    items = holder.node.value
    if holder.step not in NAMES or not isinstance(items, list):
        raise Refusal(NO_PLACE)
    alone = NAMES[str(holder.step)]
    entries: dict[str, Plain] = {}
    for item in items:
        name = item.value
        if not isinstance(name, str) or "$" in name or item.style == "*" or item.tag or item.anchor:
            raise Refusal("the names in the list are not all plain text")
        entries[name] = dict(alone) if isinstance(alone, dict) else alone
    name, nested = str(spot.node.value), nest(rest, value)
    settings = entries[name]
    if isinstance(settings, dict) and isinstance(nested, dict):
        settings.update(nested)
    else:
        entries[name] = nested
    return Set(holder.path, entries)


def nest(rest: Path, value: Plain) -> Plain:
    """The value below the keys of `rest`."""
    for step in reversed(rest):
        if not isinstance(step, str):
            raise Refusal("there is no such item")
        value = {step: value}
    return value


def pair(key: str, value: Plain) -> str:
    """`K=V` as it is read."""
    if isinstance(value, dict | list):
        raise Refusal(NO_PLACE)
    return f"{key}={go_text(value)}"
