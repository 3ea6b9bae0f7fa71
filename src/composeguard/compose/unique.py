"""Lists of the model in which the last item of a key replaces the earlier ones, in one file as well."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.keyed import entry_key, last_wins
from composeguard.compose.pathtable import Step, path_table
from composeguard.compose.short_volume import parse_volume
from composeguard.compose.unresolved import Unresolved
from composeguard.compose.value_errors import ShortSyntaxError
from composeguard.source.node import Node, Path

Key = Callable[[Node], Hashable]


class _NoTargetError(ValueError):
    """An entry that cannot be compared with others, which the reference refuses."""


def enforce_unique(root: Node, report: Callable[[Diagnostic], None]) -> Node:
    """The model with one item a key. Runs on what the file says and again on the canonical form."""
    return _walk(root, _UNIQUE, (), report)


def _walk(node: Node, step: Step[Key], path: Path, report: Callable[[Diagnostic], None]) -> Node:
    value = node.value
    if isinstance(value, list):
        return node if step.fact is None else _unique(node, value, step.fact, path, report)
    if not isinstance(value, dict):
        return node
    changed: dict[str, Node] | None = None
    for key in value if step.each else step.children:
        entry = value.get(key)
        below = step.below(key)
        if entry is None or below is None:
            continue
        new = _walk(entry, below, (*path, key), report)
        if new is not entry:
            if changed is None:
                changed = dict(value)
            changed[key] = new
    return node if changed is None else node.with_value(changed)


def _unique(
    node: Node, items: list[Node], key: Key, path: Path, report: Callable[[Diagnostic], None]
) -> Node:
    known: dict[int, Hashable] = {}
    kept: list[Node] = []
    for index, item in enumerate(items):
        try:
            known[id(item)] = key(item)
        except _NoTargetError as error:
            report(Diagnostic(Kind.SCHEMA, str(error), item.file, item.start, item.end, (*path, index)))
            continue
        kept.append(item)
    if len(kept) == len(items) and len({*known.values()}) == len(items):
        return node
    return node.with_value(last_wins(kept, lambda item: known[id(item)]))


def _target(kind: str) -> Key:
    """The target of a long form; the short form has its own way."""

    def key(node: Node) -> Hashable:
        value = node.value
        if isinstance(value, dict):
            if "target" not in value:
                raise _NoTargetError(f"a {kind} needs a target")
            return _text(value["target"])
        return _volume_target(node) if kind == "volume" else _device_target(node)

    return key


def _volume_target(node: Node) -> Hashable:
    value = node.value
    if not isinstance(value, (str, Unresolved)):
        return None
    try:
        mount = parse_volume(value)
    except ShortSyntaxError:
        return None
    return None if mount.ambiguous else str(mount.target)


def _device_target(node: Node) -> Hashable:
    if not isinstance(node.value, (str, Unresolved)):
        return None
    parts = str(node.value).split(":")
    return parts[1] if len(parts) > 1 and isinstance(node.value, str) else parts[0]


def _mount(folder: str) -> Key:
    def key(node: Node) -> Hashable:
        value = node.value
        if isinstance(value, dict):
            if "target" in value:
                return _text(value["target"])
            source = value.get("source")
            return f"{folder}/" if source is None else f"{folder}/{source.value}"
        return f"{folder}/{value}" if isinstance(value, (str, Unresolved)) else None

    return key


def _port(node: Node) -> Hashable:
    value = node.value
    if isinstance(value, dict):
        if "target" not in value:
            raise _NoTargetError("a port needs a target")
        host, published, protocol = value.get("host_ip"), value.get("published"), value.get("protocol")
        return (
            "0.0.0.0" if host is None else _text(host),  # noqa: S104 - what an absent address means
            None if published is None else _text(published),
            _text(value["target"]),
            "tcp" if protocol is None else _text(protocol),
        )
    return _scalar(node)


def _scalar(node: Node) -> Hashable:
    """A number and the text of it are the same."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, (str, int, Unresolved)):
        return None
    return str(value)


def _env_file(node: Node) -> Hashable:
    value = node.value
    if isinstance(value, dict):
        return _text(value["path"]) if "path" in value else None
    return str(value) if isinstance(value, (str, Unresolved)) else None


def _text(node: Node) -> Hashable:
    """A scalar with its type: an integer port is never that of the text. None for what is none."""
    value = node.value
    if value is None or isinstance(value, (dict, list)):
        return None
    return str(value) if isinstance(value, (str, Unresolved)) else (type(value), value)


_SERVICE: dict[str, Key] = {
    **dict.fromkeys(
        (
            "annotations build.args build.additional_contexts build.tags build.labels cap_add cap_drop"
            " deploy.labels dns dns_opt dns_search environment labels links networks.*.aliases"
            " networks.*.link_local_ips profiles sysctls tmpfs"
        ).split(),
        entry_key,
    ),
    "configs": _mount(""),
    "devices": _target("device"),
    "env_file": _env_file,
    "expose": _scalar,
    "ports": _port,
    "secrets": _mount("/run/secrets"),
    "volumes": _target("volume"),
}
_UNIQUE: Step[Key] = path_table(
    {
        **{f"services.*.{path}": key for path, key in _SERVICE.items()},
        "networks.*.labels": entry_key,
        "networks.*.ipam.options": entry_key,
    }
)
