"""The short forms one by one: what a node of each becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from composeguard.compose import short
from composeguard.compose.canonical_usual import usual_mount, usual_port
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.short import ShortSyntaxError
from composeguard.compose.unresolved import Text, Unresolved
from composeguard.source.node import Node, Path
from composeguard.source.scalars import Scalar, Timestamp, go_text

Report = Callable[[Diagnostic], None]
Step = Callable[[Node, Path, Report], Node | None]
Short = Scalar | Unresolved

MOST_PORTS = 131_072
"""Ports that ranges of one project may stand for: twice what a host has."""


class Budget:
    """How many ports may still be written out."""

    def __init__(self, ports: int = MOST_PORTS) -> None:
        self.ports = ports


def say(report: Report, node: Node, path: Path, message: str, kind: Kind = Kind.SCHEMA) -> None:
    """Report something about a node at its text, or at its key where it has none."""
    start, end = node.start, node.end
    if isinstance(node.value, (dict, list)) and node.key_start >= 0:
        start, end = node.key_start, node.key_end
    report(Diagnostic(kind, message, node.file, start, max(start, end), path))


def singleton(node: Node, value: Short) -> Node:
    """A scalar that the text of `node` stands for."""
    return Node(
        value, node.file, node.start, node.end, style="" if isinstance(node.value, (dict, list)) else node.style
    )


def from_short(node: Node, fields: Mapping[str, Short | None], *, keyless: bool = False) -> Node:
    """The mapping that a short form stands for; fields that are None are left out."""
    file, start, end = node.file, node.start, node.end
    style = "" if isinstance(node.value, (dict, list)) else node.style
    entries: dict[str, Node] = {}
    for key, value in fields.items():
        if value is not None:
            entries[key] = Node(value, file, start, end, -1, -1, style)
    if keyless:
        return Node(entries, node.file, node.start, node.end, style=node.style)
    return node.with_value(entries)


def entries(node: Node, path: Path, report: Report, step: Step) -> Node:
    """Apply a step to each entry of a mapping or item of a list; share what it does not change."""
    value = node.value
    if isinstance(value, dict):
        mapping: dict[str, Node] | None = None
        for key, child in value.items():
            canonical = step(child, (*path, key), report)
            if canonical is child:
                continue
            if mapping is None:
                mapping = dict(value)
            if canonical is None:
                del mapping[key]
            else:
                mapping[key] = canonical
        return node if mapping is None else node.with_value(mapping)
    if isinstance(value, list):
        items: list[Node] | None = None
        for index, child in enumerate(value):
            canonical = step(child, (*path, index), report)
            if items is None:
                if canonical is child:
                    continue
                items = value[:index]
            if canonical is not None:
                items.append(canonical)
        return node if items is None else node.with_value(items)
    return node


def names_to_mapping(node: Node, value: Mapping[str, Short] | None) -> Node:
    """A list of names to a mapping; each name gets the same value."""
    items = node.value
    if not isinstance(items, list):
        return node
    mapping: dict[str, Node] = {}
    for item in items:
        name = item.value
        mapping[name if type(name) is str else str(name)] = (
            item.with_value(None) if value is None else from_short(item, value)
        )
    return node.with_value(mapping)


def pairs_to_mapping(node: Node, path: Path, report: Report, parse: Callable[[Text], short.Pair]) -> Node:
    """A list of `KEY=VALUE` to a mapping. The last of two equal keys wins."""
    items = node.value
    if not isinstance(items, list):
        return node
    mapping: dict[str, Node] = {}
    for index, item in enumerate(items):
        text = item.value
        if isinstance(text, (str, Unresolved)):
            common = short.common_pair(text)
            if common is not None:
                mapping[common[0]] = item.with_value(common[1])
                continue
        elif isinstance(text, (dict, list)):
            continue
        try:
            pair = parse(text if isinstance(text, (str, Unresolved)) else go_text(text))
        except ShortSyntaxError as error:
            say(report, item, (*path, index), f"{place(path)}: {error}")
            continue
        mapping[str(pair.key)] = item.with_value(pair.value)
    return node.with_value(mapping)


def place(path: Path) -> str:
    """A path as people write it."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def ports(node: Node, path: Path, report: Report, budget: Budget) -> Node:
    """Every item in long form, one for each port of a range."""
    items = node.value
    if not isinstance(items, list):
        return node
    if set(map(type, [item.value for item in items])) <= {dict}:
        return node
    out: list[Node] = []
    for index, item in enumerate(items):
        value = item.value
        if isinstance(value, str) and budget.ports:
            usual = usual_port(item, value)
            if usual is not None:
                out.append(usual)
                budget.ports -= 1
                continue
        if isinstance(value, dict):
            out.append(item)
            continue
        if isinstance(value, list):
            say(report, item, (*path, index), f"{place(path)}: a port must be a text, a number or a mapping")
            continue
        try:
            parsed = short.parse_port_item(value)
        except ShortSyntaxError as error:
            say(report, item, (*path, index), f"{place(path)}: {error}")
            continue
        count = len(parsed)
        for port in parsed:
            if count > budget.ports:
                message = f"{place(path)}: more than {MOST_PORTS:,} ports; of this range only one is looked at"
                say(report, item, (*path, index), message, Kind.GAP)
            out.append(_port(item, port))
            if count > budget.ports:
                break
        else:
            budget.ports -= count
    return node.with_value(out)


def _port(item: Node, port: short.Port) -> Node:
    fields: dict[str, Short | None] = {
        "mode": port.mode,
        "host_ip": port.host_ip,
        "target": port.target,
        "published": port.published,
        "protocol": port.protocol,
    }
    return from_short(item, fields)


def mounts(node: Node, path: Path, report: Report) -> Node:
    """Every item of `volumes` in long form."""
    items = node.value
    if not isinstance(items, list):
        return entries(node, path, report, _mount)
    out: list[Node] = []
    changed = False
    for index, item in enumerate(items):
        value = item.value
        canonical: Node | None
        if type(value) is not str or (canonical := usual_mount(item, value)) is None:
            canonical = _mount(item, (*path, index), report)
        changed = changed or canonical is not item
        if canonical is not None:
            out.append(canonical)
    return node.with_value(out) if changed else node


def _mount(node: Node, path: Path, report: Report) -> Node | None:
    """An item of `volumes`. Where options are unknown, so is `read_only`."""
    text = node.value
    if isinstance(text, dict):
        return node
    if not isinstance(text, (str, Unresolved)):
        return _refuse(node, path, report, "a volume must be a text or a mapping")
    try:
        parsed = short.parse_volume(text)
    except ShortSyntaxError as error:
        return _refuse(node, path, report, str(error))
    read_only: Short | None = True if parsed.read_only else None
    if parsed.read_only is None and isinstance(text, Unresolved):
        read_only = text
    fields: dict[str, Short | None] = {
        "type": parsed.type,
        "source": parsed.source,
        "target": parsed.target if parsed.target != "" else None,
        "read_only": read_only,
    }
    canonical = from_short(node, fields)
    mapping = canonical.value
    assert isinstance(mapping, dict)
    if parsed.bind:
        bind = parsed.bind
        options: dict[str, Short | None] = {
            "propagation": bind.propagation,
            "selinux": bind.selinux,
            "create_host_path": bind.create_host_path or None,
        }
        mapping["bind"] = from_short(node, options, keyless=True)
    if parsed.volume:
        mapping["volume"] = from_short(node, {"nocopy": parsed.volume.nocopy or None}, keyless=True)
    return canonical


def device(node: Node, path: Path, report: Report) -> Node | None:
    """An item of `devices`."""
    text = node.value
    if isinstance(text, dict):
        return node
    if not isinstance(text, (str, Unresolved)):
        return _refuse(node, path, report, "a device must be a text or a mapping")
    try:
        parsed = short.parse_device(text)
    except ShortSyntaxError as error:
        return _refuse(node, path, report, str(error))
    return from_short(node, {"source": parsed.source, "target": parsed.target, "permissions": parsed.permissions})


def file_reference(node: Node, path: Path, report: Report) -> Node | None:
    """An item of `secrets` or `configs`."""
    text = node.value
    if isinstance(text, dict):
        return node
    if not isinstance(text, (str, Unresolved)):
        return _refuse(node, path, report, "must be a text or a mapping")
    return from_short(node, {"source": text})


def env_files(node: Node, path: Path, report: Report) -> Node:
    """`env_file` as a list of mappings."""
    if isinstance(node.value, (str, Unresolved)):
        only = from_short(node, {"path": node.value, "required": True}, keyless=True)
        return node.with_value([only])
    if not isinstance(node.value, list):
        # An extended file has not passed the schema check.
        say(report, node, path, f"{place(path)} must be a text or a list")
        return node.with_value([])
    return entries(node, path, report, _env_file)


def _env_file(node: Node, path: Path, report: Report) -> Node | None:
    value = node.value
    if isinstance(value, (str, Unresolved)):
        return from_short(node, {"path": value, "required": True})
    if isinstance(value, dict) and "path" not in value:
        return _refuse(node, path, report, "needs a path")
    if isinstance(value, dict) and "required" not in value:
        return node.with_value({**value, "required": singleton(node, True)})
    return node


def external(node: Node, path: Path, report: Report) -> Node | None:
    """A top-level resource: the old `external: {name: X}` becomes `external: true` with `name: X`."""
    value = node.value
    if value is None:
        return node
    if not isinstance(value, dict):
        # An extended file has not passed the schema check.
        return _refuse(node, path, report, "must be a mapping")
    old = value.get("external")
    if old is None or not isinstance(old.value, dict):
        return node
    changed = {**value, "external": old.with_value(True)}
    name = old.value.get("name")
    if name is not None:
        own = value.get("name")
        if own is None:
            changed["name"] = name
        elif own.value != name.value:
            say(report, name, (*path, "name"), f"{place(path)}: name and external.name contradict each other")
    return node.with_value(changed)


def to_text(node: Node, path: Path, report: Report) -> Node:
    """A boolean or number as the text that the reference makes of it."""
    if isinstance(node.value, (bool, int, float, Timestamp)):
        return node.with_value(go_text(node.value))
    return node


def exposed(node: Node, path: Path, report: Report) -> Node | None:
    """An item of a service's `expose`, as a text."""
    if isinstance(node.value, (dict, list)):
        return node
    try:
        text = short.parse_expose(node.value)
    except ShortSyntaxError as error:
        return _refuse(node, path, report, str(error))
    return node if text == node.value else node.with_value(text)


def _refuse(node: Node, path: Path, report: Report, message: str) -> Node | None:
    say(report, node, path, f"{place(path)}: {message}")
    return None
