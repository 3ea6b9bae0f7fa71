"""Lists of the model in which the last item of a key replaces the earlier ones, in one file as well."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from composeguard.compose.diagnose import diagnose
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.keyed import entry_key, last_wins
from composeguard.compose.pathtable import Step, path_table
from composeguard.compose.short_volume import parse_volume, written_target
from composeguard.compose.unresolved import Unresolved
from composeguard.compose.value_errors import ShortSyntaxError
from composeguard.source.node import Node, Path, are_texts

Key = Callable[[Node], Hashable]


class _NoKeyError(ValueError):
    """An entry that cannot be compared with others, which the reference refuses."""


def enforce_unique(root: Node, report: Callable[[Diagnostic], None]) -> Node:
    """The model, as the files say it, with one item a key."""
    return _walk(root, _UNIQUE, (), report)


def _walk(node: Node, step: Step[Key], path: Path, report: Callable[[Diagnostic], None]) -> Node:
    value = node.value
    if not isinstance(value, dict):
        return node
    changed: dict[str, Node] | None = None
    each, children = step.each, step.children
    for key in value if each or len(value) < len(children) else children:
        entry = value.get(key)
        below = children.get(key, each)
        if entry is None or below is None:
            continue
        items = entry.value
        if isinstance(items, list):
            if below.fact is None:
                continue
            new = unique_items(entry, items, below.fact, (*path, key), report)
        elif below.each is None and not below.children:
            continue
        else:
            new = _walk(entry, below, (*path, key), report)
        if new is not entry:
            if changed is None:
                changed = dict(value)
            changed[key] = new
    return node if changed is None else node.with_value(changed)


def unique_items(node: Node, items: list[Node], key: Key, path: Path, report: Callable[[Diagnostic], None]) -> Node:
    """A list with one item a key. Those without one are reported and left out."""
    if _plainly_differ(items, key):
        return node
    try:
        keys = [key(item) for item in items]
    except _NoKeyError:
        items, keys = _with_keys(items, key, path, report)
        node = node.with_value(items)
    return node if len(set(keys)) == len(keys) else node.with_value(last_wins(items, keys))


def _plainly_differ(items: list[Node], key: Key) -> bool:
    """Whether less than their keys tells all items apart, as it nearly always does."""
    kind = type(items[0].value) if items else None
    if kind is str:
        # A text always has a key: of a port the whole text, of a volume one of its sections.
        if len(items) == 1 or key is _port:
            return are_texts(items, unique=True)
        return key is _volume and are_texts(items) and _share_no_section([item.value for item in items])  # type: ignore[misc]
    if kind is not dict or (key is not _port and key is not _volume and key is not _device):
        return False
    told: set[object] = set()
    try:
        for item in items:
            fields = item.value
            target = fields["target"].value  # type: ignore[call-overload, index, union-attr]
            if key is _port:
                told.add((target, fields["published"].value))  # type: ignore[call-overload, index, union-attr]
            elif type(target) is not str:
                return False
            else:
                told.add(target)
    except (KeyError, TypeError):
        return False
    return len(told) == len(items)


def _share_no_section(volumes: list[str]) -> bool:
    """Whether the short forms are all usual ones, and no two have a section in common."""
    together = ":".join(volumes)
    sections = together.split(":")
    if "$" in together or len(set(sections)) < len(sections) or min(map(len, sections)) < 2:
        return False
    return max(volume.count(":") for volume in volumes) <= 2


def _with_keys(
    items: list[Node], key: Key, path: Path, report: Callable[[Diagnostic], None]
) -> tuple[list[Node], list[Hashable]]:
    """The items that have a key, with their keys; the others are reported."""
    kept: list[Node] = []
    keys: list[Hashable] = []
    for index, item in enumerate(items):
        try:
            keys.append(key(item))
        except _NoKeyError as error:
            report(diagnose(Kind.SCHEMA, str(error), item, (*path, index)))
            continue
        kept.append(item)
    return kept, keys


def _target(kind: str) -> Key:
    """The target of a long form; the short form has its own way."""

    def key(node: Node) -> Hashable:
        value = node.value
        if isinstance(value, dict):
            if "target" not in value:
                raise _NoKeyError(f"a {kind} needs a target")
            return _text(value["target"])
        return _volume_target(node) if kind == "volume" else _device_target(node)

    return key


_volume, _device = _target("volume"), _target("device")


def _volume_target(node: Node) -> Hashable:
    value = node.value
    if not isinstance(value, (str, Unresolved)):
        return None
    if isinstance(value, str) and "$" not in value:
        sections = value.split(":")
        if len(sections) == 2 and len(sections[0]) > 1 and len(sections[1]) > 1:
            return sections[1]
        if len(sections) <= 3 and min(map(len, sections)) > 1:
            # Neither empty sections nor the letter of a drive: the common case needs no parser.
            return sections[min(len(sections), 2) - 1]
    try:
        mount = parse_volume(value)
    except ShortSyntaxError:
        return None
    return None if mount.ambiguous else str(written_target(value))


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
            raise _NoKeyError("a port needs a target")
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


def _expose(node: Node) -> Hashable:
    key = _scalar(node)
    if key is None:
        raise _NoKeyError("an item must be a text or an integer")
    return key


def _key_value(node: Node) -> Hashable:
    key = entry_key(node)
    if key is None:
        raise _NoKeyError("an item must be a text")
    return key


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


CANONICAL_KEYS: dict[str, Key] = {
    "configs": _mount(""),
    "devices": _device,
    "env_file": _env_file,
    "ports": _port,
    "secrets": _mount("/run/secrets"),
    "volumes": _volume,
}
"""Of services: in the canonical form, items can be equal that were not as they were written."""
_BY_KEY = (
    "annotations build.args build.additional_contexts build.tags build.labels cap_add cap_drop deploy.labels dns"
    " dns_opt dns_search environment labels links networks.*.aliases networks.*.link_local_ips profiles sysctls tmpfs"
)
_WRITTEN: dict[str, Key] = {**CANONICAL_KEYS, **dict.fromkeys(_BY_KEY.split(), _key_value), "expose": _expose}
_UNIQUE: Step[Key] = path_table(
    {
        **{f"services.*.{path}": key for path, key in _WRITTEN.items()},
        "networks.*.labels": _key_value,
        "networks.*.ipam.options": _key_value,
    }
)
